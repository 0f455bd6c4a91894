"""Measures what snapdiff costs, as ratios taken in one run.

    python benchmarks/bench.py [OBJECTS]

- a census (every live object, counted and sized), untraced and traced, in multiples of one `gc.collect()`;
- an allocating workload under tracemalloc at several depths, in multiples of itself;
- the calls of the same workload under `snapdiff record`, in each of its ways to trace, in multiples of a plain process.

Medians of five. Absolute times depend on the machine; the ratios are what counts.
"""

from __future__ import annotations

import _tracemalloc
import contextlib
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from workload import work

from snapdiff import api
from snapdiff.agent.census import census
from snapdiff.agent.own import own_state
from snapdiff.cli.progress import make as make_progress
from snapdiff.record import Options, record
from snapdiff.record.options import DEFAULT_ROUNDS as ROUNDS
from snapdiff.record.options import TRACE_MODES

RUNS = 5
DEPTHS = (1, 4, 10, 25)
HERE = Path(__file__).resolve().parent


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


def bench_tracing() -> None:
    """Print what tracemalloc costs the workload."""

    def hundred() -> None:
        for _ in range(100):
            work()

    plain = median(hundred)
    print(f"workload: {plain * 10:.2f} ms a call")
    for depth in DEPTHS:
        _tracemalloc.start(depth)
        print(f"  traced, depth {depth:<4}{median(hundred) / plain:6.1f} × the plain workload")
        _tracemalloc.stop()


def bench_record() -> None:
    """Print what `snapdiff record` costs the calls of the same workload, checkpoints apart."""
    plain = statistics.median(plain_seconds() for _ in range(RUNS))
    print(f"recorded workload: {plain * 1000 / ROUNDS[-1]:.2f} ms a call in a plain process")
    for trace in TRACE_MODES:
        recorded = statistics.median(recorded_seconds(trace) for _ in range(RUNS))
        print(f"  record --trace {trace:<7}{recorded / plain:6.2f} × the plain process")


def plain_seconds() -> float:
    """Return the wall time of the last round's calls in a process of its own."""
    code = (
        "import time, workload\n"
        f"for calls in {ROUNDS}:\n"
        "    started = time.perf_counter()\n"
        "    for _ in range(calls): workload.work()\n"
        "print(time.perf_counter() - started)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, check=True)
    return float(done.stdout)


def recorded_seconds(trace: str) -> float:
    """Return the same of a recording."""
    with tempfile.TemporaryDirectory() as folder:
        options = Options("workload.py:work", Path(folder) / "run.snapdiff", rounds=ROUNDS, trace=trace)
        with contextlib.chdir(HERE), make_progress(quiet=True) as progress:
            record(options, progress)
        rounds = api.analyze(options.output).analysis.rounds
        return rounds[len(ROUNDS) - 1].seconds


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}")
    bench_census(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    bench_tracing()
    bench_record()
