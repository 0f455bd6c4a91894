"""One measurement: counters, collection, census and allocation lines, in that order."""

from __future__ import annotations

import gc
import os
import select
import time

from . import counters, traces
from .census import census, tracked_census
from .own import own_state
from .plan import Plan

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: The supervisor answers in milliseconds (a USS reading of 4 GB takes 26 ms). One that does not is busy or gone.
_ANSWER_SECONDS = 3.0


class SupervisorGoneError(Exception):
    """Nobody watches any more: the run must end, or it would go on for ever on somebody's machine."""


class Measurer:
    """Takes checkpoints. `keep` are the agent's own objects, which are never counted."""

    def __init__(self, plan: Plan) -> None:
        self._ask_fd = plan.ask_fd
        self._answer_fd = plan.answer_fd
        self.keep: list[Any] = [self]

    def checkpoint(self) -> dict[str, Any]:
        """Measure everything; return the fields of a checkpoint frame."""
        return self._measure(full=True)

    def subcheckpoint(self) -> dict[str, Any]:
        """Collect and count tracked objects per type only."""
        return self._measure(full=False)

    def _measure(self, full: bool) -> dict[str, Any]:
        started = time.perf_counter()
        # An automatic collection in the middle would cost time and free nothing; the program's own setting
        # comes back below.
        enabled = gc.isenabled()
        gc.disable()
        try:
            counters.flush_streams()
            fields = counters.collect()
            fields.update(counters.read())
            own = own_state([*self.keep, fields])
            if full:
                self._ask_supervisor()
                types, fields["tracked"] = census(own)
                fields["types"] = types
                fields["objects"] = sum(row[0] for row in types.values())
                fields["object_bytes"] = sum(row[1] for row in types.values())
                fields["traces"] = traces.aggregate()
            else:
                fields["types"] = counts = tracked_census(own)
                fields["tracked"] = sum(counts.values())
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
