"""Where things grow: some more calls with a trace function that reads nothing but lengths and counters.

The line to blame is the one that was executing when the length rose, which is known at the next event. With line events
alone `blobs.append(receive(1000))` would be blamed on the last line of `receive`, so calls and returns are events too.
It works when C code does the insert, since only the length is read.

`sys.settrace` serves every version; from 3.12 on `threading.settrace_all_threads` reaches threads that run already.
Before that, what they do while a traced thread waits must not be blamed on the line at which it waits: where other
threads took processor time since the last event, nobody knows.

The collector waits until the call is over. It would run wherever something is allocated, also in the trace function,
where nothing is traced: what a finalizer keeps was blamed on the line that ran before.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from _thread import get_ident

from . import mainthread
from .own import FOLDER
from .resources import of_library, stack_of

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable, Protocol

    from .resources import Stack

    Where = Callable[[], "Stack | None"]

    class Watcher(Protocol):
        """Something that is looked at before each watched call, at every event in it, and after it."""

        def begin(self) -> None:
            """Look before a call."""

        def look(self, where: Where) -> None:
            """Look at an event; `where` tells what was running since the last one.

            None where nobody knows, and an empty stack where it may have been another thread.
            """

        def end(self) -> None:
            """Look after a call."""

        @property
        def seen(self) -> bool:
            """True when enough was seen."""


#: Calls after which nobody waits any longer for a rise: a buffer that makes room by an eighth each time does so once in
#: 342 calls when 2,740 were made, and a slow leak of one in sixty calls is seen more than twice.
_MOST_CALLS = 400
#: Seconds that all of them may take together; as many again where a second look follows.
_MOST_SECONDS = 8.0
#: The same where each call leaves a thread or a process.
_FEW_CALLS = 40
#: Calls that are always made: a first one can be unlike the others.
_LEAST_CALLS = 3
_CLOCK_EVERY = 512
#: Each call is followed by a collection of what is young, and so many calls by one of everything.
_FULL_COLLECTION_EVERY = 10
#: New objects in a watched call from which on the collector runs within it: a call that made 300 MB of cycles took as
#: much more memory than ever before.
_MOST_YOUNG = 10_000


#: Nanoseconds of processor time that others took between two events of a thread, from which on its line is in doubt if
#: they took more than itself. A pool's thread that is given one thing to do takes 22,000 to 65,000, once in 400 times
#: 7,000. The two clocks differ by up to 20,000 now and then, so one rise in doubt proves nothing.
_WORK_OF_OTHERS = 5_000
#: Rises that are perhaps another thread's, after which a container is given up.
_ENOUGH_UNKNOWN = 20
_OUT_OF_REACH = (
    "Before Python 3.12 threads that run already cannot be traced: lines at which something grows in them are left out."
)


class Watch:
    """One container: `read` returns its length (or what stands for it); `changes` means any change is growth."""

    def __init__(self, read: Callable[[], int], changes: bool) -> None:
        self.read = read
        self.changes = changes
        self.value = 0
        self.hits: dict[Stack, int] = {}
        self.unknown = 0
        """Rises that are perhaps another thread's."""

    def begin(self) -> None:
        """Read the length before a call."""
        self.value = self.read()

    def look(self, where: Where) -> None:
        """Blame what was running if the length rose."""
        value = self.read()
        if value != self.value:
            if value > self.value or self.changes:
                stack = where()
                if stack:
                    self.hits[stack] = self.hits.get(stack, 0) + 1
                elif stack is not None:
                    self.unknown += 1
            self.value = value

    def end(self) -> None:
        """Look no further."""

    @property
    def seen(self) -> bool:
        """True once the container was seen to grow, or was often enough where nobody could see it."""
        return self.is_known or self.unknown >= _ENOUGH_UNKNOWN

    @property
    def is_known(self) -> bool:
        """True where the line of most rises is known: of the others one may be taken for the waiting thread's."""
        return sum(self.hits.values()) > self.unknown


def find(watches: list[Watcher], call: Callable[[], int], few: bool = False) -> str | None:
    """Call until all was seen that is watched or time is up; return why that could not be done, or None.

    With `few`, calls are made as long as one would for what comes with every call.
    """
    if _is_traced():
        return "A trace function is installed (a debugger or coverage): lines at which things grow were not sought."
    most = _FEW_CALLS if few else _MOST_CALLS
    if _look(_Eye(watches, False), call, most):
        # Not even one call could be followed in all that it runs: its own lines tell by which of them it grew.
        left = [watch for watch in watches if not watch.seen]
        if left:
            _look(_Eye(left, True), call, _LEAST_CALLS)
    lost = any(isinstance(watch, Watch) and not watch.is_known for watch in watches)
    return _OUT_OF_REACH if lost and _others_run() else None


