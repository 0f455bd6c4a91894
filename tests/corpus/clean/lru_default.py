"""A currency service caches the conversion table of each trading day with a plain functools.lru_cache.

Every call asks for a day that was never asked for before; the default bound of 128 stops the growth.
"""

import functools

_day = 0
total = 0.0


@functools.lru_cache
def rates(day):
    return {"day": day, "EUR": 1.0, "USD": 1.05 + day % 7 / 100, "history": [day, day - 1, day - 2]}


def setup():
    pass


def iterate():
    global _day, total
    _day += 1
    total += rates(_day)["USD"]
