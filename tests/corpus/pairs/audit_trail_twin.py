"""An audit function made by a factory; its closure keeps the last two hundred entries."""

import itertools

days = itertools.count(1000)


def make_audit(system):
    entries = []

    def audit(day, action, amount):
        entries.append((system, day, action, amount))
        del entries[:-200]
        return len(entries)

    return audit


AUDIT = make_audit("ledger")


def close_day(day):
    for booking in range(20):
        AUDIT(day, "book", booking)
    return day


def setup():
    pass


def iterate():
    assert close_day(next(days))
