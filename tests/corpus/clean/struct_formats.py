"""A binary reader unpacks records whose format depends on the record's length; struct itself caches 100 formats."""

import struct

_n = 0


def setup():
    pass


def unpack(count):
    layout = "<I%dsH" % count
    record = struct.pack(layout, count, b"x", 7)
    return struct.unpack(layout, record)


def iterate():
    global _n
    _n += 1
    assert unpack(_n % 700 + 1)[2] == 7
