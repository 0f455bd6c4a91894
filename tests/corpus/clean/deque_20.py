"""A health page shows the last 20 requests, kept in a deque with maxlen."""

import collections

recent = collections.deque(maxlen=20)
_n = 0


def setup():
    pass


def iterate():
    global _n
    _n += 1
    recent.append({"path": "/item/%d" % _n, "status": 200 if _n % 9 else 404, "timings": [_n % 7, _n % 11]})
