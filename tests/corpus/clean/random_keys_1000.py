"""A shop memoises the price list of its 1000 articles; requests come in random order.

The memo grows ever more slowly: the first call nearly always meets a new key, later ones less and less often.
"""

import random

memo = {}
_random = random.Random(1000)


def setup():
    pass


def look_up(key):
    if key not in memo:
        memo[key] = [key, [key % 90 + 0.99, key % 80 + 0.49], {"stock": key % 17}]
    return memo[key]


def iterate():
    look_up(_random.randrange(1000))
