"""Taking a heap snapshot: in a child, in place, or in Python, whichever this process can do.

A child is made by the bare system call and has a copy of the heap as it is at that moment. It walks there while the
program goes on: what stops it is the making of the child alone. The child may not come back (a lock of an extension's
that its traversal waits for, a limit of memory), so it is waited for with patience, not for ever, and what it would
have done is then done here.
"""

from __future__ import annotations

import os
import select
import signal
import time
from array import array

from . import census, nativewalk, shares
from .book import Book
from .own import Own
from .pathwalk import walk_paths
from .untraced import not_ours

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .shares import Held
    from .untraced import Untraced

#: The ways, as the recording names them; `--snapshots` has a hyphen for the blank.
CHILD, IN_PLACE, PYTHON = "child", "in place", "python"
#: Waits for a child that sends no signal when it ends (clone(2), __WALL).
_ANY_CHILD = 0x40000000
#: Seconds that a child may take at least, and in collections of the same heap. A walk takes one collection or two,
#: with the traces of a deep trace fifteen; beside a busy program perhaps four times that.
_LEAST_PATIENCE = 10.0
_PATIENCE = 60.0
#: Ends of a child that its heap brought about: the same walk here would end the program.
_CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGABRT)
_LENGTH_BYTES = 8
_CHUNK = 1 << 20
# The program may replace these by its own (gevent does).
_read, _waitpid, _kill, _clock, _sleep = os.read, os.waitpid, os.kill, time.perf_counter, time.sleep
_poll: Any = getattr(select, "poll", None)  # not on Windows, where no child walks


