"""Requests are counted by method, route and status: 36 label sets, met in a seeded random order."""

import collections
import random

requests = collections.Counter()
latency = collections.defaultdict(float)
_random = random.Random(11)


def setup():
    pass


def iterate():
    label = (
        _random.choice(("GET", "PUT", "POST")),
        _random.choice(("/", "/cart", "/pay")),
        _random.choice((200, 301, 404, 500)),
    )
    requests[label] += 1
    latency[label] += _random.random()
