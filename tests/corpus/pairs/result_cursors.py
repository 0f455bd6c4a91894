"""A query API that hands out generators; callers read the first page and leave the rest.

The generators stay suspended in the list of open cursors.
"""

import itertools

numbers = itertools.count(1000)
open_cursors = []


def select(query):
    page = [query, "first"]  # born
    yield page
    page = [query, "second"]
    yield page


def first_page(query):
    cursor = select(query)  # born
    open_cursors.append(cursor)  # grown
    return next(cursor)


def setup():
    pass


def iterate():
    assert first_page(next(numbers))[1] == "first"