class Snapshots:
    """Takes snapshots for one book. `way` says how; `note` why it is no longer how it was meant to be."""

    def __init__(self, book: Book, wanted: str) -> None:
        self._book = book
        wanted = wanted.replace("-", " ")
        self._native = None if wanted == PYTHON else nativewalk.load(book)
        self.way = PYTHON
        self.note: str | None = None
        self._patience = _LEAST_PATIENCE
        """Seconds that a child is waited for."""
        if self._native is not None:
            self.way = CHILD if self._native.forks and wanted != IN_PLACE else IN_PLACE
        elif wanted != PYTHON:
            self.note = (
                "The native walker is not installed for this interpreter: snapshots are taken in Python, slower."
            )

    def take(
        self, own: Own, owners: list[Any], untraced: Untraced, *, deep: bool, paths: bool, collect_seconds: float
    ) -> dict[str, Any]:
        """Count all objects by type; with `paths` by path too, in the book.

        `deep` counts what the collector does not track. Returns {"types": {name: [objects, bytes]}, "tracked_types":
        {name: objects}, "tracked": objects, "large_bytes": bytes of objects too large for pymalloc, "snapshot": how it
        was taken}, without "types" when not deep, and without "tracked_types" when deep.
        """
        started = _clock()
        found = None
        if self.way == CHILD:
            patience = max(_LEAST_PATIENCE, _PATIENCE * collect_seconds)
            found = self._in_child(own, owners, untraced, deep=deep, paths=paths, patience=patience)
        if found is None:
            with untraced:
                found = self._here(own, owners, deep, paths)
            found["pause_seconds"] = _clock() - started
        del found["tracked_types" if deep else "types"]
        found["snapshot"] = {
            "way": self.way,
            "pause_seconds": found.pop("pause_seconds"),
            "seconds": _clock() - started,
            "work_bytes": found.pop("work_bytes", None),
            "references": found.pop("references", None),
            "note": self.note,
        }
        found.setdefault("traces", None)
        return found

    def gather(self, own: Own, owners: list[Any], wanted: dict[int, list[Any]]) -> list[Any]:
        """Walk by path here; fill `wanted` with the objects of its nodes, and return those that no name leads to."""
        if self._native is not None:
            return self._native.gather(own, owners, wanted)
        return walk_paths(self._book, own, owners, wanted)

    def alive_at(self, lines: list[tuple[str, int]], own: Own, untraced: Untraced) -> list[int] | None:
        """Return how many live objects were allocated at each line, as `Births.alive_at`; None if no child can say."""
        native = self._native
        if native is None or self.way != CHILD:
            return None
        message, _ = self._ask_child(lambda to: native.fork_alive(own, lines, to), untraced)
        return None if message is None else array("q", message).tolist()

    def held_by(self, roots: list[Any], containers: list[list[Any]], ours: set[int]) -> list[Held]:
        """Return what each group of containers holds, found in a child where there can be one."""
        native, message = self._native, None
        if native is not None and self.way == CHILD:
            message, _ = self._ask_child(lambda to: native.fork_shares(roots, containers, ours, to), not_ours())
        if message is None:
            return shares.held(roots, containers, ours)
        return shares.unpacked(array("q", message), len(containers))

    def held(self) -> int:
        """Return the bytes of resident memory that the walker holds beside Python's and malloc's."""
        return 0 if self._native is None else self._native.held()

    def _here(self, own: Own, owners: list[Any], deep: bool, paths: bool) -> dict[str, Any]:
        if self._native is not None:
            return self._native.measure(own, owners, deep=deep, paths=paths)
        found: dict[str, Any] = {"types": {}, "tracked_types": {}}
        if deep:
            found["types"], found["tracked"], found["large_bytes"] = census.census(own)
        else:
            found["tracked_types"] = census.tracked_census(own)
            found["tracked"] = sum(found["tracked_types"].values())
        if paths:
            # The rows are ours, and were not there before.
            walk_paths(self._book, own.also(found, found["types"], found["tracked_types"]), owners)
        return found

    def _in_child(
        self, own: Own, owners: list[Any], untraced: Untraced, *, deep: bool, paths: bool, patience: float
    ) -> dict[str, Any] | None:
        """Let a child walk; return what it found, None when there will be none: then `way` is another.

        While it is waited for the program goes on, and so does its tracing.
        """
        native = self._native
        if native is None:
            return None
        self._patience = patience
        asking_began = _clock()
        with untraced:
            request = native.request(own, owners, deep, paths)
        paused = _clock() - asking_began
        # Making the child takes up to twenty milliseconds: whoever waits may run in between.
        _sleep(0)
        message, making = self._ask_child(lambda to: native.fork(request, to), untraced)
        if message is None:
            return None
        reading_began = _clock()
        with untraced:
            found = native.read(message)
        found["pause_seconds"] = paused + making + _clock() - reading_began
        return found

    def _ask_child(self, fork: Callable[[int], int], untraced: Untraced) -> tuple[bytes | None, float]:
        """Let a child write to a descriptor; return what it wrote, or None, and for how long its making took.

        Where there is None, `way` is another from then on, unless only the traces could not be read.
        """
        started = _clock()
        reading, writing = os.pipe()
        try:
            with untraced:
                pid = fork(writing)
        except OSError as error:
            os.close(reading)
            self._give_up_children(f"No child could be made for a snapshot ({error.strerror})")
            return None, 0.0
        except LookupError:
            os.close(reading)
            return None, 0.0
        finally:
            os.close(writing)
        paused = _clock() - started
        try:
            message = _receive(reading, _clock() + self._patience)
        finally:
            os.close(reading)
        status = _reap(pid, message is not None)
        if message is not None:
            return message, paused
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in _CRASHES:
            self._native = None
            self.way = PYTHON
            self.note = f"The child that walks the heap crashed (signal {os.WTERMSIG(status)}): walked in Python."
        else:
            self._give_up_children("The child that walks the heap did not finish")
        return None, 0.0

    def _give_up_children(self, why: str) -> None:
        self.way = IN_PLACE
        self.note = why + ": walked in place."


def _receive(descriptor: int, deadline: float) -> bytes | None:
    """Return what a child writes, None when it does not write all of it in time."""
    chunks: list[bytes] = []
    received, expected = 0, _LENGTH_BYTES
    # Not select: in a program that leaves descriptors open ours may have a number beyond the 1,024 that it takes.
    poll = _poll()
    poll.register(descriptor, select.POLLIN)
    while received < expected:
        ready = poll.poll(max(0.0, deadline - _clock()) * 1000)
        chunk = _read(descriptor, _CHUNK) if ready else b""
        if not chunk:
            return None
        if not received:
            if len(chunk) < _LENGTH_BYTES:
                return None
            expected += int.from_bytes(chunk[:_LENGTH_BYTES], "little")
        chunks.append(chunk)
        received += len(chunk)
    return b"".join(chunks)[_LENGTH_BYTES:expected]


def _reap(pid: int, finished: bool) -> int:
    """Wait for a child, which is killed first unless it is done; return its status."""
    try:
        if not finished:
            waited, status = _waitpid(pid, _ANY_CHILD | os.WNOHANG)
            if waited:
                return status
            _kill(pid, signal.SIGKILL)
        return _waitpid(pid, _ANY_CHILD)[1]
    except OSError:
        return 0
