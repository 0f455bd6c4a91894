"""A worker that answers requests: it runs in the main thread as it always does, and is measured from a thread of ours.

The supervisor is the worker's parent and holds the other ends of its standard streams. The driver in our thread orders
so many requests of the supervisor and waits; when the order is done the worker has answered, and sleeps in its read.
The control orders nothing, through the same pipes.

Our thread is one that `threading` never hears of: what is in no list of threads need not be left out of any.
"""

from __future__ import annotations

import _thread
import os
import re
import struct
import sys

# Before our thread starts: until 3.13 whichever thread imports it first is the main thread to `threading.main_thread`.
import threading  # noqa: F401
import time
import types

from . import calls, environment, program, running, spool, target
from .checkpoint import SupervisorGoneError
from .driver import Driver
from .own import FOLDER

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .plan import Plan

#: An order: what, how many requests, how many went before in this round, seconds until no more are begun.
ORDER = struct.Struct("<qqqd")
#: What was done: requests that were answered, or FAILED.
DONE = struct.Struct("<q")
#: Orders: wait until the worker sleeps in its read; the requests before and after the measurements; nothing;
#: requests; wait until the worker has nothing to do.
READY, SETUP, TEARDOWN, NOTHING, REQUESTS, SETTLE = range(6)
#: The answer when there is no going on. The supervisor knows why.
FAILED = -1
_ALWAYS = float("inf")
_clock, _read, _write = time.monotonic, os.read, os.write

#: What only a program has that frames its messages by length itself.
_FRAMES_BY_LENGTH = re.compile(rb"Content-Length: .{0,60}\\r\\n", re.DOTALL | re.IGNORECASE)


class WorkerFailedError(Exception):
    """The worker did not answer as it should; the supervisor knows how."""


def main(plan: Plan, folder: str) -> int:
    """Run the worker in this thread, the plan in another; return the worker's exit status."""
    driver = ServedDriver(plan, folder)
    # Here and not in our thread: the program may end before that has begun.
    driver.state[spool.PHASE] = spool.LOADING
    _thread.start_new_thread(driver.run, ())
    try:
        program.run(plan.serve["kind"], plan.serve["name"], plan.arguments)
    except BaseException as error:
        driver.worker_ends(error)
        if isinstance(error, SystemExit):
            raise
        return program.tell(error)
    driver.worker_ends(None)
    return 0


class ServedDriver(Driver):
    """Drives a plan whose calls are requests to the program in the main thread."""

    def __init__(self, plan: Plan, folder: str) -> None:
        super().__init__(plan, folder)
        self.measurer.flushes = False

    def run(self) -> int:
        """Run everything; whatever happens, write how it ended."""
        try:
            return super().run()
        finally:
            # What the program lets go of at its end must not be kept by us.
            self.measurer.owners.clear()

    def worker_ends(self, error: BaseException | None) -> None:
        """Write how the worker ended, unless the plan was through. Called in its own thread."""
        if self.over:
            return
        if self.stage == "teardown" and (error is None or (isinstance(error, SystemExit) and not error.code)):
            # Everything is measured, and it was asked to go.
            self.over = True
            self.writer.write({"kind": "end", "how": "as planned"})
        elif error is not None:
            self._write_end(error)

    def _ended_by(self, error: BaseException) -> int:
        # The supervisor knows why an order failed, and the main thread why it ended.
        quiet = isinstance(error, (WorkerFailedError, SupervisorGoneError))
        if quiet and not self.over:
            self.over = True
            self.writer.write({"kind": "end", "how": "failed", "stage": self.stage, "place": None})
        return 1 if quiet else super()._ended_by(error)

    def _load(self) -> tuple[calls.Calls, calls.Calls, Callable[[], Any] | None]:
        name, fds = self.plan.target, (self.plan.order_fd, self.plan.done_fd)
        _order(fds, READY, 0, 0, _ALWAYS)
        self.stage = "setup"
        try:
            _order(fds, SETUP, int(frames_by_length()), 0, _ALWAYS)
        except WorkerFailedError:
            raise target.TargetError("The requests of --setup failed.") from None
        self.stage = "loading"
        workload = RequestCalls(name, self.state, fds, REQUESTS)
        found = target.Target(workload.run, name, _main_file(), None)
        self.writer.write({"kind": "loaded", **environment.describe(found, self.plan)})
        return workload, RequestCalls(name, self.state, fds, NOTHING), lambda: _order(fds, TEARDOWN, 0, 0, _ALWAYS)


class RequestCalls(calls.Calls):
    """Iterations that are requests, made by the supervisor."""

    def __init__(self, name: str, state: memoryview, fds: tuple[int, int], order: int) -> None:
        super().__init__(_never, name, state)
        self._fds = fds
        self._order = order

    def run(self, count: int, done: int, deadline: float) -> int:
        """Have so many requests made, or as many as can be begun until the deadline; return how many."""
        return _order(self._fds, self._order, count, done, deadline - _clock())

    def settle(self) -> None:
        """Wait until the worker sleeps: after its last reply it may still have to put things away."""
        _order(self._fds, SETTLE, 0, 0, _ALWAYS)

    def owners(self) -> list[Any]:
        """Return what the functions that run in the main thread hold: the loop that reads requests, and the like."""
        return running.instances() if self._order == REQUESTS else []


def _order(fds: tuple[int, int], what: int, count: int, done: int, seconds: float) -> int:
    try:
        _write(fds[0], ORDER.pack(what, count, done, seconds))
        answer = _read(fds[1], DONE.size)
    except OSError:
        answer = b""
    if len(answer) < DONE.size:
        raise SupervisorGoneError
    made: int = DONE.unpack(answer)[0]
    if made == FAILED:
        raise WorkerFailedError
    return made


def _never() -> None:
    """What stands for the workload where none is called."""


def _main_file() -> str | None:
    file = sys.modules["__main__"].__dict__.get("__file__")
    return file if type(file) is str else None


# -- how the worker frames its messages ---------------------------------------------------------------------


def frames_by_length() -> bool:
    """Say whether the program writes `Content-Length` headers, by its own source.

    Looked at are the main file, the modules beside it or in its package, and the packages that the main file names: a
    library that frames for its users is among them, the HTTP client of some dependency is not.
    """
    namespace = sys.modules["__main__"].__dict__
    packages = set()
    for value in list(namespace.values()):
        name = value.__name__ if type(value) is types.ModuleType else None
        if type(value) in (types.FunctionType, type):
            name = value.__module__
        if type(name) is str:
            packages.add(name.partition(".")[0])
    package = namespace.get("__package__")
    packages.add(package.partition(".")[0] if type(package) is str and package else "__main__")
    beside = os.path.dirname(os.path.abspath(_main_file() or "."))
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__dict__", {}).get("__file__")
        if type(name) is not str or type(file) is not str or file.startswith(FOLDER):
            continue
        if (name.partition(".")[0] in packages or os.path.dirname(file) == beside) and _mentions(file):
            return True
    return False


def _mentions(file: str) -> bool:
    if file.startswith(os.path.dirname(os.__file__)) and "site-packages" not in file:
        return False
    try:
        with open(file, "rb") as source:
            return _FRAMES_BY_LENGTH.search(source.read()) is not None
    except OSError:
        return False
