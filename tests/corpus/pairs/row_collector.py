"""A worker thread that takes rows from a queue and collects them for a file.

The flush is missing, so the list that is local to the thread's loop keeps every row.
"""

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
        rows.append(row)  # grown
        jobs.task_done()


def setup():
    threading.Thread(target=work, name="row-collector", daemon=True).start()


def iterate():
    for _ in range(3):
        jobs.put([next(numbers), "row"])  # born
    jobs.join()


def teardown():
    jobs.put(None)
    jobs.join()
