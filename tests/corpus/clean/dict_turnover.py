"""A session table always has 200 sessions: at each call the oldest one ends and a new one begins."""

sessions = {}
_n = 0


def setup():
    for _ in range(200):
        begin()


def begin():
    global _n
    _n += 1
    sessions["session-%d" % _n] = {"user": _n % 50, "roles": ["reader"]}


def iterate():
    oldest = next(iter(sessions))
    sessions.pop(oldest)
    begin()
