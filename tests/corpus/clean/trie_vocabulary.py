"""An autocomplete index takes in the words of incoming texts; there are 240 different words (seeded, in random
order).
"""

import random

root = {}
_random = random.Random(5)
VOCABULARY = [
    a + b + c
    for a in ("pro", "con", "re", "in")
    for b in "acdefgsv" + "tm"
    for c in ("er", "ing", "t", "ion", "or", "al")
]


def setup():
    pass


def insert(word):
    node = root
    for letter in word:
        node = node.setdefault(letter, {})
    node["count"] = node.get("count", 0) + 1


def iterate():
    for _ in range(2):
        insert(_random.choice(VOCABULARY))
