"""A geocoder memoises the coordinates of post codes, of which there are 300; requests come in random order.

The memo grows ever more slowly: the first call nearly always meets a new key, later ones less and less often.
"""

import random

memo = {}
_random = random.Random(300)


def setup():
    pass


def look_up(key):
    if key not in memo:
        memo[key] = {"code": key, "lat": 47 + key / 1000, "lon": 8 + key / 900}
    return memo[key]


def iterate():
    look_up(_random.randrange(300))
