"""Rows: what is alive, asked of each tool on the same heap, in multiples of one `gc.collect()`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from speed import operations, ours
from speed.process import Measurement, Run, measure
from speed.table import NOTHING, Row, Section, of_runs, seconds, size, times

LARGEST_FOR_PEERS = 1_000_000
"""Objects. Some of them take minutes on a heap of this size."""

REFERENCE_BYTES = 5
"""Of the aim for working memory, 40 bytes an object and 5 a reference."""

_PAUSE_AIM = "≤ 20 ms at 1 million"

Number = Callable[[Run], float | None]
Cells = Callable[[str, Callable[[Measurement], str]], tuple[str, ...]]
"""Makes the cells of an operation, one a size."""


def measure_all(
    sizes: Sequence[int], peers: Sequence[str], peers_python: Path, runs: int, limit: float
) -> list[Measurement]:
    """Measure snapdiff and the peers, one process an operation and a size."""
    done = []
    for objects in sizes:
        for operation in operations.ALL.values():
            is_ours = operation.tool == ours.TOOL
            if not is_ours and (operation.tool.lower() not in peers or objects > LARGEST_FOR_PEERS):
                continue
            python = Path(sys.executable) if is_ours else peers_python
            result = measure(python, operation, objects, runs, limit)
            print(f"{objects:,} {operation.tool} {operation.name}: {_cell(result, runs)}", file=sys.stderr, flush=True)
            done.append(result)
    return done


def section(measurements: Sequence[Measurement], sizes: Sequence[int], runs: int) -> Section:
    """Make the rows of what was measured."""
    by_key = {(each.operation, each.objects): each for each in measurements}

    def cells(name: str, cell: Callable[[Measurement], str]) -> tuple[str, ...]:
        found = (by_key.get((name, objects)) for objects in sizes)
        return tuple(NOTHING if each is None else cell(each) for each in found)

    rows = [Row("one `gc.collect()`", cells("checkpoint", lambda each: seconds(each.collect_seconds)))]
    for name, operation in operations.ALL.items():
        if not any(each.operation == name for each in measurements) or name.startswith("pause"):
            continue
        aim = "≤ 15 ×" if name.startswith("traces-") else ""
        rows.append(Row(f"{operation.tool} {operation.title}", cells(name, lambda each: _cell(each, runs)), aim))
        if name == "checkpoint":
            rows += _details(cells)
        if name == "checkpoint-traced":
            rows.append(_pause("pause-traced", cells))
    columns = tuple(f"{objects / 1e6:g} million tracked" for objects in sizes)
    return Section("A heap, asked what is alive: × one `gc.collect()`, memory added", columns, tuple(rows))


def _told(key: str) -> Number:
    """Return the number that an operation tells of itself."""
    return lambda run: run.details.get(key)


def _pause(name: str, cells: Cells) -> Row:
    title = "– pause seen by a thread, collection apart"
    return Row(title, cells(name, lambda each: seconds(each.median(_told("pause_seen")))), _PAUSE_AIM)


def _details(cells: Cells) -> Iterable[Row]:
    """Return what is inside of snapdiff's checkpoint."""

    def ratio(seconds_of: Number) -> Callable[[Measurement], str]:
        return lambda each: times(each.median(lambda run: _divided(seconds_of(run), run.collect.wall)))

    return (
        Row("– how", cells("checkpoint", _way)),
        Row("– without its collection", cells("checkpoint", ratio(_told("seconds"))), "≤ 3 ×"),
        Row("– the same without paths: the graph", cells("graph", ratio(_told("seconds"))), "≤ 1.5 ×"),
        Row(
            "– its own pause beside the collection",
            cells("checkpoint", lambda each: seconds(each.median(_told("pause_seconds")))),
            _PAUSE_AIM,
        ),
        _pause("pause", cells),
        Row(
            "– working memory an object",
            cells("checkpoint", lambda each: _bytes(each.median(_bytes_an_object))),
            f"≤ 40 B, and {REFERENCE_BYTES} a reference",
        ),
    )


def _cell(each: Measurement, runs: int) -> str:
    if each.exceeded is not None:
        return f"> {times(each.exceeded)}"
    if each.ratio is None:
        return f"{NOTHING} ({each.why})"
    return of_runs(f"{times(each.ratio)}, {size(each.added)}", len(each.runs), runs)


def _way(each: Measurement) -> str:
    names = {"python": "in Python", "child": "in a child", "in place": "in place"}
    return names.get(each.runs[-1].details["way"], NOTHING) if each.runs else NOTHING


def _bytes_an_object(run: Run) -> float | None:
    return _divided(run.details.get("work_bytes"), run.details["objects"])


def _divided(number: float | None, by: float) -> float | None:
    return None if number is None else number / by


def _bytes(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f} B"
