"""Rows: a workload that allocates and keeps nothing, run whole under nothing and under each tool."""

from __future__ import annotations

import compileall
import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import snapdiff
from snapdiff.agent.windows import even
from snapdiff.record.options import SUBCHECKPOINTS
from speed import commands
from speed.commands import Done
from speed.table import NOTHING, Row, Section, of_runs, size, times

PROGRAM = Path(__file__).resolve().parent / "programs" / "workload.py"
TRACE_MODES = ("off", "auto", "rounds")
_CHEAP = ("off", "auto")
FIRST_ROUNDS = (1, 10)
"""Calls of the rounds before the last one."""
_MOST_SHIFT = 4000
"""Objects of 512 bytes: two arenas of them."""
_GOLDEN = (5**0.5 - 1) / 2

_USAGE = 2
_REFUSED = "Invalid value for '--trace'"


@dataclass(frozen=True)
class Result:
    """One whole run: its calls, and all of it. `why` says what went wrong where `calls` is None."""

    calls: float | None
    """CPU seconds a call, of the calls of the planned rounds."""
    done: Done
    peak: int
    """Bytes of the largest process at its peak."""
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """What all runs have in common: calls of the last round, CPU seconds that one may take, a folder for files."""

    last_round: int
    limit: float
    folder: Path

    @property
    def calls(self) -> int:
        """How many there are in all."""
        return sum(FIRST_ROUNDS) + self.last_round

    @property
    def windows(self) -> list[int]:
        """After how many calls each a recording of them collects: its checkpoints and sub-checkpoints."""
        return [0, *FIRST_ROUNDS, *even(self.last_round, SUBCHECKPOINTS + 1)]


