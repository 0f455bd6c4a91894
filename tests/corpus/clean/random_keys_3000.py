"""A recommender memoises the neighbours of its 3000 users; requests come in random order.

The memo grows ever more slowly: the first call nearly always meets a new key, later ones less and less often.
"""

import random

memo = {}
_random = random.Random(3000)


def setup():
    pass


def look_up(key):
    if key not in memo:
        memo[key] = [[(key * n + 7) % 3000, 1 / n] for n in (1, 2, 3)]
    return memo[key]


def iterate():
    look_up(_random.randrange(3000))
