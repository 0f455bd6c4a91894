"""A device that lives as long as the program; a transfer's finalizer is detached when it is done."""

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
    buffer = bytearray(number.to_bytes(4, "big") * 16)
    mapping = weakref.finalize(DEVICE, unmap, buffer)
    mapping.atexit = False
    DEVICE.transfers = number
    size = len(buffer)
    mapping.detach()
    return size


def setup():
    pass


def iterate():
    assert transfer(next(numbers)) == 64
