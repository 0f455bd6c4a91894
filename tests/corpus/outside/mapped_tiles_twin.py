"""Each call maps a file, and closes the mapping."""

import mmap
import tempfile

file = None


def setup():
    global file
    file = tempfile.TemporaryFile()
    file.write(bytes(4 * mmap.PAGESIZE))
    file.flush()


def load():
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def iterate():
    tile = load()
    assert tile[100] == 0
    tile.close()


def teardown():
    file.close()
