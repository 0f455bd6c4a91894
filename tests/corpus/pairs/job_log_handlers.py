"""Jobs log into a text of their own; the handler is added to the shared logger and stays."""

import io
import itertools
import logging

log = logging.getLogger("corpus.jobs")
log.propagate = False
log.setLevel(logging.INFO)
jobs = itertools.count(1000)


def run(job):
    text = io.StringIO()  # born
    handler = logging.StreamHandler(text)  # born
    handler.setLevel(logging.ERROR)
    log.addHandler(handler)  # grown
    log.info("job %d", job)
    return text.getvalue()


def setup():
    pass


def iterate():
    assert run(next(jobs)) == ""
