"""A quick look at a test that nobody has marked: whether it is worth a measurement.

A measurement takes some twenty collections and walks over the heap, about two seconds of CPU time in a test process
of pytest's own size; a suite has thousands of tests, and in nearly all of them nothing grows. Memory blocks
(`sys.getallocatedblocks`) count every object of up to 512 bytes, tracked or not. What gains less than one in five
calls, or memory outside of Python alone, is not seen this way: a mark on the test measures it whole.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable

#: Calls of each half. The first half fills caches and makes what is made once.
CALLS = 50
#: What the second half must gain, in blocks, descriptors or threads: one in five calls. Of the 78 tests of h11 0.16.0
#: 74 gained one block, the other four 88 and more.
LEAST = 10


def grows(call: Callable[[], None]) -> bool:
    """Call some times, and say whether the second half of the calls left something behind."""
    _calls(call)
    before = _counts()
    _calls(call)
    return any(now - then >= LEAST for then, now in zip(before, _counts(), strict=True))


def _calls(call: Callable[[], None]) -> None:
    for _ in range(CALLS):
        call()


def _counts() -> tuple[int, int, int]:
    """Return memory blocks, open descriptors (0 where nobody tells) and threads."""
    # A second collection frees what the finalizers of the first let go.
    gc.collect()
    gc.collect()
    try:
        descriptors = len(os.listdir("/proc/self/fd"))
    except OSError:
        descriptors = 0
    return sys.getallocatedblocks(), descriptors, threading.active_count()
