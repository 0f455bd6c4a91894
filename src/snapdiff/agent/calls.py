"""Calling the workload: functions, coroutine functions on one event loop, scripts as a fresh `__main__`.

Each way has a loop of its own, in a frame of its own, that keeps neither results nor arguments.
"""

from __future__ import annotations

import functools
import os
import sys
import time
import types

from . import spool
from .target import TargetError

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator

_clock = time.monotonic


class ScriptExitError(Exception):
    """A script ended itself with a status other than 0."""

    def __init__(self, code: object) -> None:
        super().__init__(code)
        self.status = code if isinstance(code, int) else 1


class Inputs:
    """Arguments of the calls, one tuple each, started again when they end."""

    def __init__(self, function: Callable[[], Any], name: str) -> None:
        self._function = function
        self._name = name
        self._iterator: Iterator[Any] = self._start()

    def _start(self) -> Iterator[Any]:
        try:
            return iter(self._function())
        except TypeError as error:
            raise TargetError(f"--inputs {self._name} must return an iterable of argument tuples: {error}.") from error

    def take(self) -> tuple[Any, ...]:
        """Return the arguments of the next call."""
        for _ in range(2):
            for arguments in self._iterator:
                if type(arguments) is not tuple:
                    raise TargetError(
                        f"--inputs {self._name} must give argument tuples, it gave a "
                        f"{type(arguments).__name__}: write (value,) for one argument."
                    )
                return arguments
            self._iterator = self._start()
        raise TargetError(f"--inputs {self._name} gave nothing.")


class Calls:
    """Runs iterations. `state` is told how many are done, for whoever watches from outside."""

    def __init__(
        self, function: Callable[..., Any], name: str, state: memoryview, inputs: Inputs | None = None
    ) -> None:
        self._function = function
        self._name = name
        self._state = state
        self._inputs = inputs

    def run(self, count: int, done: int, deadline: float) -> int:
        """Call so often, or until the deadline (monotonic seconds); return how often. `done` calls went before."""
        function, state, inputs = self._function, self._state, self._inputs
        coroutine, slot = types.CoroutineType, spool.DONE
        made = 0
        while made < count:
            # Only the type of the result is looked at: nothing here may keep the result itself.
            if (type(function()) if inputs is None else type(function(*inputs.take()))) is coroutine:
                raise TargetError(
                    f"{self._name} returned a coroutine that nobody awaits: name an `async def` function that does."
                )
            made += 1
            state[slot] = done + made
            if _clock() > deadline:
                break
        return made

    def sized(self, name: str, size: int) -> Calls:
        """Return the same calls with one argument given by its name."""
        made: Calls = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._function = functools.partial(self._function, **{name: size})
        return made

    def settle(self) -> None:
        """Let what the calls left to do finish, before a checkpoint."""

    def owners(self) -> list[Any]:
        """Return the object whose method is recorded: setup made it, and perhaps nobody but us holds it."""
        owner = getattr(self._function, "__self__", None) if type(self._function) is types.MethodType else None
        return [] if owner is None or isinstance(owner, (type, types.ModuleType)) else [owner]


class CoroutineCalls(Calls):
    """Runs a coroutine function, each iteration to its end, on one event loop."""

    # An object that lost its last user closes through callbacks that call callbacks (a transport does, twice).
    _TURNS = 5

    def __init__(
        self, function: Callable[..., Any], name: str, state: memoryview, inputs: Inputs | None, loop: Any
    ) -> None:
        super().__init__(function, name, state, inputs)
        self._loop = loop

    def run(self, count: int, done: int, deadline: float) -> int:
        """Run so many iterations, or until the deadline; return how many."""
        function, state, inputs, complete = (
            self._function,
            self._state,
            self._inputs,
            self._loop.run_until_complete,
        )
        slot = spool.DONE
        made = 0
        while made < count:
            if inputs is None:
                complete(function())
            else:
                complete(function(*inputs.take()))
            made += 1
            state[slot] = done + made
            if _clock() > deadline:
                break
        return made

    def owners(self) -> list[Any]:
        """Return the event loop too: it holds timers and callbacks, and only we and the policy hold it."""
        return [*super().owners(), self._loop]

    def settle(self) -> None:
        """Run the callbacks that are ready."""
        import asyncio

        for _ in range(self._TURNS):
            self._loop.run_until_complete(asyncio.sleep(0))


def new_loop() -> Any:
    """Make the event loop that setup, workload and teardown share."""
    import asyncio

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop


def close_loop(loop: Any) -> None:
    """Close a loop as `asyncio.run` does."""
    import asyncio

    try:
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        if pending:
            loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        asyncio.set_event_loop(None)
        loop.close()


def script(path: str, arguments: list[str]) -> Callable[[], None]:
    """Return a function that runs a script from its beginning, as a fresh `__main__`.

    Other modules stay imported. The script's namespace is dropped when it returns; what it left in modules,
    threads or caches is what grows.
    """
    full = os.path.abspath(path)
    try:
        with open(full, "rb") as file:
            code = compile(file.read(), full, "exec", dont_inherit=True)
    except FileNotFoundError:
        raise TargetError(f"There is no file {path}. Check the path; it is looked up from {os.getcwd()}.") from None
    except OSError as error:
        raise TargetError(f"{path} cannot be read: {error.strerror}.") from error
    except (SyntaxError, ValueError) as error:
        raise TargetError(f"{path} is not a Python script: {error}.") from error
    sys.path.insert(0, os.path.dirname(full))
    builtins = sys.modules["builtins"]

    def run_script() -> None:
        sys.argv[:] = [path, *arguments]
        module = types.ModuleType("__main__")
        module.__dict__.update(__file__=full, __builtins__=builtins, __cached__=None)
        before = sys.modules["__main__"]
        sys.modules["__main__"] = module
        try:
            exec(code, module.__dict__)  # noqa: S102  running the user's script is the job
        except SystemExit as end:
            if end.code not in (None, 0):
                raise ScriptExitError(end.code) from None
        finally:
            sys.modules["__main__"] = before

    return run_script
