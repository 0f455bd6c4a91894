"""A mail service caches the parsed template of each campaign with functools.lru_cache(maxsize=300).

Each call brings one new campaign, so the cache grows by one a call until it holds 300 entries; from then on the
oldest goes.
"""

import functools

_next = 0
served = 0


@functools.lru_cache(maxsize=300)
def template(campaign):
    return {"name": "campaign-%d" % campaign, "blocks": [["head", campaign], ["body", campaign * 2]]}


def setup():
    pass


def iterate():
    global _next, served
    _next += 1
    served += len(template(_next))
    if _next > 3:
        served += len(template(_next - 2))
