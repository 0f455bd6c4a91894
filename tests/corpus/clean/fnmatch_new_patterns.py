"""A file watcher matches names with ever-new wildcards.

fnmatch keeps each compiled pattern in an lru_cache of 32768.
"""

import fnmatch

_n = 0


def setup():
    pass


def iterate():
    global _n
    _n += 1
    names = ["report-%d.csv" % n for n in (_n, _n + 1)]
    assert fnmatch.filter(names, "report-%d.*" % _n) == names[:1]
