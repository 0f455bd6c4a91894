"""Drives a run inside the target: load, control, rounds, extra rounds, a traced plan, holders, end."""

from __future__ import annotations

import _tracemalloc
import math
import os
import sys
import time
import types

from . import calls, counters, environment, pathrows, spool, target, windows
from .checkpoint import Measurer, SupervisorGoneError
from .giving_back import give_back
from .own import Newcomers, below_ours
from .plan import AUTO, ROUNDS, Plan
from .screen import LEAST_OBJECTS, RATE_WORTH_CONFIRMING, Screen
from .sweep import Sweep, bind
from .untraced import start_tracing

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: The whole checkpoint routine runs this often, results thrown away, before the first one that counts: it
#: warms up its own caches (JSON encoder, free lists), which would otherwise be counted as growth.
_REHEARSALS = 2
#: Before 3.11 code that runs the 1,024th time is given a cache of its own (OPCACHE_MIN_RUNS in CPython's ceval.c),
#: which would be the control's. An event loop's functions run several times a call, and got it in the last round.
_RUNS_UNTIL_CACHED = 1_100
#: Extra rounds, in iterations of the last planned one. The first confirms; the others tell a leak from what fills up
#: or is emptied later than that: with N = 151 they end after 464, 1,068 and 2,276 calls.
EXTRA_FACTORS = (2, 4, 8)
#: Seconds that a round beyond the confirming one may take by the speed of the calls so far. Nobody waits longer to be
#: told what is known already.
_LONGEST_FURTHER_ROUND = 15.0


def main(folder: str) -> int:
    """Run the plan in a spool folder; return the target's exit status."""
    plan = Plan(spool.read_plan(folder))
    for fd in (plan.ask_fd, plan.answer_fd, plan.order_fd, plan.done_fd):
        if fd >= 0:
            os.set_inheritable(fd, False)
    # Nothing of ours is the program's main module: multiprocessing would run it again in its children.
    sys.modules["__main__"] = types.ModuleType("__main__")
    if plan.serve:
        from . import serve

        return serve.main(plan, folder)
    return Driver(plan, folder).run()


