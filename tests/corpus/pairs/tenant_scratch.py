"""Every seventh call opens an in-memory database for a tenant's report and keeps the connection."""

import itertools
import sqlite3

calls = itertools.count(1)
connections = []


def open_scratch():
    connection = sqlite3.connect(":memory:")  # born
    connection.execute("create table entry (day integer, amount integer)")
    connections.append(connection)  # grown
    return connection


def report(days):
    connection = open_scratch()
    connection.executemany("insert into entry values (?, ?)", [(day, day * 2) for day in range(days)])
    return connection.execute("select sum(amount) from entry").fetchone()[0]


def setup():
    pass


def iterate():
    if next(calls) % 7 == 0:
        assert report(5) == 20


def teardown():
    while connections:
        connections.pop().close()
