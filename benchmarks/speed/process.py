"""Starts the measured process, waits while it takes no more CPU time than it may, and reads what it wrote."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from speed import inside, watch
from speed.meter import Spent
from speed.operation import Operation

_POLL = 0.1
"""Seconds between two looks at a process that runs."""

_BUILDING = 4
"""Limits that it may take to build the heap: ten million objects under a tracer take minutes."""


@dataclass(frozen=True)
class Run:
    """One run of an operation: seconds of it, bytes it added at its peak."""

    spent: Spent
    added: int
    details: dict[str, Any]


@dataclass(frozen=True)
class Measurement:
    """What is known of one operation on one heap. Without runs, `exceeded` or `why` says what happened."""

    operation: str
    objects: int
    tracked: int
    version: str
    collect: Spent | None
    """One collection in the same process, before the tool was there: what the runs are divided by."""
    runs: tuple[Run, ...]
    exceeded: float | None = None
    """The CPU time after which the first run was cut off, in collections."""
    why: str | None = None
    """Why there is nothing."""

    def median(self, number: Callable[[Run], float | None]) -> float | None:
        """Return the median of a number of the runs, or None where one does not have it."""
        numbers = [number(run) for run in self.runs]
        known = [each for each in numbers if each is not None]
        return statistics.median(known) if known and len(known) == len(numbers) else None

    @property
    def ratio(self) -> float | None:
        """The CPU time of a run in collections of the same process, the median of the runs."""
        return None if self.collect is None else divided(self.median(lambda run: run.spent.cpu), self.collect.cpu)

    @property
    def added(self) -> int | None:
        """The most bytes that any run added."""
        return max((run.added for run in self.runs), default=None)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return asdict(self) | {"ratio": self.ratio}


def measure(python: Path, operation: Operation, objects: int, *, runs: int, limit: float, kind: str) -> Measurement:
    """Measure in a process of its own, for so many CPU seconds at most after the heap is built."""
    with tempfile.TemporaryDirectory() as scratch:
        events = Path(scratch) / "events"
        errors = Path(scratch) / "errors"
        with errors.open("wb") as stderr:
            process = subprocess.Popen(
                [str(python), inside.__file__, operation.name, str(objects), str(runs), kind, str(events)],
                cwd=scratch,
                env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )
            killed = _wait(process, events, limit)
        lines = errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        why = lines[-1] if lines else f"exit code {process.returncode}"
        return _read(operation, objects, _events(events), killed, why)


def _wait(process: subprocess.Popen[bytes], events: Path, limit: float) -> float | None:
    """Wait for the end of the process; return the CPU seconds at which it had to be killed, or None."""
    allowed = limit * _BUILDING
    idle = time.monotonic() + allowed * watch.IDLE
    begun = False
    try:
        while process.poll() is None:
            if not begun:
                first = next((each for each in _events(events) if each["event"] == "start"), None)
                begun = first is not None
                allowed = first["cpu"] + limit if first is not None else allowed
            spent = watch.cpu_seconds(process.pid)
            if spent > allowed or time.monotonic() > idle:
                return spent
            time.sleep(_POLL)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    return None


def _events(file: Path) -> list[dict[str, Any]]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    # A line that is being written has no end yet.
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def _read(
    operation: Operation, objects: int, events: list[dict[str, Any]], killed: float | None, why: str
) -> Measurement:
    ready = next((each for each in events if each["event"] == "ready"), {})
    collect = Spent(*ready["collect"]) if ready else None
    runs = tuple(
        Run(Spent(*each["spent"]), each["added"], each["details"]) for each in events if each["event"] == "run"
    )
    exceeded = None
    if runs:
        why_not = None
    else:
        skipped = next((each["why"] for each in events if each["event"] == "skipped"), None)
        start = next((each for each in events if each["event"] == "start"), None)
        why_not = skipped or why
        if killed is not None:
            why_not = "cut off while the heap was built"
            if start is not None and collect is not None:
                exceeded = (killed - start["cpu"]) / collect.cpu
                why_not = None
    return Measurement(
        operation.name, objects, ready.get("tracked", 0), ready.get("version", ""), collect, runs, exceeded, why_not
    )


def divided(number: float | None, by: float) -> float | None:
    """Divide, where there is a number."""
    return None if number is None else number / by
