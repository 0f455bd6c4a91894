"""One peer, one program, one process: started as a file, in the interpreter that the program needs.

    python peer_process.py measure PEER PROGRAM.py RESULT.json [FOLDER_OF_PEERS]
    python peer_process.py version PEER RESULT.json [FOLDER_OF_PEERS]

Standard library and the one peer only. Each peer makes `WARM_UP` calls, then `CALLS`, and is a leak when something
grew by `OBJECTS_PER_CALL` or `BYTES_PER_CALL`; a peer with a verdict of its own gives that. FOLDER_OF_PEERS is searched
last, so what a program requires comes before what a peer requires.

The result is `{"answer": "leak" | "clean" | "skipped", "said": "…"}`.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import importlib.metadata
import inspect
import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple

WARM_UP = 3
"""Calls before the first reading: the first call proves nothing, it adds imports and caches."""

CALLS = 151
"""Calls between the readings; snapdiff's N, so that no peer loses to a cache of 128 by a smaller number."""

OBJECTS_PER_CALL = 0.5
"""As python-leak-hunter has it: half an object a call."""

BYTES_PER_CALL = 16
"""As psleak has it: at or below this, growth is noise."""

HAND_CALLS = 10
HAND_OBJECTS = 5
HAND_RATIO = 1.5
"""The hand procedure's table says that Y = X is initialisation and Y = 10·X is a leak; this lies between them."""

RSS_STEP = 10
"""Calls between two readings of resident memory."""

Work = Callable[[], object]


class Growth(NamedTuple):
    """What grew during the calls, at a line, of a type or in the process."""

    name: str
    objects: float
    size: float

    @property
    def leaks(self) -> bool:
        """Whether it is enough to be called a leak."""
        return self.objects >= OBJECTS_PER_CALL * CALLS or self.size >= BYTES_PER_CALL * CALLS


class Said(NamedTuple):
    """A peer's answer and the numbers behind it."""

    leak: bool
    words: str


def most(growths: Iterable[Growth]) -> Said:
    """Judge by the thing that grew most: the first rule of all peers without a verdict."""
    leaking = sorted((growth for growth in growths if growth.leaks), key=lambda growth: growth[1:], reverse=True)
    if not leaking:
        return Said(False, "nothing grew")
    first = leaking[0]
    more = f", and {len(leaking) - 1} more" if len(leaking) > 1 else ""
    return Said(True, f"{first.name}: {first.objects / CALLS:+.2f} objects, {first.size / CALLS:+.0f} B a call{more}")


def call(work: Work, times: int) -> None:
    """Call the workload, in a frame that keeps nothing."""
    for _ in repeat(None, times):
        work()


def hand(work: Work) -> Said:
    """Follow PROCEDURE.md: collect and count around 1 call, around the next 10, around the next N.

    A leak when the 10 leave 5 objects or more, 1.5 times as many as the 1 did, and the N still leave half a one a call.
    The people who worked so read the numbers by eye; the three conditions are our reading of their table.
    """

    def survivors(times: int) -> int:
        gc.collect()
        before = len(gc.get_objects())
        call(work, times)
        gc.collect()
        return len(gc.get_objects()) - before

    call(work, WARM_UP)
    survivors(0)
    one, ten, many = survivors(1), survivors(HAND_CALLS), survivors(CALLS)
    leak = ten >= HAND_OBJECTS and ten > HAND_RATIO * one and many >= OBJECTS_PER_CALL * CALLS
    return Said(leak, f"1 call left {one:+d} objects, {HAND_CALLS} left {ten:+d}, {CALLS} left {many:+d}")


def objgraph(work: Work) -> Said:
    """Compare `objgraph.growth()` per type: objects that the collector tracks, no sizes."""
    tool = importlib.import_module("objgraph")
    peak: dict[str, int] = {}
    call(work, WARM_UP)
    tool.growth(limit=None, peak_stats=peak)
    tool.growth(limit=None, peak_stats=peak)
    call(work, CALLS)
    return most(Growth(name, grown, 0) for name, _, grown in tool.growth(limit=None, peak_stats=peak))


def tracemalloc(work: Work) -> Said:
    """Compare two snapshots with `compare_to('lineno')`: blocks and bytes a line."""
    tool = importlib.import_module("tracemalloc")

    def snapshot() -> Any:
        gc.collect()
        return tool.take_snapshot().filter_traces([tool.Filter(False, tool.__file__), tool.Filter(False, __file__)])

    tool.start()
    call(work, WARM_UP)
    snapshot()
    before = snapshot()
    call(work, CALLS)
    lines = snapshot().compare_to(before, "lineno")
    return most(Growth(str(line.traceback), line.count_diff, line.size_diff) for line in lines)


def guppy3(work: Work) -> Said:
    """Subtract two `hpy().heap().bytype.stat`: count and size of everything reachable, without guppy's own."""
    tool = importlib.import_module("guppy").hpy()
    call(work, WARM_UP)
    _ = tool.heap().bytype.stat
    before = tool.heap().bytype.stat
    call(work, CALLS)
    return most(Growth(row.name, row.count, row.size) for row in (tool.heap().bytype.stat - before).get_rows())


def memray(work: Work) -> Said:
    """Track the calls and add up what is not freed at their end, per line.

    Under PYTHONMALLOC=malloc, so that every Python allocation is one that memray sees, and no arena is.
    """
    tool = importlib.import_module("memray")
    call(work, WARM_UP)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "capture.bin"
        with tool.Tracker(file):
            call(work, CALLS)
            gc.collect()
        lines: dict[str, tuple[int, int]] = {}
        with tool.FileReader(file) as reader:
            for record in reader.get_leaked_allocation_records(merge_threads=True):
                stack = record.stack_trace(max_stacks=1)
                place = f"{stack[0][1]}:{stack[0][2]}" if stack else "no Python line"
                count, size = lines.get(place, (0, 0))
                lines[place] = (count + record.n_allocations, size + record.size)
    return most(Growth(place, count, size) for place, (count, size) in lines.items())


