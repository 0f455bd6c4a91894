"""An upload goes through a named temporary file that is removed again, and through a spooled one that never touches
the disk.
"""

import os
import tempfile

checked = 0
_n = 0


def setup():
    pass


def store(data):
    with tempfile.NamedTemporaryFile(prefix="upload-") as file:
        file.write(data)
        file.flush()
        return os.stat(file.name).st_size


def iterate():
    global _n, checked
    _n += 1
    data = b"x" * (100 + _n % 300)
    assert store(data) == len(data)
    with tempfile.SpooledTemporaryFile(max_size=4096) as spool:
        spool.write(data)
        checked += spool.tell()
