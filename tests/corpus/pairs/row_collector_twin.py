"""A worker thread that takes rows from a queue and writes them out, fifty at a time."""

import itertools
import queue
import threading

numbers = itertools.count(1000)
jobs = queue.Queue()
written = []


def work():
    rows = []
    while True:
        row = jobs.get()
        if row is None:
            jobs.task_done()
            return
        rows.append(row)
        if len(rows) == 50:
            written[:] = rows[-1:]
            rows.clear()
        jobs.task_done()


def setup():
    threading.Thread(target=work, name="row-collector", daemon=True).start()


def iterate():
    for _ in range(3):
        jobs.put([next(numbers), "row"])
    jobs.join()


def teardown():
    jobs.put(None)
    jobs.join()
