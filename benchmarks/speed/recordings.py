"""Rows: recording an application with a large heap, then analysis and report of the recording, each in a new process.

Of the workload there are five checkpoints: before the first call, and after each of four rounds. A leak has further
rounds that confirm it and watch it.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from speed import commands, shape
from speed.commands import Done
from speed.table import NOTHING, Row, Section, of_runs, seconds, size

PROGRAM = Path(__file__).resolve().parent / "programs" / "shop.py"
WORKLOADS = {"leak": "a leaking program", "clean": "a clean program"}
_VERDICT_CODES = (0, 1, 3)
LARGEST = 1_000_000
"""Objects of the largest heap that is recorded."""

ROUNDS = "1,10,50,151"
_RECORDING_LIMIT = 4
"""Limits that a recording may take: it has some twenty checkpoints and sub-checkpoints."""


@dataclass(frozen=True)
class Recorded:
    """One recording: seconds to make it, what is in it and its bytes, and the runs of `check` and `report` on it."""

    workload: str
    objects: int
    record: Done
    inside: shape.Shape
    file_bytes: int
    checks: tuple[Done, ...]
    reports: tuple[Done, ...]
    page_bytes: int
    why: str | None = None
    """Why there is nothing."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return asdict(self)


def measure_all(sizes: Sequence[int], folder: Path, *, runs: int, limit: float, kind: str) -> list[Recorded]:
    """Record both programs with heaps of so many tracked objects, and read the recordings so often."""
    done = []
    for objects in sizes:
        for workload in WORKLOADS:
            result = _measure(workload, objects, folder, runs=runs, limit=limit, kind=kind)
            said = result.why or f"recorded in {result.record.wall:.0f} s, {result.inside.checkpoints} checkpoints"
            print(f"{objects:,} {workload}: {said}", file=sys.stderr, flush=True)
            done.append(result)
    return done


def _measure(workload: str, objects: int, folder: Path, *, runs: int, limit: float, kind: str) -> Recorded:
    recording = folder / f"{workload}-{objects}.snapdiff"
    page = recording.with_suffix(".html")
    record = commands.run(
        commands.snapdiff(
            "record", f"{PROGRAM}:{workload}", "--setup", "setup", "--rounds", ROUNDS, "-o", recording, "--quiet"
        ),
        folder,
        limit * _RECORDING_LIMIT,
        {"SNAPDIFF_BENCH_OBJECTS": str(objects), "SNAPDIFF_BENCH_HEAP": kind},
    )
    if record.code:
        return Recorded(workload, objects, record, shape.NONE, 0, (), (), 0, record.why)
    checks, reports = [], []
    for _ in range(runs):
        checks.append(commands.run(commands.snapdiff("check", recording), folder, limit))
        reports.append(commands.run(commands.snapdiff("report", recording, "-o", page, "--force"), folder, limit))
    failed = next((each.why for each in checks if each.code not in _VERDICT_CODES), None)
    failed = failed or next((each.why for each in reports if each.code), None)
    return Recorded(
        workload, objects, record, shape.read(recording), recording.stat().st_size, tuple(checks), tuple(reports),
        page.stat().st_size if page.exists() else 0, failed,
    )  # fmt: skip


def section(recorded: Sequence[Recorded], sizes: Sequence[int]) -> Section:
    """Make the rows of what was recorded."""
    rows = []
    for workload, title in WORKLOADS.items():
        found = {each.objects: each for each in recorded if each.workload == workload}

        def cells(cell: Callable[[Recorded], str], found: dict[int, Recorded] = found) -> tuple[str, ...]:
            return tuple(_cell(found.get(objects), cell) for objects in sizes)

        rows += [
            Row(f"{title}: `record`, checkpoints", cells(_recorded)),
            Row("– the recording: types, changed paths, bytes", cells(_size_of)),
            Row("– `check`: analysis", cells(lambda each: _told(each.checks)), "< 5 s, < 1.5 GB"),
            Row("– `report`: what the page takes more", cells(_more), "< 2 s"),
            Row("– the page", cells(lambda each: size(each.page_bytes)), "< 1 MB"),
        ]
    columns = tuple(f"{objects / 1e6:g} million tracked" for objects in sizes)
    return Section("An application, from the program to the page: wall time, peak memory", columns, tuple(rows))


def _cell(each: Recorded | None, cell: Callable[[Recorded], str]) -> str:
    if each is None:
        return NOTHING
    return f"{NOTHING} ({each.why})" if each.why else cell(each)


def _recorded(each: Recorded) -> str:
    return f"{seconds(each.record.wall)}, {each.inside.checkpoints}"


def _size_of(each: Recorded) -> str:
    return f"{each.inside.types:,}, {each.inside.paths:,}, {size(each.file_bytes)}"


def _told(done: Sequence[Done]) -> str:
    return of_runs(f"{seconds(_wall(done))}, {size(max(each.peak for each in done))}", len(done))


def _more(each: Recorded) -> str:
    return f"{seconds(max(0.0, _wall(each.reports) - _wall(each.checks)))}, {size(max(r.peak for r in each.reports))}"


def _wall(done: Sequence[Done]) -> float:
    return statistics.median(each.wall for each in done)
