"""A recorder of what goes over the wire: the last four kilobytes, in one bytearray."""

import itertools

sequence = itertools.count(1000)


class Recorder:
    def __init__(self):
        self.recorded = bytearray()

    def write(self, frame):
        self.recorded += frame
        del self.recorded[:-4096]
        return len(frame)


class Link:
    def __init__(self, recorder):
        self.recorder = recorder

    def send(self, number):
        frame = number.to_bytes(4, "big") + bytes(92)
        return self.recorder.write(frame)


LINK = Link(Recorder())


def setup():
    pass


def iterate():
    assert LINK.send(next(sequence)) == 96
