"""A map service caches the outline of each tile with functools.lru_cache(maxsize=1000).

Each call brings one new tile, so the cache grows by one a call until it holds 1000 entries; from then on the oldest
goes.
"""

import functools

_next = 0
served = 0


@functools.lru_cache(maxsize=1000)
def outline(tile):
    return [(tile, tile + 1), [tile / 2, tile / 4], {"zoom": tile % 20}]


def setup():
    pass


def iterate():
    global _next, served
    _next += 1
    served += len(outline(_next))
    if _next > 3:
        served += len(outline(_next - 2))
