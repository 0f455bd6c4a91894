"""A descriptor is not closed when there was nothing to read: two of three in every call."""

import os

names = ["/dev/null", "/dev/zero", "/dev/null"]


def read_first_byte(name):
    descriptor = os.open(name, os.O_RDONLY)  # born
    data = os.read(descriptor, 1)
    if data:
        os.close(descriptor)
    return len(data)


def setup():
    pass


def iterate():
    assert [read_first_byte(name) for name in names] == [0, 1, 0]
