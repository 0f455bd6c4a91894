"""Each check of a rule set runs in a fresh in-memory SQLite database that is closed afterwards."""

import contextlib
import sqlite3

_n = 0


def setup():
    pass


def check(values):
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE value (n INTEGER, label TEXT)")
        connection.executemany("INSERT INTO value VALUES (?, ?)", [(n, "v%d" % n) for n in values])
        return connection.execute("SELECT sum(n), count(label) FROM value").fetchone()


def iterate():
    global _n
    _n += 1
    assert check(range(_n % 10 + 5))[1] == _n % 10 + 5
