"""What owners hold at a checkpoint, one row each: [owner, unit, value, peak, source].

Nothing is imported to ask an owner: one whose library is not loaded holds nothing. What could not be asked has no row.
"""

from __future__ import annotations

import _tracemalloc
import gc

from . import allocators, libraries, mappings, resources, tensors
from .probes import Probes
from .resident import resident

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .untraced import Untraced

BYTES, COUNT = "bytes", "count"
#: Bytes of mappings that are searched for chunks of malloc's: a search takes a millisecond for three megabytes at most.
_MOST_SEARCHED = 1 << 30
_SMAPS = "/proc/self/smaps"


class Owners:
    """Asks the owners of this process's memory, and keeps what must not be forgotten between two checkpoints."""

    def __init__(self, held: Callable[[], int]) -> None:
        self.allocators = allocators.load()
        self.probes = Probes()
        self._high_water = HighWater()
        self._held = held
        self._own: dict[str, int] = {}
        """Bytes that are ours, by allocator."""
        self._malloc: tuple[int, int, int, int] | None = None
        self.traces_are_ours = False
        """True where the agent has started tracemalloc, and may reset its peak."""

    def stop_watching(self) -> None:
        """Note the peak so far: what follows is our own work."""
        self._high_water.stop()

    def watch(self) -> None:
        """Let peaks begin anew: calls follow, and those of our own work do not count."""
        self._high_water.start()
        if self.traces_are_ours and _tracemalloc.is_tracing():
            _tracemalloc.reset_peak()

    def before_rehearsal(self, untraced: Untraced) -> None:
        """Note what is in use before the agent makes what it keeps."""
        self._own = {name: -value for name, value in self._in_use(untraced).items()}

    def after_rehearsal(self, untraced: Untraced) -> None:
        """Note how much the agent keeps: nothing else ran in between, and its checkpoints add nothing."""
        for name, value in self._in_use(untraced).items():
            self._own[name] = max(0, value + self._own.get(name, 0))

    def _in_use(self, untraced: Untraced) -> dict[str, int]:
        rows = {row[0]: row[2] for row in self._allocated(untraced)}
        found = {}
        if "pymalloc.used" in rows:
            found["snapdiff.pymalloc"] = rows["pymalloc.used"]
        if "malloc.in_use" in rows:
            tables = _tracemalloc.get_tracemalloc_memory() if _tracemalloc.is_tracing() else 0
            found["snapdiff.malloc"] = rows["malloc.in_use"] + rows["malloc.mapped"] - tables
        return found

    def read(self, fields: dict[str, Any], untraced: Untraced) -> list[list[Any]]:
        """Return the rows of this moment; `fields` are the checkpoint's counters so far."""
        rows = [*self._memory(untraced), *counts(fields)]
        if _tracemalloc.is_tracing():
            used, peak = _tracemalloc.get_traced_memory()
            rows.append(["traced", BYTES, used, peak, "tracemalloc"])
            tables = _tracemalloc.get_tracemalloc_memory()
            rows.append(["tracemalloc", BYTES, tables, None, "tracemalloc.get_tracemalloc_memory"])
        rows += [[owner, BYTES, value, peak, source] for owner, value, peak, source in libraries.read(self.allocators)]
        kept = tensors.read(untraced, self.allocators)
        if kept is not None:
            rows.append(["torch.cpu", BYTES, kept, None, "storages of live tensors, each once"])
        rows += [[owner, BYTES, value, None, source] for owner, value, source in self.probes.read()]
        return rows

    def _allocated(self, untraced: Untraced) -> list[list[Any]]:
        """Return the rows of allocators."""
        rows: list[list[Any]] = []
        if self.allocators is None:
            return rows
        with untraced:
            # While tracemalloc stands in front of pymalloc, it says nothing.
            text = self.allocators.pymalloc_text()
        arenas = allocators.pymalloc(text) if text is not None else None
        if arenas is not None:
            rows.append(["pymalloc.arenas", BYTES, arenas[0], None, "pymalloc's statistics"])
            rows.append(["pymalloc.used", BYTES, arenas[1], None, "pymalloc's statistics"])
        self._malloc = self.allocators.malloc_state()
        if self._malloc is not None:
            for name, value in zip(("in_use", "free", "mapped"), self._malloc):
                rows.append([f"malloc.{name}", BYTES, value, None, "mallinfo2"])
        return rows

    def _memory(self, untraced: Untraced) -> list[list[Any]]:
        """Return the rows of allocators and mappings. The allocators first: to read the mappings takes memory."""
        rows = self._allocated(untraced)
        for owner, value in self._own.items():
            rows.append([owner, BYTES, value, None, "what was in use before and after the rehearsal"])
        rows.append(["snapdiff.mapped", BYTES, self._held(), None, "mincore"])
        try:
            text = mappings.read()
            pointers = mappings.stack_pointers()
        except OSError:
            return rows
        with untraced:
            found = mappings.divide(text, pointers)
        rows.append(["resident", BYTES, found.resident, self._high_water.take(), _SMAPS])
        for owner, value in (
            ("files.mapped", found.files),
            ("shared", found.shared),
            ("stacks", found.stacks),
            ("malloc.resident", found.malloc),
            ("mimalloc.resident", found.mimalloc),
        ):
            rows.append([owner, BYTES, value, None, _SMAPS])
        searched = sum(found.anonymous[1::2]) - sum(found.anonymous[::2])
        if self._malloc is not None and searched <= _MOST_SEARCHED:
            resident = self.allocators.mapped_chunks(found.anonymous, self._malloc[3], self._malloc[2])
            if resident is not None:
                rows.append(["malloc.mapped_resident", BYTES, resident, None, "chunks found, and mincore"])
        return rows


class HighWater:
    """The highest resident memory between two checkpoints, from the kernel's own mark, which only ever rises.

    Resetting the mark would change what the program reads from getrusage().
    """

    def __init__(self) -> None:
        self._mark = 0
        self._highest: int | None = None

    def start(self) -> None:
        """Watch from here on."""
        self._mark = resident()[1] or 0

    def stop(self) -> None:
        """Watch no longer, and keep what was seen: a mark that has not risen says nothing."""
        mark = resident()[1] or 0
        if mark > self._mark:
            self._highest = mark

    def take(self) -> int | None:
        """Return the highest that was seen, None if it was below what had been before; and begin anew."""
        highest, self._highest = self._highest, None
        return highest


def large_objects(size: int) -> list[Any]:
    """Return the row of the objects that are too large for pymalloc: what Python has of malloc's memory."""
    return ["python.large", BYTES, size, None, "sizes of objects above 512 bytes"]


def counts(fields: dict[str, Any]) -> list[list[Any]]:
    """Return the rows of what is counted and not weighed."""
    tasks = resources.unfinished_tasks()
    rows = [
        ["fds", COUNT, fields["fds"], None, "/proc/self/fd"],
        ["threads", COUNT, fields["threads"], None, "/proc/self/task"],
        ["tasks", COUNT, None if tasks is None else len(tasks), None, "asyncio"],
        ["children", COUNT, len(resources.children()), None, "/proc"],
        ["garbage", COUNT, len(gc.garbage), None, "gc.garbage"],
    ]
    return [row for row in rows if row[2] is not None]
