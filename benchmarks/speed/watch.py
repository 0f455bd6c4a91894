"""The CPU time of a process that runs, and its end when that was too much.

Not the wall time: on a machine that does something else besides, other things would be cut off than on a quiet one.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

import psutil

_POLL = 0.2
"""Seconds between two looks."""

IDLE = 20
"""Limits of wall time after which a process is taken to hang."""


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and of its children, those that it waited for and those that run."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            own = process.cpu_times()
        # What it waited for is in its own numbers, theirs in theirs.
        running = sum(_of_child(child) for child in process.children(recursive=True))
    except psutil.Error:
        return 0.0
    return float(own.user + own.system + own.children_user + own.children_system + running)


def _of_child(child: psutil.Process) -> float:
    try:
        times = child.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)


class Limit:
    """A context in which a process is ended once it took so many CPU seconds, or hangs. `exceeded` says that it was."""

    def __init__(self, process: subprocess.Popen[bytes], seconds: float, end: Callable[[], None]) -> None:
        self.exceeded = False
        self._process = process
        self._seconds = seconds
        self._end = end
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Limit:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        deadline = time.monotonic() + self._seconds * IDLE
        while not self._over.wait(_POLL):
            if cpu_seconds(self._process.pid) > self._seconds or time.monotonic() > deadline:
                self.exceeded = True
                self._end()
                return
