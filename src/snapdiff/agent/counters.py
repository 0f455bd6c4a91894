"""Cheap counters of the process: one number each, read in well under a millisecond (but for `gc.get_objects`)."""

from __future__ import annotations

import _thread
import _tracemalloc
import gc
import os
import sys
import time

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: Collections until one frees nothing: finalizers can release more garbage. More than three means that
#: finalizers make new garbage for ever; psleak's protocol stops there too.
MAX_COLLECTIONS = 3


def flush_streams() -> None:
    """Flush the standard streams, so that their buffers are in the same state at every checkpoint.

    Never the program's logging handlers: that would drain a `MemoryHandler`.
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass


def clear_type_cache() -> None:
    """Empty the interpreter's cache of attribute look-ups, which keeps names alive.

    With classes made in each call it holds 4,000 more strings after some calls than after others.
    """
    # Python 3.13 gave it another name, and 3.14 warns of the old one: the program's filters may make that an error.
    clear = getattr(sys, "_clear_internal_caches" if sys.version_info >= (3, 14) else "_clear_type_cache", None)
    if clear is not None:
        clear()


def collect() -> dict[str, Any]:
    """Collect until nothing is freed; return what that took and freed."""
    started = time.perf_counter()
    freed = 0
    passes = 0
    while passes < MAX_COLLECTIONS:
        passes += 1
        found = gc.collect()
        freed += found
        if not found:
            break
    return {
        "garbage": freed,
        "collections": passes,
        "settled": not found,
        "collect_seconds": time.perf_counter() - started,
        "uncollectable": len(gc.garbage),
    }


def _entries(folder: str) -> int | None:
    try:
        return len(os.listdir(folder))
    except OSError:
        return None


def read() -> dict[str, Any]:
    """Return the counters of this moment."""
    descriptors = _entries("/proc/self/fd")
    return {
        "monotonic": time.monotonic(),
        "cpu_seconds": time.process_time(),
        "allocated_blocks": sys.getallocatedblocks(),
        "traced_bytes": _tracemalloc.get_traced_memory()[0] if _tracemalloc.is_tracing() else None,
        "generations": gc.get_stats(),
        "threads": _entries("/proc/self/task") or _thread._count() + 1,
        "python_threads": _thread._count() + 1,
        # Listing the folder opens one more.
        "fds": None if descriptors is None else descriptors - 1,
    }
