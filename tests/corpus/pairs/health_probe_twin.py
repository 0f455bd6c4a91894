"""A health probe that counts how many of its checks passed; the list of outcomes is the caller's."""

CHECKS = ("database", "cache", "disk", "queue")


def record(passed, outcomes):
    outcomes.append(True if passed else None)
    return outcomes


def probe(name, attempt):
    return not (name == "queue" and attempt % 5 == 4)


def setup():
    pass


def iterate():
    outcomes = []
    for attempt in range(5):
        for name in CHECKS:
            outcomes = record(probe(name, attempt), outcomes)
    assert outcomes[-1] is None
