"""The query strings of a search page, parsed through a cache of 64 entries."""

import functools
import itertools

searches = itertools.count(1000)


@functools.lru_cache(maxsize=64)
def parse(query):
    fields = {}
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        fields[key] = value
    return fields


def search(query):
    fields = parse(query)
    return int(fields["page"])


def setup():
    pass


def iterate():
    for page in range(7):
        assert search(f"q=item{next(searches)}&page={page}") == page