class Driver:
    """One run of a plan."""

    def __init__(self, plan: Plan, folder: str) -> None:
        self.plan = plan
        self.state = spool.open_state(folder)
        self.writer = spool.Writer(folder)
        self.measurer = Measurer(plan)
        self.screen = Screen()
        self.pathrows = pathrows.PathRows(self.measurer.book)
        self.measurer.keep += [self, self.screen]
        self.loop: Any = None
        self.sweep: Sweep | None = None
        self.started_tracing = False
        self.stage = "loading"
        self.over = False
        """Whether it was written how the run ended."""
        self.number = 0
        self.total = 0
        self.windows: list[int] = []
        self.extra_seconds = 0.0
        self.seconds_per_call = 0.0
        self.collected = self.collected_before = 0
        """Objects that the cyclic collector has freed so far, now and at the checkpoint before."""
        self.iterations = 0
        self.decided = 0
        """Checkpoints by path up to the end of the rounds that the verdict rests on."""

    def run(self) -> int:
        """Run everything; whatever happens, write how it ended. Return the exit status."""
        try:
            workload, control, teardown = self._load()
            try:
                self._measure_all(workload, control)
                self._compare_pace(workload)
            finally:
                if teardown is not None:
                    self.stage = "teardown"
                    self.state[spool.STEP] = spool.TEARDOWN
                    self._call_once(teardown)
        except target.TargetError as error:
            if self.plan.debug:
                self._print_traceback(error)
            series = self.state[spool.SERIES]
            swept = self.sweep is not None and self.sweep.made > 0
            if (
                self.total
                or swept
                or spool.WORKLOAD < series < spool.SWEEP
                or (series == spool.WORKLOAD and self.state[spool.DONE])
            ):
                # Too late to refuse: what was measured is kept.
                print("snapdiff:", error, file=sys.stderr)  # noqa: T201
                return self._ended_by(error)
            self.writer.write({"kind": "refused", "message": str(error)})
            return 2
        except BaseException as error:
            return self._ended_by(error)
        finally:
            self._stop_tracing()
        self.state[spool.PHASE], self.state[spool.STEP] = spool.ENDING, 0
        self.over = True
        self.writer.write({"kind": "end", "how": "as planned"})
        try:
            if self.loop is not None:
                calls.close_loop(self.loop)
        except Exception as error:
            self._print_traceback(error)
        return 0

    # -- loading ------------------------------------------------------------------------------------------

    def _load(self) -> tuple[calls.Calls, calls.Calls, Callable[[], Any] | None]:
        """Import the target, run its setup; return the calls of workload and control, and the teardown."""
        plan = self.plan
        self.state[spool.PHASE] = spool.LOADING
        place, attribute = target.split(plan.target)
        if attribute is None:
            if not target.is_file(place):
                raise target.TargetError(
                    f"{place} names no function. Write {place}:function, or path/to/script.py for a whole script."
                )
            if plan.sweep_sizes:
                raise target.TargetError(
                    "--sweep gives a size to a function; a script takes its arguments after `--`. "
                    "Name a function with a parameter for the size."
                )
            if plan.inputs is not None:
                raise target.TargetError("--inputs gives arguments to a function; a script gets them after `--`.")
            module = None
            function: Any = calls.script(place, plan.arguments)
        else:
            sys.argv[:] = [place, *plan.arguments]
            module = target.import_place(place)
        setup = target.helper(plan.setup, module, "--setup")
        teardown = target.helper(plan.teardown, module, "--teardown")
        give_inputs = target.helper(plan.inputs, module, "--inputs")
        self.stage = "setup"
        instance = self._call_setup(setup)
        self.stage = "loading"
        if attribute is not None and module is not None:
            function = self._function(module, attribute, instance)
        swept = plan.sweep_sizes
        called = bind(function, plan.target, plan.sweep_name, swept[0]) if swept else function
        found = target.check(called, plan.target, give_inputs is not None)
        inputs = calls.Inputs(give_inputs, plan.inputs or "") if give_inputs is not None else None
        self.writer.write({"kind": "loaded", **environment.describe(found, plan)})
        if found.is_coroutine:
            loop = self._event_loop()
            return (
                calls.CoroutineCalls(function, plan.target, self.state, inputs, loop),
                calls.CoroutineCalls(_nothing_async, plan.target, self.state, None, loop),
                teardown,
            )
        return (
            calls.Calls(function, plan.target, self.state, inputs),
            calls.Calls(_nothing, plan.target, self.state),
            teardown,
        )

    def _function(self, module: types.ModuleType, attribute: str, instance: Any) -> Any:
        if not target.needs_instance(module, attribute):
            return target.resolve(module, self.plan.target.rpartition(":")[0], attribute)
        owner_name, _, name = attribute.rpartition(".")
        owner = target.resolve(module, module.__name__, owner_name)
        if not isinstance(instance, owner):
            what = "none is named" if self.plan.setup is None else f"--setup returned a {type(instance).__name__}"
            raise target.TargetError(
                f"{attribute} is a method: --setup must name a function that returns the {owner_name} to call it on, "
                f"{what}."
            )
        return target.resolve(instance, owner_name, name)

    def _call_setup(self, setup: Callable[[], Any] | None) -> Any:
        if setup is None:
            return None
        try:
            return self._call_once(setup)
        except (KeyboardInterrupt, target.TargetError):
            raise
        except BaseException as error:
            raise target.TargetError(f"--setup {self.plan.setup} failed: {target.describe(error)}.") from error

    def _call_once(self, function: Callable[[], Any]) -> Any:
        result = function()
        if isinstance(result, types.CoroutineType):
            return self._event_loop().run_until_complete(result)
        return result

    def _event_loop(self) -> Any:
        if self.loop is None:
            self.loop = calls.new_loop()
        return self.loop

    # -- measuring ----------------------------------------------------------------------------------------

    def _measure_all(self, workload: calls.Calls, control: calls.Calls) -> None:
        self.stage = "measuring"
        if self.plan.sweep_sizes:
            self.measurer.owners.extend(workload.owners())
            self._rehearse(_REHEARSALS)
            self.sweep = Sweep(self.plan, self.state, self.writer, self.measurer)
            self.sweep.run(workload, control, self._trace_peaks)
            return
        self.measurer.owners.extend(workload.owners())
        self._run_control(control)
        self._run_series(spool.WORKLOAD, workload, self.plan.rounds)
        extra = self._run_extra(workload)
        self.decided = len(self.measurer.book.history)
        if self.plan.trace == AUTO and self.screen.worth_tracing and not _tracemalloc.is_tracing():
            self._run_traced(workload, control)
        self._look_back(workload, extra)

    def _run_control(self, control: calls.Calls) -> None:
        """Get everything ready that measuring needs, then go through the plan with empty calls."""
        if self.plan.trace == ROUNDS and not _tracemalloc.is_tracing():
            # A program that traces already keeps its own settings.
            self._start_tracing()
        if sys.version_info < (3, 11):
            control.run(_RUNS_UNTIL_CACHED, 0, math.inf)
        counters.collect()
        self.measurer.memory.before_rehearsal(self.measurer.untraced)
        self._rehearse(_REHEARSALS)
        self.measurer.memory.after_rehearsal(self.measurer.untraced)
        self._run_series(spool.CONTROL, control, self.plan.rounds)

    def _look_back(self, workload: calls.Calls, extra: int) -> None:
        """After the last checkpoint: see what comes back when it is asked for, then look for why it grew."""
        self.state[spool.PHASE] = spool.HOLDING
        self._step(spool.GIVING_BACK)
        self.writer.write({"kind": "given back", "steps": give_back(self.measurer.memory.allocators)})
        self._explain(workload, extra)
        self._step(0)

    def _compare_pace(self, workload: calls.Calls) -> None:
        """Measure what tracing costs, where every call was traced. All is recorded: an error is not the run's."""
        if self.plan.trace != ROUNDS or not self.started_tracing or self.sweep is not None:
            return
        self._stop_tracing()
        try:
            from .pace import compare

            found = compare(lambda: workload.run(1, 0, math.inf), self.seconds_per_call, self.total)
        except Exception:
            return
        if found is not None:
            self.writer.write({"kind": "pace", **found})

    def _step(self, step: int) -> None:
        self.state[spool.STEP] = step

    def _run_extra(self, workload: calls.Calls) -> int:
        """Go on while something grows and it is worth it; return the calls of the last extra round, 0 without one."""
        extra = at = 0
        # No loop over an iterator: it would be an object that is there at some checkpoints and not at others.
        while at < len(EXTRA_FACTORS) and self.screen.open:
            iterations = self.plan.rounds[-1] * EXTRA_FACTORS[at]
            if at and not self._worth_going_on(iterations):
                break
            if not at:
                # Cut short it may still confirm; a program that is given no more descriptors ends.
                iterations = max(1, int(min(iterations, self.screen.room())))
            at += 1
            extra = iterations
            self.number += 1
            if self._run_round(workload, iterations, extra=True) < iterations:
                break
        return extra

    def _run_traced(self, workload: calls.Calls, control: calls.Calls) -> None:
        """Run the plan again, traced from a baseline of its own: a plan is traced whole or not at all."""
        self.extra_seconds = 0.0
        self._start_tracing()
        self._rehearse(1)
        self._run_series(spool.TRACED_CONTROL, control, self.plan.rounds[-1:])
        self._run_series(spool.TRACED, workload, self.plan.rounds)
        if self.screen.worth_tracing:
            self.number += 1
            self._run_round(workload, self.plan.rounds[-1] * EXTRA_FACTORS[0], extra=True)

    def _worth_going_on(self, iterations: int) -> bool:
        """Say whether a further round fits in the time that is left."""
        if self.screen.dear or iterations > self.screen.room():
            return False
        needed = iterations * self.seconds_per_call
        return needed <= min(_LONGEST_FURTHER_ROUND, self.plan.max_time - self.extra_seconds)

    def _explain(self, workload: calls.Calls, extra: int) -> None:
        """Look for why it grew. The measurements are complete: a failure here costs only the answer."""
        try:
            with Newcomers() as late:
                from .births import Births
                from .explaining import Speed, explain

                births = Births()
            births.ours = late.ids
            speed = Speed(extra, self.decided, self.seconds_per_call, self._garbage_rate())
            frame = explain(self.measurer, self.screen, workload, speed, births, self._stop_tracing, self._step)
            if frame is not None:
                self.writer.write({"kind": "explained", **frame})
        except Exception as error:
            if self.plan.debug:
                self._print_traceback(error)
            self.writer.write({"kind": "note", "text": f"Looking for causes failed with {type(error).__name__}."})

    def _start_tracing(self) -> None:
        self.measurer.untraced = start_tracing(self.plan.trace_depth)
        self.started_tracing = self.measurer.memory.traces_are_ours = True

    def _trace_peaks(self) -> None:
        """Trace for the sake of the peaks alone: no line is asked for."""
        if not _tracemalloc.is_tracing():
            self.measurer.untraced = start_tracing(1)
            self.started_tracing = True

    def _stop_tracing(self) -> None:
        """Stop tracemalloc if it was us who started it."""
        if self.started_tracing and _tracemalloc.is_tracing():
            _tracemalloc.stop()

    def _rehearse(self, times: int) -> None:
        for at in range(times):
            for fields in (self.measurer.checkpoint(paths=True), self.measurer.subcheckpoint()):
                spool.encode({"kind": "checkpoint", "at": at, **fields})

    def _run_series(self, series: int, workload: calls.Calls, rounds: list[int]) -> None:
        state = self.state
        state[spool.SERIES] = series
        self.number = self.total = 0
        self.measurer.outside.reset()
        # The first checkpoint is the end of a round of no calls, so that all are reached by the same frames; and
        # no loop over an iterator, which would be an object that is there at some checkpoints and not at others.
        self._run_round(workload, 0, extra=False)
        while self.number < len(rounds):
            self.number += 1
            self._run_round(workload, rounds[self.number - 1], extra=False)

    def _run_round(self, workload: calls.Calls, iterations: int, extra: bool) -> int:
        """Run one round, with sub-checkpoints in the last planned and in extra ones; return the calls made."""
        state = self.state
        deadline = self._open_round(iterations, extra)
        parted = self.windows
        done = position = 0
        seconds = 0.0
        while position < len(parted):
            window = parted[position]
            position += 1
            self.measurer.memory.watch()
            state[spool.PHASE] = spool.CALLING
            self.measurer.outside.begin()
            started = time.perf_counter()
            made = workload.run(window, done, deadline)
            workload.settle()
            seconds += time.perf_counter() - started
            done += made
            self.total += made
            if made < window:
                break
            if position < len(parted):
                self._subcheckpoint(done, extra)
        self.extra_seconds += seconds if extra else 0.0
        self.seconds_per_call = seconds / max(1, done)
        self._checkpoint(done, extra, seconds, workload)
        return done

    def _open_round(self, iterations: int, extra: bool) -> float:
        """Say what round begins and divide it into windows; return when it must end, in monotonic seconds."""
        state, plan = self.state, self.plan
        state[spool.ROUND], state[spool.DONE], state[spool.PLANNED] = self.number, 0, iterations
        parts = 1
        if (extra or self.number == len(plan.rounds)) and state[spool.SERIES] <= spool.WORKLOAD:
            parts += plan.subcheckpoints
        self.windows = windows.uneven(iterations, parts) if extra else windows.even(iterations, parts)
        return time.monotonic() + plan.max_time - self.extra_seconds if extra else math.inf

    def _checkpoint(self, iterations: int, extra: bool, call_seconds: float, workload: calls.Calls) -> None:
        self.state[spool.PHASE] = spool.MEASURING
        self.state[spool.CHECKPOINT] += 1
        workload.settle()
        series = self.state[spool.SERIES]
        by_path = series in (spool.WORKLOAD, spool.TRACED)
        fields = self.measurer.checkpoint(paths=by_path)
        fields.update(self._position(iterations), kind="checkpoint", extra=extra, call_seconds=call_seconds)
        fields["first_extra"] = extra and self.number == len(self.plan.rounds) + 1
        # Some tens of thousands of paths are compared: traced that would take longer than the checkpoint.
        with self.measurer.untraced:
            if by_path:
                self.measurer.book.keep()
                if series == spool.WORKLOAD and (extra or self.number == len(self.plan.rounds)):
                    self.measurer.book.follow()
                fields["paths"] = self.pathrows.take()
            enough = max(LEAST_OBJECTS, iterations * RATE_WORTH_CONFIRMING)
            grew = by_path and pathrows.grew(self.measurer.book, enough, iterations)
            # Where lines are traced they say more.
            memory = self.plan.trace == AUTO and fields["traces"] is None
            self.screen.update(fields, iterations, grew, memory)
        self.collected_before, self.collected = self.collected, _collected(fields["generations"])
        self.iterations = iterations
        fields["survivors"] = self.screen.survivors
        self.writer.write(fields)
        for text in self.measurer.memory.probes.take_notes():
            self.writer.write({"kind": "note", "text": text})

    def _garbage_rate(self) -> float:
        """Return the objects per call that only the collector freed in the last round."""
        return (self.collected - self.collected_before) / max(1, self.iterations)

    def _subcheckpoint(self, iterations: int, extra: bool) -> None:
        self.state[spool.PHASE] = spool.MEASURING
        fields = self.measurer.subcheckpoint(paths=extra)
        if extra:
            with self.measurer.untraced:
                self.measurer.book.follow()
        self.screen.window(iterations, fields["outside"])
        fields.update(self._position(iterations), kind="subcheckpoint", extra=extra)
        self.writer.write(fields)

    def _position(self, iterations: int) -> dict[str, Any]:
        series = spool.ALL_SERIES[self.state[spool.SERIES]]
        return {"series": series, "number": self.number, "iterations": iterations, "total": self.total}

    # -- endings ------------------------------------------------------------------------------------------

    def _ended_by(self, error: BaseException) -> int:
        """Write how the program ended the run, and show an error; return the exit status the process should have."""
        status, how = self._write_end(error)
        if how == "raised" and not isinstance(error, target.TargetError):
            self._print_traceback(error)
        return status

    def _write_end(self, error: BaseException) -> tuple[int, str]:
        self.over = True
        status = 1
        frame: dict[str, Any] = {"kind": "end", "stage": self.stage, "place": target.innermost(error)}
        if isinstance(error, (KeyboardInterrupt, SupervisorGoneError)):
            frame["how"], status = "interrupted", 130
        elif isinstance(error, calls.ScriptExitError):
            frame["how"], frame["status"], status = "exited", error.status, error.status
        elif isinstance(error, SystemExit):
            code = error.code
            status = code if isinstance(code, int) else int(code is not None)
            frame["how"], frame["status"] = "exited", status
        else:
            # The message stays on the program's own terminal: it may hold its data.
            frame["how"], frame["type"] = "raised", type(error).__name__
        self.writer.write(frame)
        return status, frame["how"]

    def _print_traceback(self, error: BaseException) -> None:
        """Print an error of the program as Python would have, without our frames on top."""
        import traceback

        trace = below_ours(error.__traceback__)
        traceback.print_exception(type(error), error, trace)


def _collected(generations: list[dict[str, int]]) -> int:
    return sum(each["collected"] for each in generations)


def _nothing() -> None:
    """The control's workload."""


async def _nothing_async() -> None:
    """The control's workload for coroutine functions."""
