"""Each call maps a file and keeps the mapping, which keeps a descriptor of its own, in a list."""

import mmap
import tempfile

tiles = []
file = None


def setup():
    global file
    file = tempfile.TemporaryFile()
    file.write(bytes(4 * mmap.PAGESIZE))
    file.flush()


def load():
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # born


def iterate():
    tile = load()
    assert tile[100] == 0
    tiles.append(tile)  # grown


def teardown():
    file.close()
