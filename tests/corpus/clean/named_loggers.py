"""Each of 50 tenants logs through a logger of its own, asked for by name at every call."""

import io
import logging

stream = io.StringIO()
root = logging.getLogger("corpus.tenants")
handler = logging.StreamHandler(stream)
_n = 0


def setup():
    root.propagate = False
    root.setLevel(logging.INFO)
    root.addHandler(handler)


def iterate():
    global _n
    _n += 1
    logging.getLogger("corpus.tenants.t%02d" % (_n * 7 % 50)).info("request %d", _n)
    stream.seek(0)
    stream.truncate()


def teardown():
    root.removeHandler(handler)
