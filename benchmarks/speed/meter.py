"""CPU time, wall time and memory of an operation."""

from __future__ import annotations

import gc
import os
import resource
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""What makes Linux forget the peak of the resident memory (proc(5))."""

_KIB = 1024


class Spent(NamedTuple):
    """Seconds that something took: on the clock, and of all processors, child processes included."""

    wall: float
    cpu: float


def spend(function: Callable[[], Any]) -> tuple[Spent, Any]:
    """Call a function; return what it took and what it returned."""
    before = cpu()
    wall = time.perf_counter()
    result = function()
    return Spent(time.perf_counter() - wall, cpu() - before), result


def median(all_spent: Iterable[Spent]) -> Spent:
    """Return the medians of several."""
    walls, cpus = zip(*all_spent, strict=True)
    return Spent(statistics.median(walls), statistics.median(cpus))


def cpu() -> float:
    """Return the CPU seconds of this process so far, and of the children it waited for."""
    # process_time() is finer than os.times(), which alone knows of children (in hundredths of a second).
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


class Memory:
    """The resident memory of this process and of the children it waited for, in bytes."""

    def __init__(self) -> None:
        gc.collect()
        self._before = _status("VmRSS")
        self._children = _children_peak()

    def forget(self) -> None:
        """Let the peak begin at what is resident now; without effect where the system cannot."""
        try:
            _CLEAR.write_text(_RESET_PEAK, encoding="ascii")
        except OSError:
            pass

    def added(self) -> int:
        """Return by how much the peak since `forget` is above what was resident when this was made.

        A child that was forked has this process's pages to begin with: what it has above them is its own.
        """
        own = _status("VmHWM")
        children = _children_peak()
        child = children - max(self._before, self._children) if children > self._children else 0
        return max(0, own - self._before) + max(0, child)


def _children_peak() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * _KIB


def _status(name: str) -> int:
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError:  # not Linux: the peak of all time stands in for both
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if os.uname().sysname == "Darwin" else _KIB)
    return next((int(line.split()[1]) * _KIB for line in lines if line.startswith(name + ":")), 0)
