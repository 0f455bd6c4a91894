"""Jobs log into a text of their own; the handler is taken off the shared logger afterwards."""

import io
import itertools
import logging

log = logging.getLogger("corpus.jobs")
log.propagate = False
log.setLevel(logging.INFO)
jobs = itertools.count(1000)


def run(job):
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setLevel(logging.ERROR)
    log.addHandler(handler)
    try:
        log.info("job %d", job)
    finally:
        log.removeHandler(handler)
        handler.close()
    return text.getvalue()


def setup():
    pass


def iterate():
    assert run(next(jobs)) == ""
