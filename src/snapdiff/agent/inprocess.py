"""A run inside a process that is somebody else's: a library call, a test. It calls a function that it is given.

What the driver does for a process of its own (the target's import, `sys.argv`, `__main__`, printing tracebacks) is
left out, errors are kept for the caller, and descriptors and mappings are given back.
"""

from __future__ import annotations

from . import calls, environment, spool
from .driver import Driver, _nothing, _nothing_async
from .plan import Plan
from .target import Target, TargetError, check

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: The agent in a process that snapdiff started: there it measures already. See `boot.py`.
AGENT_OF_ITS_OWN = "_snapdiff_agent"


class Guest(Driver):
    """One run of a plan in this process. `owners` are objects of the program that perhaps nobody else names."""

    def __init__(self, plan: Plan, folder: str, found: Target, project: str, owners: list[Any]) -> None:
        super().__init__(plan, folder)
        self.found = found
        self.project = project
        self.error: BaseException | None = None
        """What ended the run, if anything did."""
        self.confirming = False
        """Whether something grew, so that a confirming round was run."""
        self.measurer.owners.extend(owners)

    def describe(self) -> None:
        """Write what is run, and on what."""
        about = environment.describe(self.found, self.plan)
        # A test may have changed the folder; the project is still where it was.
        self.writer.write({"kind": "loaded", **about, "working_directory": self.project})

    def run_calls(self, inputs: calls.Inputs | None = None) -> None:
        """Run everything; whatever happens, write how it ended, and keep the error."""
        try:
            self.describe()
            function, name, state = self.found.function, self.found.name, self.state
            if self.found.is_coroutine:
                loop = self._event_loop()
                workload: calls.Calls = calls.CoroutineCalls(function, name, state, inputs, loop)
                control: calls.Calls = calls.CoroutineCalls(_nothing_async, name, state, None, loop)
            else:
                workload, control = calls.Calls(function, name, state, inputs), calls.Calls(_nothing, name, state)
            self._measure_all(workload, control)
        except BaseException as error:
            self.fail(error)
        else:
            self.end()

    def _run_extra(self, workload: calls.Calls) -> int:
        extra = super()._run_extra(workload)
        self.confirming = extra > 0
        return extra

    def fail(self, error: BaseException) -> None:
        """Write that an error ended the run, and keep it."""
        self.error = error
        self._ended_by(error)

    def end(self) -> None:
        """Write that all went as planned."""
        self.state[spool.PHASE] = spool.ENDING
        self.writer.write({"kind": "end", "how": "as planned"})

    def close(self) -> list[int]:
        """Give everything back, tracing too; return what the state said last."""
        self._stop_tracing()
        self.measurer.outside.close()
        if self.loop is not None:
            calls.close_loop(self.loop)
        last = self.state.tolist()
        mapping: Any = self.state.obj
        self.state.release()
        mapping.close()
        self.writer.close()
        return last

    def _print_traceback(self, error: BaseException) -> None:
        """Print nothing: the caller gets the error."""


def target_of(function: Callable[..., Any], name: str, has_inputs: bool) -> Target:
    """Return a function as a target. Raises TargetError when it cannot be called as planned."""
    return check(function, name, has_inputs)


__all__ = ["AGENT_OF_ITS_OWN", "Guest", "TargetError", "target_of"]
