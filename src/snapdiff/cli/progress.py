"""How a recording goes on, on standard error: a status line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from snapdiff.record import Progress

#: What a status line says in each of the spool's phases; while calling, the numbers say it.
_PHASES = ("starting", "loading", "", "checkpoint", "looking for holders", "ending")
#: What is said in each of the spool's steps, which come when the rounds are over, and the slot that tells the step.
_STEPS = (
    "",
    "asking for memory back",
    "looking for what holds it",
    "calling, traced deeper, to see who asked for it",
    "calling to see at which line it grows",
    "running the teardown",
    "writing the recording",
)
_STEP = 6
#: Seconds after which a log says in which step it is: one that hangs would say nothing.
_LONG = 30.0
#: Times that tracing must have slowed the calls to be worth a hint: noise of a busy machine is less.
_SLOWED = 3.0
#: What stands before "round" in each of the spool's series.
_KINDS = ("control ", "", "traced control ", "traced ", "")


#: The series of the spool whose round is a size.
_SWEEP = 4


class _Nothing:
    def tick(self, state: list[int], rss: int) -> None:
        """Ignore."""

    def checkpoint(self, frame: dict[str, Any], rss: int) -> None:
        """Ignore."""


class _Lines:
    """One line a checkpoint, for logs, and one for a step that takes long."""

    def __init__(self) -> None:
        self._step = ""
        self._since = 0.0
        self._told = True

    def tick(self, state: list[int], rss: int) -> None:
        """Say what is being done since a while."""
        step, now = _step(state), time.monotonic()
        if step != self._step:
            self._step, self._since, self._told = step, now, not step
        if not self._told and now - self._since > _LONG:
            self._told = True
            click.echo(f"snapdiff: {step}", err=True)

    def checkpoint(self, frame: dict[str, Any], rss: int) -> None:
        """Say what a round left, or what the first call of a size took."""
        if frame["kind"] == "sweep" and (frame["repeat"] or not frame["size"]):
            return
        click.echo("snapdiff: " + describe(frame, rss), err=True)


class _Status:
    """A status line that is redrawn, and a line for each finished round."""

    def __init__(self, status: Any, console: Any) -> None:
        self._status = status
        self._console = console
        self._text = ""
        self._survivors = 0

    def tick(self, state: list[int], rss: int) -> None:
        """Redraw the status line."""
        phase, series, number, done, planned, _ = state[:6]
        text = _PHASES[phase] if 0 <= phase < len(_PHASES) else ""
        if step := _step(state):
            text = f"after the rounds: {step}"
        elif series == _SWEEP:
            text = f"size {number:,}, call {done + 1:,} of {planned:,} {text}".rstrip()
        elif number or series:
            kind = _KINDS[series] if 0 <= series < len(_KINDS) else ""
            text = f"{kind}round {number}, call {done:,} of {planned:,} {text}".rstrip()
            text += f", {self._survivors:+,} objects so far"
        if rss:
            text += f", {rss / 1e6:,.0f} MB resident"
        if text != self._text:
            self._text = text
            self._status.update(text)

    def checkpoint(self, frame: dict[str, Any], rss: int) -> None:
        """Leave a line for the round behind."""
        if frame["kind"] == "sweep":
            self._console.print(describe(frame, rss), highlight=False, markup=False)
            return
        self._survivors = self._survivors + frame["survivors"] if frame["number"] else 0
        if frame["number"]:
            self._console.print(describe(frame, rss), highlight=False, markup=False)


def _step(state: list[int]) -> str:
    step = state[_STEP]
    return _STEPS[step] if 0 <= step < len(_STEPS) else ""


def describe(frame: dict[str, Any], rss: int) -> str:
    """Return one line about a finished round, or a call of a sweep."""
    if frame["kind"] == "sweep":
        return _swept(frame)
    if not frame["number"]:
        return f"{frame['series']}: starts with {frame['objects']:,} objects, {rss / 1e6:,.0f} MB resident"
    series = frame["series"]
    kind = "round" if series == "workload" else f"{series} round"
    if frame["extra"]:
        kind = "confirming round" if frame["first_extra"] else "further round"
        kind = f"traced {kind}" if series == "traced" else kind
    return (
        f"{kind} {frame['number']}: {frame['iterations']:,} call{'' if frame['iterations'] == 1 else 's'} left "
        f"{frame['survivors']:+,} objects, "
        f"{rss / 1e6:,.0f} MB resident"
    )


def _swept(frame: dict[str, Any]) -> str:
    name = f"size {frame['size']:,}" if frame["size"] else "control"
    peak, known = (
        (frame["peak_traced"], "traced") if frame["peak_traced"] is not None else (frame["peak_rss"], "resident")
    )
    text = f"{frame['part']}: {name}, {frame['seconds']:.3g} s"
    return text if peak is None else f"{text}, {known} at most {peak / 1e6:,.1f} MB"


def hint_about(traced: float, untraced: float) -> str | None:
    """Return what to say when tracing slowed the calls, by seconds per call; None where it did not slow them much."""
    if traced < _SLOWED * untraced:
        return None
    return (
        f"Traced, a call took {traced:.2g} s, untraced {untraced:.2g} s. "
        "With --trace auto the rounds run untraced, and are traced only when something grows."
    )


@contextmanager
def make(quiet: bool) -> Iterator[Progress]:
    """Yield the progress that fits where standard error goes."""
    if quiet:
        yield _Nothing()
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        from rich.console import Console

        console = Console(stderr=True)
        with console.status("starting") as status:
            yield _Status(status, console)
