"""Hit counts of a web server, by route.

The raw path is counted instead of the route, so every article number makes a
new (interned) key.
"""

import itertools
import sys

HITS = {}
numbers = itertools.count(1000)


def count(method, path):
    route = sys.intern(f"{method} {path}")  # born
    HITS[route] = HITS.get(route, 0) + 1  # grown


def handle(method, path):
    count(method, path)
    return 200, path.rsplit("/", 1)[-1]


def setup():
    pass


def iterate():
    status, article = handle("GET", f"/articles/{next(numbers)}")
    assert status == 200 and article
    handle("GET", "/health")