def _others_run() -> bool:
    """Say whether there are threads that cannot be traced because they run already."""
    traced = 2 if mainthread.is_elsewhere() else 1
    return sys.version_info < (3, 12) and len(sys._current_frames()) > traced


def _look(eye: _Eye, call: Callable[[], int], most: int) -> bool:
    """Call with the trace function until all is seen or time is up; return True where it was in the first call."""
    started = time.monotonic()
    before = threading.gettrace() if hasattr(threading, "gettrace") else None
    calls = 0
    try:
        # Once at least: a machine that is busy elsewhere may let the time pass before the first call.
        while not calls or (calls < most and time.monotonic() - started < _MOST_SECONDS):
            calls += 1
            eye.begin(started + _MOST_SECONDS)
            eye.collects = collecting = gc.isenabled()
            _set(eye.see, eye.see)
            try:
                gc.disable()
                made = call()
                if collecting:
                    gc.collect(0 if calls % _FULL_COLLECTION_EVERY else 2)
            finally:
                _set(None, before)
                if collecting:
                    gc.enable()
            eye.end()
            if not made or (calls >= _LEAST_CALLS and all(watch.seen for watch in eye.watches)):
                break
    finally:
        eye.close()
    return calls == 1 and eye.late


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
    """Looks at each event. With `coarse`, what libraries run is the doing of the line that called them."""

    def __init__(self, watches: list[Watcher], coarse: bool) -> None:
        self.watches = watches
        self.late = False
        """True once time was up inside the call: what runs from then on is not known."""
        self.collects = gc.isenabled()
        """Whether the program has a collector that runs by itself, which we keep from running within a call."""
        self._coarse = coarse
        self._libraries: dict[str, bool] = {}
        self._where: dict[int, Any] = {}
        self._others = _others_run()
        self._spent: dict[int, tuple[int, int]] = {}
        """Processor time that a thread and all others had taken at its last event."""
        self._events = 0
        self._until = 0.0

    def begin(self, until: float) -> None:
        self._until = until
        self._where.clear()
        for watch in self.watches:
            watch.begin()

    def end(self) -> None:
        self._check()
        self._where.clear()
        for watch in self.watches:
            watch.end()

    def close(self) -> None:
        self._where.clear()

    def see(self, frame: Any, event: str, arg: Any) -> Any:
        """The trace function: look at the lengths, then remember where we are."""
        file = frame.f_code.co_filename
        if file.startswith(FOLDER) or (self._coarse and self._is_library(file)):
            return None
        self._events += 1
        if not self._events % _CLOCK_EVERY and self._is_over():
            return None
        self._check()
        if event == "return":
            frame = frame.f_back
        ident = get_ident()
        self._where[ident] = (frame, frame.f_lineno) if frame is not None else None
        if self._others:
            self._spent[ident] = _spent()
        return self.see

    def _is_over(self) -> bool:
        """Say whether time is up, and what is watched no longer; run the collector where it would have run often."""
        if time.monotonic() > self._until:
            self.late = True
            sys.settrace(None)
            if self.collects:
                gc.enable()
        elif self.collects and gc.get_count()[0] > _MOST_YOUNG:
            self._check()
            gc.collect(1)
            # What finalizers did meanwhile, untraced, is not the doing of the line that runs.
            for watch in self.watches:
                watch.begin()
        return self.late

    def _check(self) -> None:
        for watch in self.watches:
            watch.look(self._running)

    def _is_library(self, file: str) -> bool:
        found = self._libraries.get(file)
        if found is None:
            found = self._libraries[file] = of_library(file)
        return found

    def _running(self) -> Stack | None:
        """Return the stack of what ran in this thread since its last event: see `Watcher.look`."""
        if self.late:
            return None
        ident = get_ident()
        where = self._where.get(ident)
        if where is None:
            return None
        if self._others:
            own, others = (now - before for now, before in zip(_spent(), self._spent[ident]))
            if others > max(_WORK_OF_OTHERS, own):
                return ()
        return stack_of(*where)


def _spent() -> tuple[int, int]:
    """Return the processor time of this thread and of all others, in nanoseconds."""
    # This order, or the time between both would be the others'.
    total = time.process_time_ns()
    own = time.thread_time_ns()
    return own, total - own
