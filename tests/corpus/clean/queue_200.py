"""A telemetry client puts events on a bounded queue whose consumer is slow: one event in four is taken, the rest
waits or is dropped.
"""

import queue

outbox = queue.Queue(maxsize=200)
dropped = 0
_n = 0


def setup():
    pass


def emit(event):
    global dropped
    try:
        outbox.put_nowait(event)
    except queue.Full:
        dropped += 1


def iterate():
    global _n
    _n += 1
    emit({"event": _n, "fields": ["a", _n]})
    if _n % 4 == 0:
        outbox.get_nowait()
