"""Measures what snapdiff costs, as ratios taken in one run.

    python benchmarks/bench.py [OBJECTS]

- a census (every live object, counted and sized), untraced and traced, in multiples of one `gc.collect()`;
- an allocating workload under tracemalloc at several depths, in multiples of itself.

Medians of five. Absolute times depend on the machine; the ratios are what counts.
"""

from __future__ import annotations

import _tracemalloc
import gc
import json
import statistics
import sys
import time
from collections.abc import Callable

from snapdiff.agent.census import census
from snapdiff.agent.own import own_state

RUNS = 5
DEPTHS = (1, 4, 10, 25)


class Node:
    """One object of the heap that is measured."""

    def __init__(self, number: int) -> None:
        self.number = number + 1000
        self.name = f"node {number}"
        self.children: list[Node] = []


def median(function: Callable[[], object]) -> float:
    """Return the median CPU time of a call, in seconds."""
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return statistics.median(times)


def count() -> None:
    """Take one census."""
    census(own_state([]))


def bench_census(objects: int) -> None:
    """Print the cost of a census of a heap of about so many tracked objects."""
    heap = [Node(number) for number in range(objects // 2)]
    gc.collect()
    collect = median(gc.collect)
    print(f"heap: {len(gc.get_objects()):,} tracked objects; gc.collect() {collect * 1000:.1f} ms")
    print(f"  census untraced          {median(count) / collect:6.1f} × gc.collect()")
    for depth in DEPTHS:
        _tracemalloc.start(depth)
        print(f"  census traced, depth {depth:<4}{median(count) / collect:6.1f} × gc.collect()")
        _tracemalloc.stop()
    del heap


def work() -> int:
    """Allocate as programs do: parse, sort, format."""
    rows = json.loads(DOCUMENT)
    rows.sort(key=lambda row: -row["i"])
    return sum(len(str(row)) for row in rows)


def deep(calls: int) -> int:
    """Work at the bottom of so many calls."""
    return work() if calls == 0 else deep(calls - 1)


DOCUMENT = json.dumps([{"i": number, "v": [number, number + 1], "s": f"x{number}"} for number in range(300)])


def bench_tracing() -> None:
    """Print what tracemalloc costs the workload."""

    def hundred() -> None:
        for _ in range(100):
            deep(12)

    plain = median(hundred)
    print(f"workload: {plain * 10:.2f} ms a call")
    for depth in DEPTHS:
        _tracemalloc.start(depth)
        print(f"  traced, depth {depth:<4}{median(hundred) / plain:6.1f} × the plain workload")
        _tracemalloc.stop()


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}")
    bench_census(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    bench_tracing()
