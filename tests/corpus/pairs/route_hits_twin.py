"""Hit counts of a web server, by route; the article number is no part of the route."""

import itertools
import sys

HITS = {}
numbers = itertools.count(1000)


def count(method, path):
    route = sys.intern(f"{method} {path.rstrip('0123456789')}")
    HITS[route] = HITS.get(route, 0) + 1


def handle(method, path):
    count(method, path)
    return 200, path.rsplit("/", 1)[-1]


def setup():
    pass


def iterate():
    status, article = handle("GET", f"/articles/{next(numbers)}")
    assert status == 200 and article
    handle("GET", "/health")
