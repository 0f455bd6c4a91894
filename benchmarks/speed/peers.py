"""What the other tools do for the same question: what is alive, and what keeps it."""

from __future__ import annotations

import importlib
import io
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from speed import heap
from speed.operation import Details, Operation, Timed

BACKREFS_DEPTH = 5
"""Levels of holders: from a line of an order to the module that holds the customers."""


def _typestats() -> Timed:
    tool = importlib.import_module("objgraph")

    def timed() -> None:
        tool.typestats()

    return timed


def _growth() -> Timed:
    tool = importlib.import_module("objgraph")
    peak: dict[str, int] = {}

    def timed() -> None:
        tool.growth(limit=None, peak_stats=peak)

    return timed


def _backrefs() -> Timed:
    tool = importlib.import_module("objgraph")

    def timed() -> None:
        # DOT source: nothing is drawn.
        line = next(iter(heap.CUSTOMERS.values())).orders[0].lines[0]
        tool.show_backrefs([line], max_depth=BACKREFS_DEPTH, output=io.StringIO())

    return timed


def _pympler() -> Timed:
    muppy = importlib.import_module("pympler.muppy")
    summary = importlib.import_module("pympler.summary")

    def timed() -> None:
        summary.summarize(muppy.get_objects())

    return timed


def _guppy() -> Timed:
    tool = importlib.import_module("guppy")

    def timed() -> None:
        # As at the prompt: the set alone is not yet counted by type.
        str(tool.hpy().heap())

    return timed


def _tracemalloc(depth: int) -> Timed:
    tool = importlib.import_module("tracemalloc")
    tool.start(depth)
    group = "lineno" if depth == 1 else "traceback"
    before: list[Any] = []

    def timed() -> Details | None:
        # The first has nothing to compare with but itself.
        now = tool.take_snapshot()
        now.compare_to(before[0] if before else now, group)
        before[:] = [now]
        return None

    return timed


def _memalot() -> Timed:
    tool = importlib.import_module("memalot")

    def timed() -> None:
        with tempfile.TemporaryDirectory() as folder:
            monitor = tool.create_leak_monitor(
                warmup_calls=0,
                check_referrers=False,
                max_object_details=0,
                report_directory=Path(folder),
                output_func=lambda _: None,
            )
            with monitor:
                heap.Customer(0)

    return timed


OPERATIONS = (
    Operation("typestats", "`typestats()`: tracked objects only", "objgraph", _typestats, "objgraph"),
    Operation("growth", "`growth()`: tracked objects only", "objgraph", _growth, "objgraph"),
    Operation("backrefs", f"`show_backrefs` of one object, {BACKREFS_DEPTH} deep", "objgraph", _backrefs, "objgraph"),
    Operation("pympler", "`muppy.get_objects()`, `summarize`", "Pympler", _pympler, "Pympler"),
    Operation("guppy3", "`hpy().heap()`", "guppy3", _guppy, "guppy3"),
    *(
        Operation(
            f"tracemalloc-{depth}-{'many' if many else 'few'}",
            f"`take_snapshot()`, `compare_to`, {depth} frame{'s' if depth > 1 else ''}"
            + (", an application" if many else ""),
            "tracemalloc",
            partial(_tracemalloc, depth),
            tracing=depth,
            application=many,
        )
        for many in (False, True)
        for depth in (1, 25)
    ),
    Operation("memalot", "monitor around one call", "memalot", _memalot, "memalot"),
)
