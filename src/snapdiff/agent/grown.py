"""Where containers grow: some more calls with a trace function that reads nothing but their lengths.

The line to blame is the one that was executing when the length rose, which is known at the next event. With line events
alone `blobs.append(receive(1000))` would be blamed on the last line of `receive`, so calls and returns are events too.
It works when C code does the insert, since only the length is read.

`sys.settrace` serves every version; from 3.12 on `threading.settrace_all_threads` reaches threads that run already.
"""

from __future__ import annotations

import sys
import threading
import time
from _thread import get_ident

from . import mainthread
from .own import FOLDER

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: Calls after which nobody waits any longer for a rise: a buffer that makes room by an eighth each time does so once in
#: 342 calls when 2,740 were made, and a slow leak of one in sixty calls is seen more than twice.
_MOST_CALLS = 400
#: Seconds that all of them may take together.
_MOST_SECONDS = 8.0
#: Calls that are always made: a first one can be unlike the others.
_LEAST_CALLS = 3
_CLOCK_EVERY = 512
#: Frames kept of the stack at a rise.
_MOST_FRAMES = 8


#: Threads of a worker that are either traced or ours.
_OURS_AND_MAIN = 2
_SEEN_FROM_MAIN = (
    "Before Python 3.12 threads that run already cannot be traced: what grows in one of the worker's is blamed on the "
    "line at which its main thread waited for it."
)


class Watch:
    """One container: `read` returns its length (or what stands for it); `changes` means any change is growth."""

    def __init__(self, read: Callable[[], int], changes: bool) -> None:
        self.read = read
        self.changes = changes
        self.value = 0
        self.hits: dict[tuple[tuple[str, int, str], ...], int] = {}


def find(watches: list[Watch], call: Callable[[], int]) -> str | None:
    """Call until every container was seen to grow or time is up; return why that could not be done, or None."""
    if _is_traced():
        return "A trace function is installed (a debugger or coverage): lines at which containers grow were not sought."
    eye = _Eye(watches)
    started = time.monotonic()
    before = threading.gettrace() if hasattr(threading, "gettrace") else None
    calls = 0
    try:
        while calls < _MOST_CALLS and time.monotonic() - started < _MOST_SECONDS:
            eye.begin(started + _MOST_SECONDS)
            _set(eye.see, eye.see)
            try:
                made = call()
            finally:
                _set(None, before)
            eye.end()
            calls += 1
            if not made or (calls >= _LEAST_CALLS and all(watch.hits for watch in watches)):
                break
    finally:
        eye.close()
    if mainthread.is_elsewhere() and sys.version_info < (3, 12) and len(sys._current_frames()) > _OURS_AND_MAIN:
        return _SEEN_FROM_MAIN
    return None


def _is_traced() -> bool:
    """Say whether somebody traces already, here or in another thread."""
    frames = [frame for frame in sys._current_frames().values() if not frame.f_code.co_filename.startswith(FOLDER)]
    return sys.gettrace() is not None or any(frame.f_trace is not None for frame in frames)


def _set(function: Any, for_threads: Any) -> None:
    """Install a trace function here and in all threads, or take it away."""
    if sys.version_info >= (3, 12):
        threading.settrace_all_threads(function)
        # Functions that run already tell of their lines only when asked each for itself.
        for frame in sys._current_frames().values():
            current: Any = frame
            while current is not None:
                if not current.f_code.co_filename.startswith(FOLDER):
                    current.f_trace = function
                current = current.f_back
    elif mainthread.is_elsewhere():
        mainthread.settrace(function)
    threading.settrace(for_threads)
    sys.settrace(function)


class _Eye:
    def __init__(self, watches: list[Watch]) -> None:
        self._watches = watches
        self._where: dict[int, Any] = {}
        self._events = 0
        self._until = 0.0

    def begin(self, until: float) -> None:
        self._until = until
        self._where.clear()
        for watch in self._watches:
            watch.value = watch.read()

    def end(self) -> None:
        self._check()
        self._where.clear()

    def close(self) -> None:
        self._where.clear()

    def see(self, frame: Any, event: str, arg: Any) -> Any:
        """The trace function: look at the lengths, then remember where we are."""
        if frame.f_code.co_filename.startswith(FOLDER):
            return None
        self._events += 1
        if not self._events % _CLOCK_EVERY and time.monotonic() > self._until:
            sys.settrace(None)
            return None
        self._check()
        if event == "return":
            frame = frame.f_back
        self._where[get_ident()] = (frame, frame.f_lineno) if frame is not None else None
        return self.see

    def _check(self) -> None:
        for watch in self._watches:
            value = watch.read()
            if value != watch.value:
                if value > watch.value or watch.changes:
                    self._blame(watch)
                watch.value = value

    def _blame(self, watch: Watch) -> None:
        where = self._where.get(get_ident())
        if where is None:
            return
        frame, line = where
        stack: list[tuple[str, int, str]] = []
        while frame is not None and len(stack) < _MOST_FRAMES:
            code = frame.f_code
            if code.co_filename.startswith(FOLDER):
                break
            stack.append((code.co_filename, line or 0, str(getattr(code, "co_qualname", code.co_name))))
            frame = frame.f_back
            line = frame.f_lineno if frame is not None else 0
        if stack:
            key = tuple(stack)
            watch.hits[key] = watch.hits.get(key, 0) + 1
