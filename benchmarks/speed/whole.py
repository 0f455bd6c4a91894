"""Rows: a workload that allocates and keeps nothing, run whole under nothing and under each tool."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from speed import commands, rounds
from speed.commands import Done
from speed.table import NOTHING, Row, Section, of_runs, size, times

PROGRAM = Path(__file__).resolve().parent / "programs" / "workload.py"
TRACE_MODES = ("off", "auto", "rounds")
FIRST_ROUNDS = (1, 10)
"""Calls of the rounds before the last one."""

_USAGE = 2
_REFUSED = "Invalid value for '--trace'"


@dataclass(frozen=True)
class Result:
    """One whole run: seconds a call, and all of it. `why` says what went wrong where `call` is None."""

    call: float | None
    done: Done
    peak: int
    """Bytes of the largest process at its peak."""
    why: str = ""


@dataclass
class Variant:
    """A way to run the workload, and its runs. Ratios are to the plain run of the same turn."""

    name: str
    title: str
    tool: str
    run: Callable[[], Result] = field(repr=False)
    aim: str = ""
    results: list[Result] = field(default_factory=list)
    why: str = ""
    """Why it is not run any more."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {"variant": self.name, "why": self.why, "results": [asdict(each) for each in self.results]}


def measure_all(
    peers: Sequence[str], peers_python: Path, folder: Path, *, runs: int, limit: float, last_round: int
) -> list[Variant]:
    """Run every variant in turn, so often; what drifts on the machine drifts for all."""
    variants = _variants(peers, peers_python, folder, limit, last_round)
    for turn in range(runs):
        for variant in variants:
            if variant.why:
                continue
            result = variant.run()
            if result.call is None:
                variant.why = result.why
            else:
                variant.results.append(result)
            said = (
                result.why or f"{result.call * 1000:.2f} ms a call, {result.done.wall:.1f} s"
                if result.call
                else result.why
            )
            print(f"turn {turn + 1} {variant.name}: {said}", file=sys.stderr, flush=True)
    return variants


def _variants(peers: Sequence[str], peers_python: Path, folder: Path, limit: float, last_round: int) -> list[Variant]:
    calls = sum(FIRST_ROUNDS) + last_round

    def script(python: Path, *options: str) -> Callable[[], Result]:
        return lambda: _script([str(python), *options], calls, limit, folder)

    here = Path(sys.executable)
    capture = folder / "memray.bin"
    memray = ("-m", "memray", "run", "--quiet", "--force", "--output", str(capture))
    ours = [
        Variant(
            f"snapdiff-{mode}", f"snapdiff record --trace {mode}", "snapdiff",
            lambda mode=mode: _recorded(mode, last_round, limit, folder),  # type: ignore[misc]
            "calls ≤ 1.05 ×" if mode == "auto" else "",
        )
        for mode in TRACE_MODES
    ]  # fmt: skip
    others = [
        Variant("tracemalloc-1", "tracemalloc, 1 frame", "tracemalloc", script(here, "-X", "tracemalloc=1")),
        Variant("tracemalloc-25", "tracemalloc, 25 frames", "tracemalloc", script(here, "-X", "tracemalloc=25")),
        Variant("memray", "memray run", "memray", script(peers_python, *memray)),
        Variant(
            "memray-python", "memray run --trace-python-allocators", "memray",
            script(peers_python, *memray, "--trace-python-allocators"),
        ),
    ]  # fmt: skip
    return [
        Variant("plain", "plain", "", script(here)),
        *ours,
        *(each for each in others if each.tool in peers),
    ]


def _script(python: Sequence[str], calls: int, limit: float, folder: Path) -> Result:
    """Run the workload as a script, which says itself what its calls took."""
    answer = folder / "seconds.json"
    answer.unlink(missing_ok=True)
    done = commands.run([*python, str(PROGRAM), str(calls), str(answer)], folder, limit)
    if not answer.exists():
        return Result(None, done, done.peak, done.why)
    seconds, peak = json.loads(answer.read_text(encoding="utf-8"))
    return Result(seconds / calls, done, peak or done.peak)


def _recorded(mode: str, last_round: int, limit: float, folder: Path) -> Result:
    """Record the workload; the recording says what the calls of all its rounds took."""
    recording = folder / f"workload-{mode}.snapdiff"
    planned = ",".join(map(str, (*FIRST_ROUNDS, last_round)))
    done = commands.run(
        commands.snapdiff(
            "record", f"{PROGRAM}:call", "--trace", mode, "--rounds", planned, "-o", recording, "--force", "--quiet"
        ),
        folder,
        limit,
    )
    if done.code:
        refused = done.code == _USAGE and _REFUSED in done.errors
        return Result(None, done, done.peak, "this snapdiff has no such mode" if refused else done.why)
    return Result(_seconds_a_call(recording), done, done.peak)


def _seconds_a_call(recording: Path) -> float:
    calls, seconds = zip(*rounds.read(recording), strict=True)
    return float(sum(seconds) / sum(calls))


def section(variants: Sequence[Variant], runs: int) -> Section:
    """Make the rows of what was run."""
    plain = variants[0].results
    rows = tuple(Row(each.title, _cells(each, plain, runs), each.aim) for each in variants)
    return Section(
        "A whole run of a workload that allocates: × the plain run", ("calls", "all of it", "largest process"), rows
    )


def _cells(variant: Variant, plain: Sequence[Result], runs: int) -> tuple[str, ...]:
    # A variant stops at its first failure, so its runs are those of the first turns.
    turns = list(zip(variant.results, plain, strict=False))
    if not turns:
        return (f"{NOTHING} ({variant.why})",)
    if variant.results is plain:
        call = statistics.median(each.call or 0.0 for each in plain)
        wall = statistics.median(each.done.wall for each in plain)
        return (f"{call * 1000:.1f} ms each", f"{wall:.1f} s", size(_peak(plain)))
    calls = statistics.median((mine.call or 0.0) / (its.call or 1.0) for mine, its in turns)
    walls = statistics.median(mine.done.wall / its.done.wall for mine, its in turns)
    return (of_runs(times(calls), len(turns), runs), times(walls), size(_peak(variant.results)))


def _peak(results: Sequence[Result]) -> float:
    return statistics.median(each.peak for each in results)
