"""A billing service caches the tariff of each customer with functools.lru_cache(maxsize=5000).

Each call brings one new customer, so the cache grows by one a call until it holds 5000 entries; from then on the
oldest goes.
"""

import functools

_next = 0
served = 0


@functools.lru_cache(maxsize=5000)
def tariff(customer):
    return {"customer": customer, "steps": [[0, 0.2], [100 + customer % 50, 0.1]]}


def setup():
    pass


def iterate():
    global _next, served
    _next += 1
    served += len(tariff(_next))
    if _next > 3:
        served += len(tariff(_next - 2))
