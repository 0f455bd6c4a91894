"""A query API that hands out generators; callers read the first page and close them."""

import itertools

numbers = itertools.count(1000)
open_cursors = []


def select(query):
    page = [query, "first"]
    yield page
    page = [query, "second"]
    yield page


def first_page(query):
    cursor = select(query)
    open_cursors.append(cursor)
    page = next(cursor)
    cursor.close()
    open_cursors.remove(cursor)
    return page


def setup():
    pass


def iterate():
    assert first_page(next(numbers))[1] == "first"
