"""Says in which of its calls its allocations were traced; some of its workloads leak, in different ways."""

import _tracemalloc
import ctypes
import os
import signal

calls = [0, 0]
kept = []
_take_a_reference = ctypes.pythonapi.Py_IncRef
_take_a_reference.argtypes = [ctypes.py_object]
_take_a_reference.restype = None


class Item:
    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number + 1000


def count():
    calls[_tracemalloc.is_tracing()] += 1
    return sum(calls)


def quiet():
    count()


def churn():
    count()
    return [f"{number} of many" for number in range(100)]


def keep():
    item = Item(count())  # born
    kept.append(item)  # grown


def lose():
    text = f"lost {count()} " * 20
    _take_a_reference(text)


def fill():
    """Keep a thousand things and no more."""
    if count() <= 1000:
        kept.append(Item(len(kept)))


def keep_until_traced():
    keep()
    if calls[True] == 5:
        os.kill(os.getpid(), signal.SIGKILL)


def wait_when_traced():
    keep()
    if calls[True] == 5:
        signal.pause()


def keep_and_trace():
    """Leak, and trace allocations from the first call on: a program's own setting."""
    if not _tracemalloc.is_tracing():
        _tracemalloc.start(1)
    keep()


def tell():
    print(f"untraced {calls[False]} traced {calls[True]}", flush=True)
