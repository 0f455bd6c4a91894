"""The query strings of a search page, parsed through functools.cache.

Seven searches a call, none of which is ever asked again.
"""

import functools
import itertools

searches = itertools.count(1000)


@functools.cache
def parse(query):
    fields = {}  # born
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        fields[key] = value  # born
    return fields


def search(query):
    fields = parse(query)  # grown
    return int(fields["page"])


def setup():
    pass


def iterate():
    for page in range(7):
        assert search(f"q=item{next(searches)}&page={page}") == page  # born
