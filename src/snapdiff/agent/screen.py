"""Whether to go on. The agent never judges; this rule errs towards a longer recording.

It sees only names and numbers, and keeps no more than the last checkpoint's.
"""

from __future__ import annotations

import math
import os

from .outside import FILES
from .owners import COUNT
from .traces import blocks_per_line

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any


#: Growth per call in the last planned round from which a confirming round is worth its time. A slow leak of
#: one object in fifty calls shows as 3 objects in 151 calls.
RATE_WORTH_CONFIRMING = 0.015
#: And at least this many objects: one or two are strays (an int that left the small-int cache).
LEAST_OBJECTS = 3
#: Growth of one type's or line's bytes per call, likewise: two pointers.
BYTES_WORTH_CONFIRMING = 16.0


#: Memory blocks (`sys.getallocatedblocks`) by which a round has grown when it left too few objects to look at. Of 46
#: clean programs whose objects stood still no round of 151 calls gained more than 14, and no extra round more than 40:
#: what the tool keeps of a checkpoint is in it.
LEAST_MEMORY_BLOCKS = 64
#: And so many a call: one of the 46 gained 195 in 302 calls, the notes that the tool took of many new paths before.
#: Malloc in use would show more, and accuse everybody: sound LanceDB workers gain 0.2 to 1.1 MB in 151 calls.
BLOCKS_WORTH_TRACING = 0.25
#: Bytes outside the Python heap that a round has gained when it is worth going on. The smallest loss that malloc knows,
#: 32 bytes a call, is more.
LEAST_OUTSIDE = 2048
#: The last parts of a round that are compared, and how much the least of them must gain of what the most gains, per
#: call. Sound LanceDB workers gain 0.2 to 0.8 MB of malloc in 151 calls, each part less than half of one before it.
_LAST_PARTS = 3
_EVEN = 0.5
#: Owners of bytes that say themselves what they hold: that is exact, so no parts are compared.
_POOLS = ("arrow.", "torch.", "sqlite", "probe.")
#: Threads that a round must leave, per call: sound LanceDB workers start 8 in 151 calls, pools of their runtime.
THREADS_WORTH_CONFIRMING = 0.1
#: Counts of which each that is gained weighs on the machine, and how many a call: no round beyond the confirming one is
#: made with these.
_DEAR = ("threads", "children")
_DEAR_RATE = 0.5
#: Part of the descriptors that a process may have, which calls may use up. Beyond it the program would fail.
_MOST_DESCRIPTORS = 0.8


