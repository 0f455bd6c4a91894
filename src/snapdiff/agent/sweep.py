"""Calls the workload with rising sizes of its input and measures each call: its peak, what it keeps, its time.

The order is chosen so that neither initialisation nor drift is taken for growth with the size:

1. *warm-up*: one call of the smallest size, which is recorded and not judged;
2. *up*: every size, three calls each. Only here is resident memory at its peak a measure of the size, since what an
   allocator has once got it seldom gives back: the larger size comes after the smaller one. What the first call of a
   size leaves and the next ones do not is a cache; what all leave is kept for each call;
3. *down*: every size once more, from the largest: what drifts with time goes the other way;
4. *traced*, up and down: Python's own peak by tracemalloc, in calls that are not timed.

An empty function goes first in 2 and 4: what it seems to take is the instrument's.
"""

from __future__ import annotations

import _tracemalloc
import functools
import time
import types

from . import counters, resident, spool
from .plan import OFF
from .target import TargetError

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .calls import Calls
    from .checkpoint import Measurer
    from .plan import Plan

#: Calls of each size on the way up: of three the middle one tells a stray from the rest.
_REPEATS = 3
#: A size whose call takes longer than this part of `--max-time` is called once on the way up.
_LONGEST_REPEATED = 1 / 20
#: How much slower a traced call is taken to be before one was seen (1 frame: 8 to 11 times, README).
_TRACED_COST = 10.0

WARM_UP, UP, DOWN, TRACED = "warm-up", "up", "down", "traced"


def bind(function: Callable[..., Any], spec: str, name: str, size: int) -> Callable[..., Any]:
    """Return a function with its size given. Raises TargetError when it does not take one by that name."""
    plain = function
    while isinstance(plain, (functools.partial, types.MethodType)):
        plain = plain.func if isinstance(plain, functools.partial) else plain.__func__
    code = getattr(plain, "__code__", None)
    if isinstance(code, types.CodeType) and not code.co_flags & _TAKES_ANY_NAME:
        taken = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
        if name not in taken:
            raise TargetError(
                f"{spec} takes no argument named {name}, which --sweep {name}=… gives it. Name the parameter that is "
                "the size of the input, or write a function with one."
            )
    return functools.partial(function, **{name: size})


#: CO_VARKEYWORDS of a code object's flags.
_TAKES_ANY_NAME = 0x08