def psleak(work: Work) -> Said:
    """Ask psleak with its own settings: descriptors, threads and garbage after one call, then memory."""
    return _psleak(work, "all")


def psleak_memory(work: Work) -> Said:
    """Ask only psleak's memory check, with its own settings."""
    return _psleak(work, "memory")


def _psleak(work: Work, checks: str) -> Said:
    tool = importlib.import_module("psleak")
    checkers = tool.Checkers() if checks == "all" else tool.Checkers.only(checks)
    try:
        tool.MemoryLeakTestCase().execute(work, checkers=checkers)
    except tool.Error as error:
        lines = str(error).strip().splitlines()
        return Said(True, f"{type(error).__name__}: {lines[0]} … {lines[-1].strip()}")
    return Said(False, "passed")


def leak_hunter(work: Work) -> Said:
    """Ask python-leak-hunter: a type leaks when it grows in both of two windows, together the 151 calls."""
    tool = importlib.import_module("leak_hunter")
    report = tool.measure_growth(work, iterations=CALLS // 2, warmup=WARM_UP)
    return Said(
        report.leaked,
        "; ".join(f"{grown.type_name}: {grown.per_call:+.2f} a call" for grown in report.growing[:3]) or "nothing grew",
    )


def memalot(work: Work) -> Said:
    """Ask memalot for the new objects of one monitored block of all calls, per type.

    One block, because it snapshots every object around each block that it monitors.
    """
    tool = importlib.import_module("memalot")
    with tempfile.TemporaryDirectory() as folder:
        monitor = tool.create_leak_monitor(
            check_referrers=False,
            max_object_details=0,
            report_directory=Path(folder),
            output_func=lambda _: None,
        )
        for times in (WARM_UP, CALLS):
            with monitor:
                call(work, times)
        files = sorted(Path(folder).rglob("iteration_report_*.json"))
        types = json.loads(files[-1].read_text(encoding="utf-8"))["leak_summary"]["type_summaries"]
    return most(Growth(row["object_type"], row["count"], 0) for row in types)


def rss(work: Work) -> Said:
    """Fit a line through resident memory, read after a collection every ten calls; it moves in pages of 4096 bytes."""
    from statistics import linear_regression

    process = importlib.import_module("psutil").Process()

    def resident() -> int:
        gc.collect()
        return int(process.memory_info().rss)

    call(work, WARM_UP)
    resident()
    points = [(0, resident())]
    while points[-1][0] < CALLS:
        step = min(RSS_STEP, CALLS - points[-1][0])
        call(work, step)
        points.append((points[-1][0] + step, resident()))
    slope = linear_regression(*zip(*points, strict=True)).slope
    return Said(slope >= BYTES_PER_CALL, f"{slope:+.0f} B a call, {points[-1][1] - points[0][1]:+d} B in all")


PEERS: dict[str, tuple[Callable[[Work], Said], str, str]] = {
    "hand": (hand, "gc", ""),
    "objgraph": (objgraph, "objgraph", "objgraph"),
    "tracemalloc": (tracemalloc, "tracemalloc", ""),
    "guppy3": (guppy3, "guppy", "guppy3"),
    "memray": (memray, "memray", "memray"),
    "psleak": (psleak, "psleak", "psleak"),
    "psleak-memory": (psleak_memory, "psleak", "psleak"),
    "leak-hunter": (leak_hunter, "leak_hunter", "python-leak-hunter"),
    "memalot": (memalot, "memalot", "memalot"),
    "rss": (rss, "psutil", "psutil"),
}
"""How each peer measures, the module that it needs, and the distribution that brings it (none: Python does)."""


def version(peer: str) -> dict[str, str]:
    """Return the peer's version, or why it cannot be used here."""
    _, module, distribution = PEERS[peer]
    try:
        importlib.import_module(module)
    except Exception as error:  # whatever an import raises, the peer cannot be used here
        return {"answer": "skipped", "said": f"{type(error).__name__}: {error}"}
    return {"answer": "clean", "said": importlib.metadata.version(distribution) if distribution else ""}


def measure(peer: str, program: Path) -> dict[str, str]:
    """Let one peer measure one program."""
    usable = version(peer)
    if usable["answer"] == "skipped":
        return usable
    sys.path.insert(0, str(program.parent))
    module = importlib.import_module(program.stem)
    loop = asyncio.new_event_loop()

    def run_once(function: Callable[[], Any]) -> None:
        result = function()
        if inspect.isawaitable(result):
            loop.run_until_complete(result)

    iterate = module.iterate
    work = (lambda: loop.run_until_complete(iterate())) if inspect.iscoroutinefunction(iterate) else iterate
    run_once(getattr(module, "setup", lambda: None))
    said = PEERS[peer][0](work)
    run_once(getattr(module, "teardown", lambda: None))
    loop.close()
    return {"answer": "leak" if said.leak else "clean", "said": said.words}


def main(arguments: list[str]) -> None:
    """Do what the command line says and write the result."""
    action, peer, *rest = arguments
    files, folders = (rest[:2], rest[2:]) if action == "measure" else (rest[:1], rest[1:])
    # This file's own folder must not be searched: its modules have the names of peers.
    sys.path[:1] = []
    sys.path += folders
    result = measure(peer, Path(files[0])) if action == "measure" else version(peer)
    Path(files[-1]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
