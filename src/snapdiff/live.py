"""Recording in this very process: `snapdiff.record(function)` and `with snapdiff.watch() as watch`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from snapdiff.record.inprocess import Done, LoopRun, Place, measure
from snapdiff.record.options import DEFAULT_MAX_TIME, DEFAULT_ROUNDS, DEFAULT_TRACE_DEPTH, Options, check_rounds

if TYPE_CHECKING:
    from snapdiff.api import Report

_Item = TypeVar("_Item")


class RecordingFile(os.PathLike[str]):
    """A recording on disk, to hand to `snapdiff.analyze`.

    Without an `output` it lies in a temporary folder, which goes with this object: `save` keeps it.
    """

    def __init__(self, path: Path, how: str, complete: bool, temporary: Path | None) -> None:
        self.path = path
        self.ended = how
        """`as planned`, or how it ended instead, in words."""
        self.complete = complete
        """Whether everything that was planned was measured."""
        if temporary is not None:
            weakref.finalize(self, shutil.rmtree, temporary, ignore_errors=True)

    def __fspath__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"<recording {self.path}, {self.ended}>"

    def save(self, path: str | Path) -> Path:
        """Copy the recording to a file; return its path. Raises OSError."""
        return Path(shutil.copyfile(self.path, path))


def record(
    function: Callable[..., Any],
    rounds: Iterable[int] = DEFAULT_ROUNDS,
    *,
    inputs: Callable[[], Iterable[tuple[Any, ...]]] | None = None,
    output: str | Path | None = None,
    trace: str = "rounds",
    trace_depth: int = DEFAULT_TRACE_DEPTH,
    max_time: float = DEFAULT_MAX_TIME,
    name: str | None = None,
    force: bool = False,
) -> RecordingFile:
    """Call a function 1, 10 and N times in this process, and more often while something grows; return the recording.

    `function` may be a coroutine function; `inputs` returns an iterable of argument tuples, one a call. `trace` is
    `rounds`, `auto` (only when something grew, in a second plan) or `off`; `max_time` are the seconds that extra rounds
    may take. An error of the function's ends the run and is raised; with an `output`, what was complete is recorded.

    Raises snapdiff.OptionsError when it cannot be measured as asked: arguments are missing, the output exists,
    another measurement runs in this process, an event loop does.
    """
    planned = check_rounds(tuple(rounds))
    keep = _Room(name or _name_of(function), output)
    options = keep.options(
        rounds=planned, trace=trace, trace_depth=trace_depth, max_time=max_time, force=force,
        inputs=None if inputs is None else "inputs",
    )  # fmt: skip
    try:
        done = measure(function, options, Place(None, None, str(Path.cwd())), inputs)
    except BaseException:
        keep.discard()
        raise
    return keep.seal(done)


class Watch:
    """A loop that is measured, see `watch`."""

    def __init__(self, room: _Room, options: Options, place: Place) -> None:
        self._room = room
        self._options = options
        self._place = place
        self._run: LoopRun | None = None
        self._recording: RecordingFile | None = None

    @overload
    def calls(self) -> Iterator[int]: ...
    @overload
    def calls(self, items: Iterable[_Item]) -> Iterator[_Item]: ...
    def calls(self, items: Iterable[Any] | None = None) -> Iterator[Any]:
        """Return the items to loop over: each turn of the loop is one call.

        All of `items` are given, those after the plan too, unmeasured. Without items the numbers of the calls are,
        for as long as the plan takes.
        """
        if self._run is None:
            raise RuntimeError("calls() is for the inside of `with snapdiff.watch(…) as watch`.")
        return self._run.items(None if items is None else iter(items))

    @property
    def done(self) -> bool:
        """Whether everything was measured: an endless loop may end now."""
        return self._run is not None and self._run.finished

    @property
    def recording(self) -> RecordingFile:
        """The recording, after the `with` block."""
        if self._recording is None:
            raise RuntimeError("The recording is there after the `with` block of snapdiff.watch.")
        return self._recording

    def report(self) -> Report:
        """Return what the recording says, after the `with` block."""
        from snapdiff.api import analyze

        return analyze(self.recording.path)

    def __enter__(self) -> Watch:
        try:
            self._run = LoopRun(self._options, self._place)
        except BaseException:
            self._room.discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._run is None:
            return
        done = self._run.end(error)
        self._recording = self._room.seal(done, fail=False)


def watch(
    rounds: Iterable[int] = DEFAULT_ROUNDS,
    *,
    output: str | Path | None = None,
    trace: str = "rounds",
    trace_depth: int = DEFAULT_TRACE_DEPTH,
    max_time: float = DEFAULT_MAX_TIME,
    name: str | None = None,
    force: bool = False,
) -> Watch:
    """Measure a loop that the program drives itself: each turn is one call.

        with snapdiff.watch(rounds=(1, 10, 151)) as watch:
            for message in watch.calls(messages):
                handle(message)
        print(watch.report().sentence)

    Checkpoints are taken between two turns, when the calls of a round are reached. A loop that ends before is recorded
    as far as it came. What the loop's own variables hold is there at every checkpoint but the first.
    """
    caller = sys._getframe(1)
    spec = name or f"the loop in {caller.f_code.co_qualname}"
    place = Place(caller.f_code.co_filename, caller.f_lineno, str(Path.cwd()))
    planned = check_rounds(tuple(rounds))
    room = _Room(spec, output)
    options = room.options(rounds=planned, trace=trace, trace_depth=trace_depth, max_time=max_time, force=force)
    return Watch(room, options, place)


class _Room:
    """Where a recording goes: to the output, or to a temporary folder."""

    def __init__(self, spec: str, output: str | Path | None) -> None:
        self._spec = spec
        self._temporary = None if output is not None else Path(tempfile.mkdtemp(prefix="snapdiff-"))
        self._output = Path(self._temporary, "recording.snapdiff") if self._temporary is not None else Path(str(output))

    def options(self, **fields: Any) -> Options:
        """Return the options of a recording to here."""
        return Options(target=self._spec, output=self._output, **fields)

    def discard(self) -> None:
        """Remove the temporary folder."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def seal(self, done: Done, fail: bool = True) -> RecordingFile:
        """Seal what was measured; with `fail`, raise what ended it."""
        if fail and done.error is not None and self._temporary is not None:
            self.discard()
            raise done.error
        done.seal(self._output)
        if fail and done.error is not None:
            done.error.add_note(f"snapdiff: what was complete until then is recorded in {self._output}.")
            raise done.error
        return RecordingFile(self._output, done.facts.ended.text, done.facts.ended.complete, self._temporary)


def _name_of(function: Callable[..., Any]) -> str:
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    return f"{module}:{name}" if isinstance(name, str) else type(function).__qualname__