class Sweep:
    """One sweep. Everything that is measured goes to the spool at once, a frame a call."""

    def __init__(self, plan: Plan, state: memoryview, writer: spool.Writer, measurer: Measurer) -> None:
        self._plan = plan
        self._state = state
        self._writer = writer
        self._measurer = measurer
        self._started = time.monotonic()
        self._seconds: dict[int, float] = {}
        """How long the last untraced call of each size took."""
        self._slower = _TRACED_COST
        self.made = 0
        """Calls of the workload that were measured."""
        self._objects = self._bytes = 0
        measurer.keep.append(self)

    def run(self, workload: Calls, control: Calls, trace: Callable[[], None]) -> None:
        """Make all calls; `trace` starts tracing."""
        sizes = self._plan.sweep_sizes
        if self._plan.trace != OFF and _tracemalloc.is_tracing():
            self._note(
                "The program traces its allocations itself, so every call was traced and its time is not its own."
            )
        self._count()
        self._several(control, None, UP, _REPEATS)
        self._call(workload, sizes[0], WARM_UP)
        reached = self._up(workload)
        at = reached
        # No loop over an iterator: it would be an object that is there at some counts and not at others.
        while at:
            at -= 1
            if self._seconds[sizes[at]] <= self._left():
                self._call(workload, sizes[at], DOWN)
        if self._plan.trace != OFF:
            trace()
            self._traced(workload, control, sizes[:reached])

    def _up(self, workload: Calls) -> int:
        """Call every size while there is time; return how many were reached."""
        sizes, reached = self._plan.sweep_sizes, 0
        while reached < len(sizes):
            size = sizes[reached]
            if reached:
                before = sizes[reached - 1]
                needed = self._seconds[before] * size / before
                if needed > self._left():
                    self._note(
                        f"{self._plan.sweep_name} = {size:,} and above was not called: it would have taken about "
                        f"{needed:,.0f} s, more than is left of --max-time {self._plan.max_time:,.0f} s."
                    )
                    break
            self._several(workload, size, UP, _REPEATS)
            reached += 1
        return reached

    def _traced(self, workload: Calls, control: Calls, sizes: list[int]) -> None:
        self._several(control, None, TRACED, _REPEATS)
        at, skipped = 0, None
        while at < 2 * len(sizes):
            size = sizes[at] if at < len(sizes) else sizes[2 * len(sizes) - 1 - at]
            at += 1
            if skipped is not None and size >= skipped:
                continue
            if self._seconds[size] * self._slower > self._left():
                skipped = size
                self._note(f"{self._plan.sweep_name} = {size:,} was not traced: --max-time was too short for that.")
                continue
            self._call(workload, size, TRACED)

    def _several(self, calls: Calls, size: int | None, part: str, most: int) -> None:
        """Call a size so often, once when a call takes long."""
        made = 0
        while made < most:
            seconds = self._call(calls, size, part, made, most)
            made += 1
            if seconds > self._plan.max_time * _LONGEST_REPEATED:
                break

    def _call(self, calls: Calls, size: int | None, part: str, repeat: int = 0, planned: int = 1) -> float:
        """Make one call, measure it, write the frame; return how long it took."""
        state, traced = self._state, _tracemalloc.is_tracing()
        sized = calls if size is None else calls.sized(self._plan.sweep_name, size)
        state[spool.SERIES] = spool.CONTROL if size is None else spool.SWEEP
        state[spool.ROUND], state[spool.DONE], state[spool.PLANNED] = size or 0, 0, planned
        state[spool.PHASE] = spool.CALLING
        traced_before = 0
        resettable = resident.forget_peak()
        before, _ = resident.resident()
        if traced:
            _tracemalloc.reset_peak()
            traced_before = _tracemalloc.get_traced_memory()[0]
        began, cpu, started = time.monotonic(), time.process_time(), time.perf_counter()
        sized.run(1, repeat, float("inf"))
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        peak_traced = _tracemalloc.get_traced_memory()[1] - traced_before if traced else None
        _, peak = resident.resident()
        ended = time.monotonic()
        state[spool.PHASE] = spool.MEASURING
        sized.settle()
        # It is ours, but nothing of ours holds it: it must not be counted.
        del sized
        # Before anything of ours is made that the collector tracks (a dict of numbers is since 3.14).
        counted_before = None if part == TRACED else self._count()
        if part == TRACED:
            counters.collect()
        frame = {
            "kind": "sweep", "series": "control" if size is None else "workload", "size": size or 0, "part": part,
            "repeat": repeat, "began": began, "ended": ended, "seconds": seconds, "cpu_seconds": cpu,
            "peak_traced": peak_traced, "rss_before": before, "peak_rss": peak if resettable else None,
        }  # fmt: skip
        self._objects_of(frame, counted_before)
        frame["rss_after"], _ = resident.resident()
        self._writer.write(frame)
        if size is not None:
            self.made += 1
            if part == TRACED:
                self._slower = max(1.0, seconds / max(self._seconds[size], 1e-6))
            else:
                self._seconds[size] = seconds
        return seconds

    def _objects_of(self, frame: dict[str, Any], before: tuple[int, int] | None) -> None:
        """Write what was counted around the call, nothing where it was not."""
        frame["objects_before"], frame["bytes_before"] = before or (None, None)
        frame["objects"], frame["bytes"] = (None, None) if before is None else (self._objects, self._bytes)

    def _count(self) -> tuple[int, int]:
        """Collect and count all objects; return what was counted before."""
        before = self._objects, self._bytes
        self._state[spool.CHECKPOINT] += 1
        found = self._measurer.checkpoint(paths=False)
        self._objects, self._bytes = found["objects"], found["object_bytes"]
        return before

    def _left(self) -> float:
        return self._plan.max_time - (time.monotonic() - self._started)

    def _note(self, text: str) -> None:
        self._writer.write({"kind": "note", "text": text})
