"""A health probe that counts how many of its checks passed.

The outcomes are True or None, so no object is kept: the list that is the
mutable default of `record` only becomes longer.
"""

CHECKS = ("database", "cache", "disk", "queue")


def record(passed, outcomes=[]):  # noqa: B006
    outcomes.append(True if passed else None)  # born, grown
    return outcomes


def probe(name, attempt):
    return not (name == "queue" and attempt % 5 == 4)


def setup():
    pass


def iterate():
    outcomes = []
    for attempt in range(5):
        for name in CHECKS:
            outcomes = record(probe(name, attempt))
    assert outcomes[-1] is None
