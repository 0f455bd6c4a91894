"""One measurement: counters, collection, census and allocation lines, in that order."""

from __future__ import annotations

import gc
import os
import select
import time

from . import counters, traces
from .book import Book, Names
from .native import exit_callbacks
from .outside import Outside
from .own import own_state
from .owners import Owners, large_objects
from .plan import Plan
from .snapshots import Snapshots
from .untraced import Untraced, not_ours

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: The supervisor answers in milliseconds (a USS reading of 4 GB takes 26 ms). One that does not is busy or gone.
_ANSWER_SECONDS = 3.0

#: Seconds up to which a walk by path is made at sub-checkpoints of extra rounds too: fifteen of them are four seconds.
_QUICK_WALK = 0.25


class SupervisorGoneError(Exception):
    """Nobody watches any more: the run must end, or it would go on for ever on somebody's machine."""


class Measurer:
    """Takes checkpoints. `keep` are the agent's own objects, which are never counted."""

    def __init__(self, plan: Plan) -> None:
        self._ask_fd = plan.ask_fd
        self._answer_fd = plan.answer_fd
        self.keep: list[Any] = [self]
        self.book = Book()
        self.snapshots = Snapshots(self.book, plan.snapshots)
        self.owners: list[Any] = Names()
        """Objects of the program that only we may hold: roots of the walk by path."""
        self.flushes = True
        """Whether the standard streams are flushed first. A worker's standard output belongs to its protocol."""
        self.untraced: Untraced = not_ours()
        self.memory = Owners(self.snapshots.held)
        self.outside = Outside(self.memory.allocators)
        self.walk_seconds = 0.0
        self.exits = self.exits_before = 0
        """Functions registered with `atexit` since the checkpoint before, and by then."""

    def checkpoint(self, paths: bool) -> dict[str, Any]:
        """Measure everything, by path too when asked; return the fields of a checkpoint frame."""
        return self._measure(full=True, paths=paths)

    def subcheckpoint(self, paths: bool = False) -> dict[str, Any]:
        """Collect and count tracked objects per type only; follow the paths when asked and where that is quick."""
        return self._measure(full=False, paths=paths and self.walk_seconds <= _QUICK_WALK)

    def _measure(self, full: bool, paths: bool) -> dict[str, Any]:
        started = time.perf_counter()
        # An automatic collection in the middle would cost time and free nothing; the program's own setting
        # comes back below.
        enabled = gc.isenabled()
        gc.disable()
        self.memory.stop_watching()
        try:
            if self.flushes:
                counters.flush_streams()
            fields = counters.collect()
            counters.clear_type_cache()
            # Before anything of ours is kept.
            outside = self.outside.end()
            fields.update(counters.read())
            if paths and full:
                now = exit_callbacks()
                self.exits, self.exits_before = now - self.exits_before, now
            if full:
                self._ask_supervisor()
                fields["owners"] = self.memory.read(fields, self.untraced)
            found = self.snapshots.take(
                own_state([*self.keep, fields, outside]), self.owners, self.untraced,
                deep=full, paths=paths, collect_seconds=fields["collect_seconds"],
            )  # fmt: skip
            fields["tracked"], fields["snapshot"] = found["tracked"], found["snapshot"]
            if paths:
                self.walk_seconds = found["snapshot"]["seconds"]
            if full:
                fields["types"] = types = found["types"]
                fields["objects"] = sum(row[0] for row in types.values())
                fields["owners"].append(large_objects(found["large_bytes"]))
                fields["object_bytes"] = sum(row[1] for row in types.values())
                fields["traces"] = found["traces"]
                if fields["traces"] is None:
                    summing = time.perf_counter()
                    with self.untraced:
                        fields["traces"] = traces.aggregate()
                    # Without the walker nobody else runs meanwhile.
                    fields["snapshot"]["pause_seconds"] += time.perf_counter() - summing
            else:
                fields["types"] = found["tracked_types"]
            fields["outside"] = outside
            fields["gc_enabled"] = enabled
            fields["gc_threshold"] = gc.get_threshold()
            fields["frozen"] = gc.get_freeze_count()
            fields["seconds"] = time.perf_counter() - started
            return fields
        finally:
            if enabled:
                gc.enable()

    def _ask_supervisor(self) -> None:
        """Let the supervisor read our memory from outside while nothing moves."""
        if self._ask_fd < 0:
            return
        try:
            os.write(self._ask_fd, b"c")
            ready, _, _ = select.select([self._answer_fd], [], [], _ANSWER_SECONDS)
            gone = bool(ready) and os.read(self._answer_fd, 1) == b""
        except OSError:
            gone = True
        if gone:
            raise SupervisorGoneError