class Screen:
    """Remembers one checkpoint and says what grew since."""

    def __init__(self) -> None:
        self.objects: dict[str, int] = {}
        self.sizes: dict[str, int] = {}
        self.blocks: dict[tuple[str, int], int] = {}
        self.memory_blocks = 0
        self.grown: dict[str, int] = {}
        self.grown_bytes: dict[str, int] = {}
        self.lines: list[tuple[str, int]] = []
        """Allocation lines of which more blocks are alive than before the last round."""
        self.path_grew = False
        self.memory_grew = False
        self.survivors = 0
        self.counts: dict[str, int] = {}
        self.pools: dict[str, int] = {}
        self.risen: dict[str, int] = {}
        """Counts of what is no object (descriptors, threads, …) that the last round raised, and by how much."""
        self.windows: list[tuple[int, dict[str, int]]] = []
        """Calls made and bytes gained outside the Python heap by the end of each part of the last round."""
        self.outside: set[str] = set()
        """Kinds of memory outside the Python heap that the last parts of the last round raised alike, and pools."""
        self._gaining: set[str] = set()
        self._iterations = 0

    def window(self, iterations: int, outside: dict[str, int] | None) -> None:
        """Take in a sub-checkpoint after so many calls of the round."""
        self.windows.append((iterations, outside or {}))

    def update(self, checkpoint: dict[str, Any], iterations: int, path_grew: bool, memory: bool) -> None:
        """Take in the checkpoint after a round of so many iterations (0: the first of a series).

        `memory` says whether blocks that no line and no object explains are a reason to go on.
        """
        objects = {name: row[0] for name, row in checkpoint["types"].items()}
        sizes = {name: row[1] for name, row in checkpoint["types"].items()}
        blocks = blocks_per_line(checkpoint["traces"]) if checkpoint["traces"] is not None else {}
        memory_blocks = checkpoint["allocated_blocks"]
        counts = {owner: value for owner, unit, value, *_ in checkpoint["owners"] if unit == COUNT}
        pools = {owner: value for owner, _, value, *_ in checkpoint["owners"] if owner.startswith(_POOLS)}
        if iterations:
            enough = max(LEAST_OBJECTS, iterations * RATE_WORTH_CONFIRMING)
            self.grown = _risen(objects, self.objects, enough)
            self.grown_bytes = _risen(sizes, self.sizes, iterations * BYTES_WORTH_CONFIRMING)
            self.lines = sorted(_risen(blocks, self.blocks, enough))
            self.path_grew = path_grew
            many = max(LEAST_MEMORY_BLOCKS, iterations * BLOCKS_WORTH_TRACING)
            self.memory_grew = memory and memory_blocks - self.memory_blocks >= many
            self.survivors = sum(objects.values()) - sum(self.objects.values())
            self.risen = _risen(counts, self.counts, enough)
            if self.risen.get("threads", iterations) < iterations * THREADS_WORTH_CONFIRMING:
                del self.risen["threads"]
            self.window(iterations, checkpoint["outside"])
            outside = max(LEAST_OUTSIDE, iterations * BYTES_WORTH_CONFIRMING)
            explained = max(0, sum(sizes.values()) - sum(self.sizes.values()))
            if len(self.windows) > _LAST_PARTS:
                # Rounds of a second plan have no parts: what those of the first have shown stays true.
                self._gaining = _gaining(self.windows, explained)
            self.outside = self._gaining | set(_risen(pools, self.pools, outside))
        self.windows = [(0, checkpoint["outside"] or {})]
        self.counts, self.pools, self._iterations = counts, pools, iterations
        self.objects, self.sizes, self.blocks, self.memory_blocks = objects, sizes, blocks, memory_blocks

    @property
    def open(self) -> bool:
        """True when the last round left something that a confirming round should look at."""
        return bool(self.worth_tracing or self.risen or self.outside)

    @property
    def worth_tracing(self) -> bool:
        """True when it left something of which tracing would tell more: objects or blocks of the interpreter's."""
        return bool(self.grown or self.grown_bytes or self.lines or self.path_grew or self.memory_grew)

    def room(self) -> float:
        """Return for how many more calls the process will be given what it keeps open, at the last round's rate."""
        opened = self.risen.get("fds", 0)
        if not opened:
            return math.inf
        return (os.sysconf("SC_OPEN_MAX") * _MOST_DESCRIPTORS - self.counts["fds"]) * self._iterations / opened

    @property
    def dear(self) -> bool:
        """True when the last round left threads or processes behind."""
        return any(self.risen.get(name, 0) >= _DEAR_RATE * self._iterations for name in _DEAR)


def _risen(now: dict[Any, int], before: dict[Any, int], enough: float) -> dict[Any, int]:
    grown = {}
    for name, value in now.items():
        rise = value - before.get(name, 0)
        if rise >= enough:
            grown[name] = rise
    return grown


def _gaining(parts: list[tuple[int, dict[str, int]]], explained: int) -> set[str]:
    """Return the names of which the last parts of a round gained alike, and all of it enough beside `explained`."""
    gaining = set()
    for name in parts[-1][1]:
        ends = [(calls, gained.get(name, 0)) for calls, gained in parts]
        rates = [(after - before) / (end - start) for (start, before), (end, after) in zip(ends, ends[1:])]
        last = rates[-_LAST_PARTS:]
        enough = max(LEAST_OUTSIDE, ends[-1][0] * BYTES_WORTH_CONFIRMING)
        left = ends[-1][1] - ends[0][1] - (explained if name != FILES else 0)
        if min(last) > 0 and min(last) >= _EVEN * max(last) and left >= enough:
            gaining.add(name)
    return gaining
