"""Runs the target in a process of its own and watches it from outside."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import psutil

import snapdiff.agent
from snapdiff.agent import spool
from snapdiff.record import ended, seal, unfinished
from snapdiff.record.options import Options, OptionsError
from snapdiff.record.plan import plan_of
from snapdiff.record.rpc import Worker
from snapdiff.record.sources import Sources
from snapdiff.record.timeline import INTERVAL, Timeline

#: Seconds a target gets to end after Ctrl-C, before it is killed: time for its `finally` blocks.
_GRACE = 5.0
#: Seconds a target gets to end by itself after its last frame; threads it left may never end.
_LINGER = 10.0
_BOOT = Path(snapdiff.agent.__file__).with_name("boot.py")


class Progress(Protocol):
    """Who is told how a recording goes on. Called often; must return at once."""

    def tick(self, state: list[int], rss: int) -> None:
        """The target's state (slots of `spool`) and resident memory (bytes) now, 0 where it has ended."""

    def checkpoint(self, frame: dict[str, Any], rss: int) -> None:
        """A checkpoint was completed; `frame` is as the agent wrote it."""


@dataclass(frozen=True)
class Outcome:
    """What came of a recording. `path` is None when nothing could be recorded; then `refused` says why."""

    path: Path | None
    size: int
    ended: ended.Ended | None
    refused: str | None
    pace: tuple[float, float] | None = None
    """Seconds per call with tracing and without, where that was measured."""


def record(options: Options, progress: Progress) -> Outcome:
    """Record one run; return when the recording is sealed.

    Raises OptionsError before anything is started. The spool lies beside the output as `NAME.part` until it is
    sealed, so a supervisor that is killed loses nothing either.
    """
    options.check()
    worker = None if options.rpc is None else Worker(options.rpc, options.setup, options.teardown)
    if worker is not None:
        options = replace(options, python=worker.command.python)
    part = options.output.with_name(options.output.name + ".part")
    unfinished.make_room(part, options.force)
    started = datetime.now(UTC)
    try:
        run = _Run(options, part, progress, worker)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        if worker is not None:
            worker.close()
        raise OptionsError(f"{options.python} cannot be started: {error.strerror or error}.") from error
    with unfinished.hold(part):
        run.watch()
    loaded = run.loaded or {}
    shown = Sources(loaded.get("working_directory", "."), loaded.get("library_folders", {})).shown
    how = ended.describe(run.last, run.returncode, run.stopped_by, run.state.tolist(), shown)
    if worker is not None and worker.failure is not None and run.stopped_by is None:
        how = ended.failed(worker.failure.text, worker.failure.detail, worker.failed_in)
    if run.refused is not None or not run.checkpoints:
        shutil.rmtree(part, ignore_errors=True)
        failed = worker is not None and worker.failure is not None
        return Outcome(None, 0, how, (None if failed else run.refused) or _nothing(options, run, how))
    facts = seal.Facts(
        options=seal.describe_options(options),
        ended=how,
        started=started.isoformat(timespec="seconds"),
        started_monotonic=run.started,
        duration=time.monotonic() - run.started,
        timeline=run.timeline.samples,
        memory=run.memory,
        notes=[] if worker is None else worker.notes(run.returncode, how.complete),
    )
    run.state[spool.STEP] = spool.SEALING
    progress.tick(run.state.tolist(), 0)
    # A disk that is full here leaves the spool, which can be sealed later.
    size = seal.seal(part, facts, options.output)
    shutil.rmtree(part, ignore_errors=True)
    return Outcome(options.output, size, how, None, run.pace)


def _nothing(options: Options, run: _Run, how: ended.Ended) -> str:
    """Say why nothing was recorded."""
    if run.stopped_by is None and run.state[spool.PHASE] == spool.STARTING:
        return (
            f"{options.python} ended with status {run.returncode} before the agent started: is it Python 3.9 or newer?"
        )
    return f"Nothing could be recorded: {ended.sentence(how)}."


