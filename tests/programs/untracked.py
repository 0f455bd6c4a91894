"""Keeps an exact, different number of objects of several untracked types in each call."""

import itertools

byteses, texts, same_texts, integers, floats, tuples, bares, complexes, records = [], [], [], [], [], [], [], [], []
arrays = []
numbers = itertools.count(1000)


def keep():
    """Keep 2 bytes, 3 str, 4 int, 5 float, 6 tuple, 7 object, 8 complex, 9 dict, 10 bytearray."""
    for _ in range(2):
        byteses.append(b"%d" % next(numbers))
    texts.append("text " + str(next(numbers)))
    for _ in range(2):
        same_texts.append("".join(("equal ", "text")))
    for _ in range(4):
        integers.append(next(numbers) * 1_000_003)
    for _ in range(5):
        floats.append(next(numbers) / 7)
    for _ in range(6):
        tuples.append(tuple([True, None]))  # noqa: C409  made anew in each call
    for _ in range(7):
        bares.append(object())
    for _ in range(8):
        complexes.append(complex(next(numbers), 0.5))
    for _ in range(9):
        records.append(dict(yes=True, no=False))  # noqa: C408  made without tracking
    for _ in range(10):
        arrays.append(bytearray(3))
