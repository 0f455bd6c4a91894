"""A router memoises the handler of each path and simply empties the memo when it holds 400 paths."""

_memo = {}
_n = 0


def setup():
    pass


class Match:
    __slots__ = ("handler", "arguments")

    def __init__(self, handler, arguments):
        self.handler = handler
        self.arguments = arguments


def route(path):
    match = _memo.get(path)
    if match is None:
        if len(_memo) >= 400:
            _memo.clear()
        parts = path.split("/")
        match = _memo[path] = Match(parts[1], {"id": parts[2]})
    return match


def iterate():
    global _n
    _n += 1
    route("/orders/%d" % _n)
