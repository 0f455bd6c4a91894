"""A loop that the program drives: it asks for the next item, and between two items the checkpoints are taken.

The rounds are those of `driver.py`, turned inside out: a generator that stops where calls are to be made. Generators
and not a thread: in a thread of ours the program's context variables and thread-locals would be out of sight, and
`fork` in the loop would warn. No more calls can be asked for afterwards, so lines of growth are not sought.
"""

from __future__ import annotations

import _tracemalloc
import math
import time

from . import calls, spool
from .driver import EXTRA_FACTORS, _nothing
from .inprocess import Guest
from .plan import AUTO

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Generator, Iterator

_NOT_SOUGHT = "The program drives the loop itself: the lines at which containers grow were not sought."


class _NoCalls(calls.Calls):
    """Stands for the loop's body where the driver would call it."""

    def run(self, count: int, done: int, deadline: float) -> int:
        """Make none: the body runs between two items only."""
        return 0


class Loop(Guest):
    """One run of a plan over a loop's body. `finished` says that nothing more will be measured."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.finished = self.left = self.planned = False
        """Whether nothing more will be measured, whether the loop was left, whether the planned rounds are complete."""
        self.deadline = math.inf
        self.extra = 0
        """Calls of the last extra round."""
        self.body = _NoCalls(_nothing, self.found.name, self.state)
        self.control = calls.Calls(_nothing, self.found.name, self.state)
        # Held here, where the census takes them for ours: it would look into suspended generators.
        self.steps: Any = None
        self.series: Any = None
        self.part: Any = None

    def start(self) -> None:
        """Run the control, before the loop begins."""
        self.describe()
        self.stage = "measuring"
        self._run_control(self.control)

    def items(self, source: Iterator[Any] | None) -> Items:
        """Return what the program loops over."""
        self.steps = self._steps()
        items = Items(self, source)
        self.measurer.keep.append(items)
        return items

    def finish(self) -> None:
        """Look for causes and write how it ended, once; in the middle of a planned round it stopped early."""
        if self.finished:
            return
        self.finished = True
        if not self.planned:
            self.writer.write({"kind": "end", "how": "stopped", "stage": self.stage, "place": None})
            return
        self.decided = self.decided or len(self.measurer.book.history)
        if self.confirming:
            self.writer.write({"kind": "note", "text": _NOT_SOUGHT})
        self._look_back(self.body, self.extra)
        self.end()

    def fail(self, error: BaseException) -> None:
        """Write that an error ended the run, unless it was measured to its end before."""
        if not self.finished:
            self.finished = True
            super().fail(error)

    def _steps(self) -> Generator[int, int, None]:
        """Go through the plan; yield how many items come next, and be sent how many came."""
        self.series = self._series(spool.WORKLOAD, self.plan.rounds)
        yield from self.series
        self.planned = True
        self.series = self._extra_rounds()
        yield from self.series
        self.decided = len(self.measurer.book.history)
        if self.left or not self.screen.worth_tracing or self.plan.trace != AUTO or _tracemalloc.is_tracing():
            return
        self.extra_seconds = 0.0
        self._start_tracing()
        self._rehearse(1)
        self._run_series(spool.TRACED_CONTROL, self.control, self.plan.rounds[-1:])
        self.series = self._series(spool.TRACED, self.plan.rounds)
        yield from self.series
        if self.screen.worth_tracing:
            self.number += 1
            self.part = self._round(self.plan.rounds[-1] * EXTRA_FACTORS[0], True)
            yield from self.part

    def _extra_rounds(self) -> Generator[int, int, None]:
        at = 0
        while at < len(EXTRA_FACTORS) and self.screen.open and not self.left:
            iterations = self.plan.rounds[-1] * EXTRA_FACTORS[at]
            if at and not self._worth_going_on(iterations):
                break
            if not at:
                iterations = max(1, int(min(iterations, self.screen.room())))
            at += 1
            self.number += 1
            self.part = self._round(iterations, True)
            made = yield from self.part
            if not made:
                break
            self.confirming, self.extra = True, iterations
            if made < iterations:
                break

    def _series(self, series: int, rounds: list[int]) -> Generator[int, int, None]:
        self.state[spool.SERIES] = series
        self.number = self.total = 0
        self.measurer.outside.reset()
        self._run_round(self.body, 0, extra=False)
        while self.number < len(rounds):
            self.number += 1
            self.part = self._round(rounds[self.number - 1], False)
            yield from self.part

    def _round(self, iterations: int, extra: bool) -> Generator[int, int, int]:
        """Go through one round as the driver does; return the calls made."""
        state = self.state
        self.deadline = self._open_round(iterations, extra)
        done = position = 0
        seconds = 0.0
        while position < len(self.windows):
            window = self.windows[position]
            position += 1
            self.measurer.memory.watch()
            state[spool.PHASE] = spool.CALLING
            self.measurer.outside.begin()
            started = time.perf_counter()
            made = yield window
            seconds += time.perf_counter() - started
            done += made
            self.total += made
            if made < window:
                break
            if position < len(self.windows):
                self._subcheckpoint(done, extra)
        if done < iterations and not (extra and done):
            # The loop ended within a planned round: what is measured of it would be no round.
            raise _LoopEndedError
        self.extra_seconds += seconds if extra else 0.0
        self.seconds_per_call = seconds / max(1, done)
        self._checkpoint(done, extra, seconds, self.body)
        return done


class _LoopEndedError(Exception):
    """The loop ended within a round."""


_END = object()


class Items:
    """The items of a loop. Asking for one ends the call before it, and takes the checkpoint that is due."""

    def __init__(self, loop: Loop, source: Iterator[Any] | None) -> None:
        self._loop = loop
        self._source = source
        self._window = self._made = self._count = 0
        self._begun = False

    def __iter__(self) -> Items:
        return self

    def __next__(self) -> Any:
        loop = self._loop
        if not loop.finished:
            if self._begun:
                self._count_call()
            else:
                self._begun = True
                self._go_on(None)
        if self._source is not None:
            item = next(self._source, _END)
            if item is not _END:
                return item
            # Not while an exception is handled: it and its traceback would be objects at this checkpoint alone.
            self.stop()
        if loop.finished:
            raise StopIteration
        self._count += 1
        return self._count

    def stop(self) -> None:
        """End the run here: the loop is left, or its items have ended."""
        self._loop.left = True
        if self._begun and not self._loop.finished:
            self._go_on(self._made)
        self._loop.finish()

    def _count_call(self) -> None:
        loop = self._loop
        self._made += 1
        loop.state[spool.DONE] += 1
        if self._made == self._window or time.monotonic() > loop.deadline:
            self._go_on(self._made)

    def _go_on(self, made: int | None) -> None:
        """Let the plan go on to the next place where calls are to be made."""
        loop = self._loop
        try:
            self._window, self._made = loop.steps.send(made), 0
        except (StopIteration, _LoopEndedError):
            loop.finish()
