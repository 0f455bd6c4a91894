"""A usage meter keeps the calls of each tenant and bills them after 400 calls in all."""

usage = {}
billed = {}
_n = 0


def setup():
    pass


def bill():
    for tenant, calls in usage.items():
        billed[tenant] = billed.get(tenant, 0) + len(calls)
    usage.clear()


def iterate():
    global _n
    _n += 1
    usage.setdefault("tenant-%d" % (_n % 5), []).append(("GET", [_n, _n % 50]))
    if _n % 400 == 0:
        bill()
