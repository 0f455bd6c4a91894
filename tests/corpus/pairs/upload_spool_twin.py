"""A spool of an upload service that is emptied once a file is put together."""

import itertools

calls = itertools.count(1)


class Spool:
    def __init__(self):
        self.parts = []
        self.last_size = 0

    def receive(self, number):
        self.parts.append(number.to_bytes(4, "big") * 16)

    def assemble(self, count):
        self.last_size = sum(len(part) for part in self.parts[-count:])
        self.parts.clear()
        return self.last_size


SPOOL = Spool()


def setup():
    pass


def iterate():
    call = next(calls)
    if call % 20 == 0:
        for number in range(60):
            SPOOL.receive(number)
        assert SPOOL.assemble(60) == 60 * 64
