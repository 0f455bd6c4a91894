"""Rows: what is alive, asked of each tool on the same heap, in multiples of one `gc.collect()`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from speed import heap, operations, ours
from speed.operation import Operation
from speed.process import Measurement, Run, divided, measure
from speed.table import NOTHING, Row, Section, of_runs, seconds, size, times

LARGEST_FOR_PEERS = 1_000_000
"""Objects. Some of them take minutes on a heap of this size, and no heap larger than this is traced."""

REFERENCE_BYTES = 5
"""Of the aim for working memory, 40 bytes an object and 5 a reference."""

_PAUSE_AIM = "≤ 20 ms at 1 million"
_PAUSES = {
    "pause": "checkpoint",
    "pause-scattered": "checkpoint",
    "pause-application": "application",
    "pause-traced": "traced-4-many",
}
"""Operations of which only the pause is shown, below the row of another."""

Number = Callable[[Run], float | None]
Cells = Callable[[str, Callable[[Measurement], str]], tuple[str, ...]]
"""Makes the cells of an operation, one a size."""


def measure_all(
    sizes: Sequence[int], peers: Sequence[str], peers_python: Path, *, runs: int, limit: float, kind: str
) -> list[Measurement]:
    """Measure snapdiff and the peers, one process an operation and a size."""
    done = []
    for objects in sizes:
        for operation in operations.ALL.values():
            if not _measured(operation, objects, peers):
                continue
            python = Path(sys.executable) if operation.tool == ours.TOOL else peers_python
            result = measure(python, operation, objects, runs=runs, limit=limit, kind=kind)
            print(f"{objects:,} {operation.tool} {operation.name}: {_cell(result)}", file=sys.stderr, flush=True)
            done.append(result)
    return done


def _measured(operation: Operation, objects: int, peers: Sequence[str]) -> bool:
    if objects > LARGEST_FOR_PEERS:
        return operation.tool == ours.TOOL and not operation.tracing
    return operation.tool == ours.TOOL or operation.tool.lower() in peers


def section(measurements: Sequence[Measurement], sizes: Sequence[int], kind: str) -> Section:
    """Make the rows of what was measured."""
    by_key = {(each.operation, each.objects): each for each in measurements}

    def cells(name: str, cell: Callable[[Measurement], str]) -> tuple[str, ...]:
        found = (by_key.get((name, objects)) for objects in sizes)
        return tuple(NOTHING if each is None else cell(each) for each in found)

    measured = {each.operation for each in measurements}
    rows = []
    for name in ("checkpoint", "application"):
        if name in measured:
            title = "one `gc.collect()`" + (", an application" if name == "application" else "")
            rows.append(Row(title, cells(name, lambda each: seconds(each.collect.wall if each.collect else None))))
    for name, operation in operations.ALL.items():
        if name not in measured or name in _PAUSES:
            continue
        aim = "≤ 15 ×" if name.startswith("traced-") else ""
        rows.append(Row(f"{operation.tool} {operation.title}", cells(name, _cell), aim))
        if name == "checkpoint":
            rows += _details(cells)
        if name == "application":
            rows.append(Row("– types, paths", cells(name, _shape)))
        if name.startswith("traced-"):
            rows.append(Row("– distinct tracebacks", cells(name, _tracebacks)))
        rows += [_pause(pause, cells) for pause, of in _PAUSES.items() if of == name and pause in measured]
    columns = tuple(f"{objects / 1e6:g} million tracked" for objects in sizes)
    title = "built in order" if kind == heap.IN_ORDER else "a fifth of it replaced"
    return Section(f"A heap, {title}, asked what is alive: × one `gc.collect()`, memory added", columns, tuple(rows))


def _told(key: str) -> Number:
    """Return the number that an operation tells of itself."""
    return lambda run: run.details.get(key)


def _pause(name: str, cells: Cells) -> Row:
    title = "– pause seen by a thread, collection apart" + (", scattered" if name == "pause-scattered" else "")
    return Row(title, cells(name, lambda each: seconds(each.median(_told("pause_seen")))), _PAUSE_AIM)


def _details(cells: Cells) -> Iterable[Row]:
    """Return what is inside of snapdiff's checkpoint."""

    def ratio(seconds_of: Number) -> Callable[[Measurement], str]:
        return lambda each: times(divided(each.median(seconds_of), each.collect.wall) if each.collect else None)

    return (
        Row("– how", cells("checkpoint", _way)),
        Row("– without its collection", cells("checkpoint", ratio(_told("seconds"))), "≤ 3 ×"),
        Row("– the same without paths: the graph", cells("graph", ratio(_told("seconds"))), "≤ 1.5 ×"),
        Row(
            "– its own pause beside the collection",
            cells("checkpoint", lambda each: seconds(each.median(_told("pause_seconds")))),
            _PAUSE_AIM,
        ),
        Row(
            "– working memory an object",
            cells("checkpoint", lambda each: _bytes(each.median(_bytes_an_object))),
            f"≤ 40 B, and {REFERENCE_BYTES} a reference",
        ),
    )


def _cell(each: Measurement) -> str:
    if each.exceeded is not None:
        return f"> {times(each.exceeded)}"
    if each.ratio is None:
        return f"{NOTHING} ({each.why})"
    return of_runs(f"{times(each.ratio)}, {size(each.added)}", len(each.runs))


def _way(each: Measurement) -> str:
    names = {"python": "in Python", "child": "in a child", "in place": "in place"}
    return names.get(each.runs[-1].details["way"], NOTHING) if each.runs else NOTHING


def _tracebacks(each: Measurement) -> str:
    count = each.median(_told("tracebacks"))
    return NOTHING if count is None else f"{count:,.0f}"


def _shape(each: Measurement) -> str:
    return f"{each.runs[-1].details['types']:,}, {each.runs[-1].details['paths']:,}" if each.runs else NOTHING


def _bytes_an_object(run: Run) -> float | None:
    return divided(run.details.get("work_bytes"), run.details["objects"])


def _bytes(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.0f} B"