@dataclass
class Variant:
    """A way to run the workload, and its runs. Ratios are to the plain run of the same turn."""

    name: str
    title: str
    tool: str
    run: Callable[[int], Result] = field(repr=False)
    aim: str = ""
    cheap: bool = False
    """Whether it costs little, and is asked to differ little: it is run more often."""
    results: list[Result] = field(default_factory=list)
    why: str = ""
    """Why it is not run any more."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {"variant": self.name, "why": self.why, "results": [asdict(each) for each in self.results]}


def measure_all(
    peers: Sequence[str], peers_python: Path, folder: Path, *, runs: int, pairs: int, limit: float, last_round: int
) -> list[Variant]:
    """Run every variant in turn, so often, and those that cost little so many times in all.

    What drifts on the machine drifts for all; every other turn goes backwards, so that nothing is always the first. In
    each turn the program's objects lie elsewhere, for all alike: see the program.
    """
    # As an installation is, and a program that is not run for the first time.
    for code in (Path(snapdiff.__file__).parent, PROGRAM.parent):
        compileall.compile_dir(code, quiet=1)
    variants = _variants(peers, peers_python, Plan(last_round, limit, folder))
    for turn in range(max(runs, pairs)):
        wanted = [each for each in variants if not each.why and turn < (pairs if each.cheap else runs)]
        for variant in wanted if turn % 2 == 0 else reversed(wanted):
            result = variant.run(int(turn * _GOLDEN % 1 * _MOST_SHIFT))
            if result.calls is None:
                variant.why = said = result.why
            else:
                variant.results.append(result)
                said = f"{result.calls * 1000:.2f} ms a call, {result.done.wall:.1f} s"
            print(f"turn {turn + 1} {variant.name}: {said}", file=sys.stderr, flush=True)
    return variants


def _variants(peers: Sequence[str], peers_python: Path, plan: Plan) -> list[Variant]:
    def script(python: Path, *options: str) -> Callable[[int], Result]:
        return lambda shift: _script([str(python), *options], plan, shift)

    def collecting(python: Path) -> Callable[[int], Result]:
        return lambda shift: _script([str(python)], plan, shift, plan.windows)

    here = Path(sys.executable)
    capture = plan.folder / "memray.bin"
    memray = ("-m", "memray", "run", "--quiet", "--force", "--output", str(capture))
    ours = [
        Variant(
            f"snapdiff-{mode}", f"snapdiff record --trace {mode}", "snapdiff",
            lambda shift, mode=mode: _recorded(mode, plan, shift),  # type: ignore[misc]
            "calls ≤ 1.05 ×" if mode == "auto" else "", mode in _CHEAP,
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
        Variant("plain", "plain", "", script(here), cheap=True),
        Variant("collecting", "plain, with the collections of a recording", "", collecting(here), cheap=True),
        *ours,
        *(each for each in others if each.tool in peers),
    ]


def _script(python: Sequence[str], plan: Plan, shift: int, collections: Sequence[int] = ()) -> Result:
    """Run the workload as a script; with a collection after each of so many calls."""
    answer = plan.folder / "spent.json"
    answer.unlink(missing_ok=True)
    windows = map(str, collections or (plan.calls,))
    options = ["--collect"] if collections else []
    command = [*python, str(PROGRAM), str(answer), *options, *windows]
    done = commands.run(command, plan.folder, plan.limit, {"SNAPDIFF_BENCH_SHIFT": str(shift)})
    return _result(done, answer, plan.calls)


def _recorded(mode: str, plan: Plan, shift: int) -> Result:
    """Record the workload."""
    answer = plan.folder / "spent.json"
    answer.unlink(missing_ok=True)
    rounds = ",".join(map(str, (*FIRST_ROUNDS, plan.last_round)))
    done = commands.run(
        commands.snapdiff(
            "record", f"{PROGRAM}:call", "--trace", mode, "--rounds", rounds,
            "-o", plan.folder / f"workload-{mode}.snapdiff", "--force", "--quiet",
        ),
        plan.folder,
        plan.limit,
        {"SNAPDIFF_BENCH_SPENT": str(answer), "SNAPDIFF_BENCH_SHIFT": str(shift)},
    )  # fmt: skip
    if done.code == _USAGE and _REFUSED in done.errors:
        return Result(None, done, done.peak, "this snapdiff has no such mode")
    return _result(done, answer, plan.calls)


def _result(done: Done, answer: Path, calls: int) -> Result:
    """Read what the calls took, which the workload wrote itself."""
    if done.code or not answer.exists():
        return Result(None, done, done.peak, done.why)
    told = json.loads(answer.read_text(encoding="utf-8"))
    return Result(sum(told["calls"][:calls]) / calls, done, max(told["peak"] or 0, done.peak))


def section(variants: Sequence[Variant]) -> Section:
    """Make the rows of what was run."""
    plain = variants[0].results
    rows = tuple(Row(each.title, _cells(each, plain), each.aim) for each in variants)
    return Section(
        "A whole run of a workload that allocates: × the plain run",
        ("CPU time of the calls", "all of it", "largest process"),
        rows,
    )


def _cells(variant: Variant, plain: Sequence[Result]) -> tuple[str, ...]:
    # A variant stops at its first failure, so its runs are those of the first turns.
    turns = list(zip(variant.results, plain, strict=False))
    if not turns:
        return (f"{NOTHING} ({variant.why})",)
    if variant.results is plain:
        call = statistics.median(each.calls or 0.0 for each in plain)
        wall = statistics.median(each.done.wall for each in plain)
        return (of_runs(f"{call * 1000:.1f} ms each", len(plain)), f"{wall:.1f} s", size(_peak(plain)))
    calls = statistics.median((mine.calls or 0.0) / (its.calls or 1.0) for mine, its in turns)
    walls = statistics.median(mine.done.wall / its.done.wall for mine, its in turns)
    return (of_runs(times(calls), len(turns)), times(walls), size(_peak(variant.results)))


def _peak(results: Sequence[Result]) -> float:
    return statistics.median(each.peak for each in results)
