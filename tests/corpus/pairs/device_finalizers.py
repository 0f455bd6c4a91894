"""A device that lives as long as the program; every transfer adds a finalizer to it.

weakref.finalize keeps its arguments (the transfer's buffer) until the device dies.
"""

import itertools
import weakref

numbers = itertools.count(1000)


class Device:
    def __init__(self, name):
        self.name = name
        self.transfers = 0


DEVICE = Device("dma0")


def unmap(buffer):
    buffer.clear()


def transfer(number):
    buffer = bytearray(number.to_bytes(4, "big") * 16)  # born
    mapping = weakref.finalize(DEVICE, unmap, buffer)  # born, grown
    mapping.atexit = False
    DEVICE.transfers = number
    return len(buffer)


def setup():
    pass


def iterate():
    assert transfer(next(numbers)) == 64
