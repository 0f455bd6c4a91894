"""Each connection gets a logger named after it, which the logging module keeps for ever."""

import itertools
import logging

logging.getLogger("corpus.net").setLevel(logging.WARNING)
numbers = itertools.count(1000)


class Connection:
    def __init__(self, number):
        self.number = number
        self.log = logging.getLogger(f"corpus.net.connection-{number}")  # born, grown

    def serve(self):
        self.log.debug("serving %d", self.number)
        return self.number


def setup():
    pass


def iterate():
    connection = Connection(next(numbers))
    assert connection.serve() > 0
