"""What works in this environment: found out by recording a program of four lines, not by looking at versions."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from snapdiff import api
from snapdiff.analysis.model import Analysis, Verdict

#: Keeps an object a call: a recording that does not call this a leak is worth nothing.
_PROGRAM: Final = "kept = []\n\n\ndef work():\n    kept.append(object())\n"
_PLAN: Final = (1, 10, 20)
#: Seconds for the program above, on a machine that is very busy.
_PATIENCE: Final = 120.0


class State(StrEnum):
    """What a check found."""

    WORKS = "works"
    LACKING = "lacking"
    """Snapdiff does without it, slower or with less to say."""
    BROKEN = "broken"
    """Without it there is no result."""


@dataclass(frozen=True)
class Check:
    """One thing that was tried; `advice` is what to do, empty where nothing is to be done."""

    name: str
    state: State
    found: str
    advice: str = ""


def examine(python: str) -> Iterator[Check]:
    """Yield what works with the targets of an interpreter, one check after the other, as each is known."""
    yield Check(
        "snapdiff",
        State.WORKS,
        f"{version('snapdiff-leaks')} on Python {platform.python_version()}, {platform.system()} {platform.machine()}",
    )
    with tempfile.TemporaryDirectory(prefix="snapdiff-doctor-") as folder:
        recording, refused = _record(python, Path(folder))
        if recording is None:
            yield Check("recording", State.BROKEN, refused, "Give a Python of 3.9 or newer that runs: --python PATH.")
            return
        report = api.analyze(recording)
        yield from _recorded(report.analysis, python)
        yield from _page(report)
        yield _history(recording, Path(folder))
    yield Check("browser", State.WORKS, "none is needed: a page is one file that opens in any")


def _record(python: str, folder: Path) -> tuple[Path | None, str]:
    """Record the program in an interpreter; return the recording, or why there is none."""
    from snapdiff.record import Options, OptionsError, record

    program = folder / "snapdiff_doctor_program.py"
    program.write_text(_PROGRAM, encoding="utf-8")
    options = Options(
        target=f"{program}:work",
        output=folder / "doctor.snapdiff",
        rounds=_PLAN,
        python=shutil.which(python) or python,
        timeout=_PATIENCE,
    )
    try:
        outcome = record(options, _Quiet())
    except (OptionsError, OSError) as error:
        return None, str(error)
    return outcome.path, outcome.refused or "The program could not be recorded."


class _Quiet:
    """A progress that nobody watches."""

    def tick(self, state: list[int], rss: int) -> None:
        """Ignore."""

    def checkpoint(self, frame: dict[str, Any], rss: int) -> None:
        """Ignore."""


def _recorded(analysis: Analysis, python: str) -> Iterator[Check]:
    """Yield what the recording says of the interpreter that it was made in."""
    environment = dict(analysis.environment)
    yield Check("target", State.WORKS, f"Python {environment.get('python', '?')} at {python}")
    right = analysis.complete and analysis.verdict is Verdict.LEAK and analysis.control.objects == 0
    if right:
        yield Check("recording", State.WORKS, "a program that leaks is called a leak, and an empty one is not")
    else:
        yield Check(
            "recording",
            State.BROKEN,
            f"a program that leaks is called {analysis.verdict}: {analysis.sentence}",
            "Please report this, with the output of `snapdiff doctor`.",
        )
    yield _snapshots(analysis)
    finding = analysis.findings[0] if analysis.findings else None
    depth = analysis.method.trace_depth
    if finding is not None and finding.born_at:
        yield Check("lines", State.WORKS, f"tracemalloc, {depth} frames deep, names the line of birth")
    else:
        yield Check(
            "lines", State.LACKING, "the line of birth was not found", "Report this, if nothing else traces there."
        )
    drawn = finding.graph.drawn_by if finding is not None and finding.graph is not None else ""
    if drawn.startswith("objgraph"):
        yield Check("objgraph", State.WORKS, f"{drawn} draws what refers to a survivor")
    else:
        yield Check(
            "objgraph",
            State.LACKING,
            "not in the target's environment: the picture of the path stands alone",
            f"{python} -m pip install objgraph",
        )


def _snapshots(analysis: Analysis) -> Check:
    ways = analysis.method.ways
    if ways == ("child",):
        pause = analysis.method.longest_pause_seconds
        return Check(
            "snapshots", State.WORKS, f"in a child process, by the native walker (paused {pause * 1000:.1f} ms)"
        )
    found = f"{' and '.join(ways)}. {' '.join(analysis.notes)}".strip()
    if sys.platform == "linux":
        advice = (
            "Install snapdiff with a wheel for this Python, or with a compiler at hand; "
            "targets of another version than snapdiff's own are always walked in Python"
        )
    else:
        advice = "Child snapshots are for Linux; nothing to install here"
    return Check("snapshots", State.LACKING, found, advice)


def _page(report: api.Report) -> Iterator[Check]:
    """Yield whether a page comes out, and whether graphs are drawn in it."""
    page = report.render("html")
    yield Check("page", State.WORKS, f"rendered, {len(page) / 1000:,.0f} kB")
    if "Path to what grows" in page:
        by = "pygraphviz" if importlib.util.find_spec("pygraphviz") else "`dot` on PATH"
        yield Check("graphs", State.WORKS, f"drawn; {by} is there")
    else:
        yield Check(
            "graphs",
            State.LACKING,
            "neither pygraphviz nor `dot` draws: chains are text only",
            "pip install pygraphviz, or install Graphviz",
        )


def _history(recording: Path, folder: Path) -> Check:
    """Try the history with the recording that was just made."""
    from snapdiff.history import HistoryError

    try:
        history = api.History(folder / "history")
        run, _ = history.add(recording)
        found = history.trend(run.target, 1)
    except HistoryError as error:
        missing = importlib.util.find_spec("lancedb") is None
        advice = "pip install 'snapdiff-leaks[history]'" if missing else "Please report this."
        return Check("history", State.LACKING, "LanceDB is not installed" if missing else str(error), advice)
    told = found is not None and found.trend.runs[0].id == run.id
    return Check("history", State.WORKS if told else State.LACKING, f"LanceDB {version('lancedb')} remembers a run")