class _Run:
    """One target process."""

    def __init__(self, options: Options, folder: Path, progress: Progress, worker: Worker | None) -> None:
        self.options = options
        self.worker = worker
        self.progress = progress
        self.folder = folder
        self.timeline = Timeline()
        self.memory: dict[int, tuple[int | None, int | None]] = {}
        """(RSS, USS) in bytes by the checkpoint's ordinal (1 is the first), read while the target waited."""
        self.refused: str | None = None
        self.last: dict[str, Any] | None = None
        self.loaded: dict[str, Any] | None = None
        self.pace: tuple[float, float] | None = None
        self.checkpoints = 0
        self.stopped_by: str | None = None
        self.returncode: int | None = None
        self._offset = 0
        self._resident = 0
        self._ask, asked = os.pipe()
        answered, self._answer = os.pipe()
        plan = plan_of(options, asked, answered)
        command, inherited, stream = [options.python], [asked, answered], None
        if worker is not None:
            plan.update(worker.open())
            command += worker.command.flags
            inherited += worker.fds
            stream = subprocess.PIPE
        spool.create(str(folder), plan)
        self.state = spool.open_state(str(folder))
        self.started = time.monotonic()
        try:
            self._process = subprocess.Popen(
                [*command, str(_BOOT), str(folder)], pass_fds=inherited, stdin=stream, stdout=stream, bufsize=0
            )
        except OSError:
            os.close(self._ask)
            os.close(self._answer)
            raise
        finally:
            os.close(asked)
            os.close(answered)
        self._watched = psutil.Process(self._process.pid)
        if worker is not None:
            worker.start(self._process, self.state)

    def watch(self) -> None:
        """Watch until the target has ended; end it when its time is up or the user interrupts."""
        previous = _install_terminate_handler()
        try:
            while True:
                try:
                    self._loop()
                    break
                except KeyboardInterrupt:
                    self._stop("interrupted")
        finally:
            if previous is not None:
                signal.signal(signal.SIGTERM, previous)
            os.close(self._ask)
            os.close(self._answer)
            if self.worker is not None:
                self.worker.close()
        self._read_frames()

    def _loop(self) -> None:
        lingering_since: float | None = None
        while self._process.poll() is None:
            now = time.monotonic()
            self._serve(INTERVAL)
            rss = self._rss()
            if rss:
                self._resident = rss
                self.timeline.offer(now - self.started, rss, self.state)
            self._read_frames()
            self.progress.tick(self.state.tolist(), rss)
            if self.options.timeout is not None and now - self.started > self.options.timeout and self.last is None:
                self._stop("timed out")
            failed = self.worker is not None and self.worker.failure is not None
            if self.last is not None or self.refused is not None or failed:
                if self.worker is not None and not self.worker.hang_up():
                    continue
                lingering_since = lingering_since or now
                if now - lingering_since > _LINGER:
                    self._kill()
        self.returncode = self._process.returncode

    def _serve(self, seconds: float) -> None:
        """Wait for the target to ask, and read its memory then."""
        ready, _, _ = select.select([self._ask], [], [], seconds)
        if not ready:
            return
        if os.read(self._ask, 1) == b"":
            # The target closed its end: it is ending.
            time.sleep(seconds)
            return
        self.memory[int(self.state[spool.CHECKPOINT])] = self._memory()
        if self.worker is not None:
            self.worker.look()
        try:
            os.write(self._answer, b"k")
        except BrokenPipeError:
            pass

    def _memory(self) -> tuple[int | None, int | None]:
        try:
            full = self._watched.memory_full_info()
        except (psutil.Error, OSError):
            return (self._rss() or None, None)
        return (int(full.rss), int(full.uss))

    def _rss(self) -> int:
        try:
            return int(self._watched.memory_info().rss)
        except (psutil.Error, OSError):
            return 0

    def _read_frames(self) -> None:
        for frame, offset in spool.read(str(self.folder), self._offset):
            self._offset = offset
            kind = frame.get("kind")
            if kind in seal.MEASURED:
                self.checkpoints += 1
                # The last frames may be read when the process is gone.
                self.progress.checkpoint(frame, self._rss() or self._resident)
            elif kind == "loaded":
                self.loaded = frame
            elif kind == "pace":
                self.pace = float(frame["traced"]), float(frame["untraced"])
            elif kind == "refused":
                self.refused = str(frame.get("message"))
            elif kind == "end":
                self.last = frame

    def _stop(self, why: str) -> None:
        """Interrupt the target, and kill it when that does not end it."""
        self.stopped_by = self.stopped_by or why
        deadline = time.monotonic() + _GRACE
        self._signal(signal.SIGINT)
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                self.returncode = self._process.returncode
                return
            try:
                self._serve(INTERVAL)
                self._read_frames()
            except KeyboardInterrupt:
                break
        self._kill()

    def _kill(self) -> None:
        """End the target and what it started."""
        try:
            children = self._watched.children(recursive=True)
        except psutil.Error:
            children = []
        self._signal(signal.SIGKILL)
        for child in children:
            try:
                child.kill()
            except psutil.Error:
                pass
        self.returncode = self._process.wait()

    def _signal(self, number: int) -> None:
        try:
            self._process.send_signal(number)
        except ProcessLookupError:
            pass


def _install_terminate_handler() -> Any:
    """Treat SIGTERM (a CI job that is cancelled) as Ctrl-C; return the handler before, None outside the main thread."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    try:
        return signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        return None
