"""Each connection logs through an adapter of one logger that all share."""

import itertools
import logging

logging.getLogger("corpus.net").setLevel(logging.WARNING)
numbers = itertools.count(1000)


class Connection:
    def __init__(self, number):
        self.number = number
        self.log = logging.LoggerAdapter(logging.getLogger("corpus.net"), {"connection": number})

    def serve(self):
        self.log.debug("serving %d", self.number)
        return self.number


def setup():
    pass


def iterate():
    connection = Connection(next(numbers))
    assert connection.serve() > 0
