"""Rows go to an SQLite table in batches of 64; the table itself is kept at its newest 100 rows."""

import sqlite3


class BatchWriter:
    def __init__(self, connection, size=64):
        self.connection = connection
        self.size = size
        self.rows = []

    def add(self, *row):
        self.rows.append(list(row))
        if len(self.rows) >= self.size:
            self.connection.executemany("INSERT INTO reading VALUES (?, ?)", self.rows)
            self.connection.execute("DELETE FROM reading WHERE id <= (SELECT max(id) FROM reading) - 100")
            self.connection.commit()
            self.rows.clear()


writer = None
_n = 0


def setup():
    global writer
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE reading (id INTEGER PRIMARY KEY, value REAL)")
    writer = BatchWriter(connection)


def iterate():
    global _n
    _n += 1
    writer.add(_n, _n / 3)


def teardown():
    writer.connection.close()
