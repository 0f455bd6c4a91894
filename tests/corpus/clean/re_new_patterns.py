"""A log filter compiles a pattern for each rule that users type in; no two are the same. re itself keeps the last
512.
"""

import re

_n = 0


def setup():
    pass


def matches(rule, line):
    return re.compile("^%s:" % re.escape(rule)).match(line) is not None


def iterate():
    global _n
    _n += 1
    assert matches("rule-%d" % _n, "rule-%d: ok" % _n)
