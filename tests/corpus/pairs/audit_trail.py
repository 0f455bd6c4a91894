"""An audit function made by a factory; its closure keeps every entry of every day."""

import itertools

days = itertools.count(1000)


def make_audit(system):
    entries = []

    def audit(day, action, amount):
        entries.append((system, day, action, amount))  # born, grown
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
