"""Requests are spread over a ThreadPoolExecutor; every tenth call more of them run at the same time, until all 8
threads live.
"""

import concurrent.futures
import threading

executor = None
_n = 0


def setup():
    global executor
    executor = concurrent.futures.ThreadPoolExecutor(max_workers=8)


def work(barrier, number):
    barrier.wait(5)
    return [number]


def iterate():
    global _n
    _n += 1
    width = min(8, 1 + _n // 10)
    barrier = threading.Barrier(width)
    futures = [executor.submit(work, barrier, number) for number in range(width)]
    assert sum(len(future.result()) for future in futures) == width


def teardown():
    executor.shutdown()
