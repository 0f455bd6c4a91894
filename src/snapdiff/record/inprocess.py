"""Recording in this process: the agent runs beside its caller, and what it wrote is sealed afterwards.

Nothing heavy is imported before the measurement has ended: pyarrow would add 100,000 objects to what is measured.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from snapdiff.agent import spool
from snapdiff.agent.calls import Inputs
from snapdiff.agent.inprocess import AGENT_OF_ITS_OWN, Guest, TargetError, target_of
from snapdiff.agent.loop import Items, Loop
from snapdiff.agent.plan import Plan
from snapdiff.agent.target import Target
from snapdiff.record import ended, seal, unfinished
from snapdiff.record.options import Options, OptionsError
from snapdiff.record.plan import plan_of
from snapdiff.record.sources import Sources

#: One measurement at a time: two would each count what the other keeps.
_measuring = Lock()


@dataclass(frozen=True)
class Place:
    """Where the workload is defined, and the folder of the project that its files are named from."""

    file: str | None
    line: int | None
    project: str


@dataclass(frozen=True)
class Done:
    """A measurement that has ended. Its spool lies in `part` until it is sealed or discarded."""

    part: Path
    facts: seal.Facts
    error: BaseException | None
    """What the workload raised, if that ended the run."""
    grew: bool
    """Whether something grew, so that a confirming round was run. Where nothing did, nobody can be accused."""

    def seal(self, output: Path) -> int:
        """Write the recording and remove the spool; return its size in bytes. Raises OSError."""
        size = seal.seal(self.part, self.facts, output)
        self.discard()
        return size

    def discard(self) -> None:
        """Remove the spool."""
        shutil.rmtree(self.part, ignore_errors=True)


def measure(
    function: Callable[..., Any],
    options: Options,
    place: Place,
    inputs: Callable[[], Iterable[tuple[Any, ...]]] | None = None,
    owners: Sequence[Any] = (),
) -> Done:
    """Run a plan over a function here. Raises OptionsError for what cannot be run, and before anything is.

    `owners` are objects of the program that perhaps nothing names. What the function raises ends the run and is kept.
    """
    try:
        found = target_of(function, options.target, inputs is not None)
        given = Inputs(inputs, "inputs") if inputs is not None else None
    except TargetError as error:
        raise OptionsError(str(error)) from None
    if found.is_coroutine and _loop_runs():
        raise OptionsError(
            f"{options.target} is a coroutine function, and an event loop runs in this thread already: "
            "call record() outside of it."
        )
    found.file, found.line = place.file or found.file, place.line or found.line
    with _Run(options, Guest, found, place, owners) as run:
        run.guest.run_calls(given)
    return run.done()


class LoopRun:
    """A loop of the caller's that is measured: what `snapdiff.watch` is made of."""

    def __init__(self, options: Options, place: Place) -> None:
        self._run = _Run(options, Loop, Target(_body, options.target, place.file, place.line), place, ())
        self._run.__enter__()
        self._items: Items | None = None
        try:
            self._loop.start()
        except BaseException:
            self._run.__exit__()
            shutil.rmtree(self._run.part, ignore_errors=True)
            raise

    @property
    def _loop(self) -> Loop:
        loop: Loop = self._run.guest
        return loop

    @property
    def finished(self) -> bool:
        """Whether everything that was planned has been measured: what comes now is not."""
        return self._loop.finished

    def items(self, source: Iterator[Any] | None) -> Iterator[Any]:
        """Return the items to loop over, once."""
        if self._items is not None:
            raise OptionsError("One `watch` measures one loop: calls() was called before.")
        self._items = self._loop.items(source)
        return self._items

    def end(self, error: BaseException | None) -> Done:
        """End the run here, by an error of the loop's or without; give everything back."""
        try:
            if error is not None:
                self._loop.fail(error)
            elif self._items is not None:
                self._items.stop()
            else:
                self._loop.finish()
        finally:
            self._run.__exit__()
        return self._run.done()


def _loop_runs() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


def _body() -> None:
    """Stands for the body of a loop, which is no function."""


class _Run:
    """A spool and the agent that writes to it, in this process. A context: nothing of it is left afterwards."""

    def __init__(self, options: Options, kind: type[Guest], found: Target, place: Place, owners: Sequence[Any]) -> None:
        options.check()
        self.options = options
        self.kind = kind
        self.part = options.output.absolute().with_name(options.output.name + ".part")
        self._found = found
        self._place = place
        self._owners = list(owners)
        self._stack = ExitStack()
        self._state: list[int] = []
        self.guest: Any = None

    def __enter__(self) -> _Run:
        if AGENT_OF_ITS_OWN in sys.modules:
            raise OptionsError("This process is being recorded by snapdiff already: it cannot measure itself too.")
        if not _measuring.acquire(blocking=False):
            raise OptionsError("snapdiff is measuring in this process already: one measurement at a time.")
        self._stack.callback(_measuring.release)
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def _open(self) -> None:
        options = self.options
        unfinished.make_room(self.part, options.force)
        spool.create(str(self.part), plan_of(options))
        self._stack.enter_context(unfinished.hold(self.part))
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()
        plan = Plan(spool.read_plan(str(self.part)))
        self.guest = self.kind(plan, str(self.part), self._found, self._place.project, self._owners)

    def __exit__(self, *error: object) -> None:
        self.duration = time.monotonic() - self.clock
        with self._stack:
            self._state = self.guest.close()

    def done(self) -> Done:
        """Return what came of it."""
        guest, self.guest = self.guest, None
        frames = [frame for frame, _ in spool.read(str(self.part))]
        loaded = next((frame for frame in frames if frame["kind"] == "loaded"), {})
        last = next((frame for frame in frames if frame["kind"] == "end"), None)
        shown = Sources(loaded.get("working_directory", "."), loaded.get("library_folders", {})).shown
        facts = seal.Facts(
            options=seal.describe_options(self.options),
            ended=ended.describe(last, None, None, self._state, shown),
            started=self.started.isoformat(timespec="seconds"),
            started_monotonic=self.clock,
            duration=self.duration,
            timeline=[],
            memory={},
        )
        return Done(self.part, facts, guest.error, guest.confirming)
