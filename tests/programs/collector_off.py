"""Runs with the garbage collector off."""

import atexit
import gc

gc.disable()
seen = set()


def work():
    """Make a cycle; note whether the collector is still off."""
    seen.add(gc.isenabled())
    ring = []
    ring.append(ring)


@atexit.register
def tell():
    """Print what was seen."""
    print("enabled", seen, gc.isenabled())
