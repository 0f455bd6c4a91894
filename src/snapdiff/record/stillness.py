"""Waiting until a process has nothing to do: no thread of it ran for a moment."""

from __future__ import annotations

import os
import time

import psutil

#: Seconds in which no thread may have run, and after which it is given up: a program with a thread that ticks for ever
#: is never still. A thread that was woken and waits for the interpreter's lock gets it in microseconds here, since
#: nobody else wants it.
WINDOW = 0.01
PATIENCE = 0.25
#: Seconds in which no thread may have run, for a program that starts: it may wait for a disk or a server in between.
_START_WINDOW = 0.3
#: Or seconds in which it used next to no processor time, in seconds, for one with a thread that ticks (importing uses
#: all there is). After the last time it is taken for started.
_START_SPAN = 1.0
_START_USE = 0.05
_START_PATIENCE = 60.0


def wait(pid: int, window: float, patience: float) -> bool:
    """Wait until no thread of a process has run for `window` seconds; return False when `patience` is over before.

    A process that is gone is still.
    """
    until = time.monotonic() + patience
    look = _switches if os.path.isdir(f"/proc/{pid}/task") else _processor_time
    before = look(pid)
    while time.monotonic() < until and psutil.pid_exists(pid):
        time.sleep(window)
        now = look(pid)
        if now is not None and now == before:
            return True
        before = now
    return not psutil.pid_exists(pid)


def wait_for_start(pid: int) -> None:
    """Wait until a program that was started waits for something to do."""
    until = time.monotonic() + _START_PATIENCE
    while time.monotonic() < until:
        before = _processor_time(pid)
        if wait(pid, _START_WINDOW, _START_SPAN):
            break
        now = _processor_time(pid)
        if before is not None and now is not None and sum(now) - sum(before) < _START_USE:
            break


def _switches(pid: int) -> dict[str, bytes] | None:
    """Return how often each thread gave the processor back or lost it; None when one is running, or gone."""
    found = {}
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/status", "rb") as file:
                text = file.read()
            if b"\nState:\tR" in text or b"\nState:\tD" in text:
                return None
            found[thread] = text[text.index(b"\nvoluntary_ctxt_switches") :]
    except (OSError, ValueError):
        return None
    return found


def _processor_time(pid: int) -> tuple[float, float] | None:
    """Return the seconds of processor time, where the system does not tell of threads."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return None
    return (times.user, times.system)
