"""A worker logs through a MemoryHandler: records are kept until 100 are there or an error comes, then handed on."""

import io
import logging
import logging.handlers

log = logging.getLogger("corpus.worker")
stream = io.StringIO()
target = logging.StreamHandler(stream)
memory = logging.handlers.MemoryHandler(100, flushLevel=logging.ERROR, target=target)
_n = 0


def setup():
    log.propagate = False
    log.setLevel(logging.INFO)
    log.addHandler(memory)


def iterate():
    global _n
    _n += 1
    log.info("job %d done in %d ms", _n, _n % 40)
    if stream.tell() > 2000:
        stream.seek(0)
        stream.truncate()


def teardown():
    log.removeHandler(memory)
    memory.close()
