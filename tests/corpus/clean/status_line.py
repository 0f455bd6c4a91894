"""A progress display rebuilds its status text at each call; its length never changes."""

status = ""
_n = 0


def setup():
    pass


def render(done):
    lines = ["%s %06d" % (name, done * factor % 1000000) for name, factor in (("read", 1), ("wrote", 3), ("kept", 7))]
    return "\n".join(line.ljust(60, ".") for line in lines) * 5


def iterate():
    global _n, status
    _n += 1
    status = render(_n)
