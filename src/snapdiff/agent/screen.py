"""Whether to go on. The agent never judges; this rule errs towards a longer recording.

It sees only names and numbers, and keeps no more than the last checkpoint's.
"""

from __future__ import annotations

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

    def update(self, checkpoint: dict[str, Any], iterations: int, path_grew: bool, memory: bool) -> None:
        """Take in the checkpoint after a round of so many iterations (0: the first of a series).

        `memory` says whether blocks that no line and no object explains are a reason to go on.
        """
        objects = {name: row[0] for name, row in checkpoint["types"].items()}
        sizes = {name: row[1] for name, row in checkpoint["types"].items()}
        blocks = _blocks_per_line(checkpoint["traces"])
        memory_blocks = checkpoint["allocated_blocks"]
        if iterations:
            enough = max(LEAST_OBJECTS, iterations * RATE_WORTH_CONFIRMING)
            self.grown = _risen(objects, self.objects, enough)
            self.grown_bytes = _risen(sizes, self.sizes, iterations * BYTES_WORTH_CONFIRMING)
            self.lines = sorted(_risen(blocks, self.blocks, enough))
            self.path_grew = path_grew
            many = max(LEAST_MEMORY_BLOCKS, iterations * BLOCKS_WORTH_TRACING)
            self.memory_grew = memory and memory_blocks - self.memory_blocks >= many
            self.survivors = sum(objects.values()) - sum(self.objects.values())
        self.objects, self.sizes, self.blocks, self.memory_blocks = objects, sizes, blocks, memory_blocks

    @property
    def open(self) -> bool:
        """True when the last round left something that a confirming round should look at."""
        return bool(self.grown or self.grown_bytes or self.lines or self.path_grew or self.memory_grew)


def _risen(now: dict[Any, int], before: dict[Any, int], enough: float) -> dict[Any, int]:
    grown = {}
    for name, value in now.items():
        rise = value - before.get(name, 0)
        if rise >= enough:
            grown[name] = rise
    return grown


def _blocks_per_line(traces: dict[str, Any] | None) -> dict[tuple[str, int], int]:
    lines: dict[tuple[str, int], int] = {}
    if traces is not None:
        for stack, blocks in zip(traces["stacks"], traces["blocks"]):
            line = (traces["files"][stack[0]], stack[1])
            lines[line] = lines.get(line, 0) + blocks
    return lines
