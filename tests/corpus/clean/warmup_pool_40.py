"""A client opens one more connection at each call until its pool has 40, and then uses them in turn."""

import itertools


class Connection:
    def __init__(self, number):
        self.number = number
        self.buffer = bytearray(256)
        self.session = {"user": "svc", "options": ["utf8"]}
        self.requests = 0

    def request(self):
        self.requests += 1
        return self.requests


class Pool:
    def __init__(self):
        self.connections = []
        self.turn = itertools.count()

    def take(self):
        if len(self.connections) < 40:
            self.connections.append(Connection(len(self.connections)))
            return self.connections[-1]
        return self.connections[next(self.turn) % 40]


pool = Pool()


def setup():
    pass


def iterate():
    pool.take().request()
