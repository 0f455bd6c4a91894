"""Traces its allocations itself, two frames deep."""

import atexit
import tracemalloc

tracemalloc.start(2)
kept = []


def work():
    """Keep a list."""
    kept.append([])


@atexit.register
def tell():
    """Print what became of the tracing."""
    print("tracing", tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())
