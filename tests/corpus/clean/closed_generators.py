"""A pager reads the first rows of an endless generator and closes it; some generators are simply dropped half-way."""

import contextlib

opened = closed = 0


def setup():
    pass


def rows():
    global opened, closed
    opened += 1
    number = 0
    try:
        while True:
            number += 1
            yield {"number": number, "square": [number * number]}
    finally:
        closed += 1


def iterate():
    with contextlib.closing(rows()) as source:
        page = [next(source) for _ in range(10)]
    dropped = rows()
    next(dropped)
    del dropped
    assert len(page) == 10 and opened == closed
