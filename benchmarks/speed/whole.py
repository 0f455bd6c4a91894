"""Rows: a workload that allocates and keeps nothing, run whole under nothing and under each tool."""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

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


@dataclass
class Variant:
    """A way to run the workload, and its runs. Ratios are to the plain run of the same turn."""

    name: str
    title: str
    tool: str
    run: Callable[[], Result] = field(repr=False)
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

    What drifts on the machine drifts for all; every other turn goes backwards, so that nothing is always the first.
    """
    variants = _variants(peers, peers_python, folder, limit, last_round)
    for turn in range(max(runs, pairs)):
        wanted = [each for each in variants if not each.why and turn < (pairs if each.cheap else runs)]
        for variant in wanted if turn % 2 == 0 else reversed(wanted):
            result = variant.run()
            if result.calls is None:
                variant.why = said = result.why
            else:
                variant.results.append(result)
                said = f"{result.calls * 1000:.2f} ms a call, {result.done.wall:.1f} s"
            print(f"turn {turn + 1} {variant.name}: {said}", file=sys.stderr, flush=True)
    return variants


def _variants(peers: Sequence[str], peers_python: Path, folder: Path, limit: float, last_round: int) -> list[Variant]:
    calls = sum(FIRST_ROUNDS) + last_round

    def script(python: Path, *options: str) -> Callable[[], Result]:
        return lambda: _script([str(python), *options], calls, limit, folder)

    def collecting(python: Path) -> Callable[[], Result]:
        return lambda: _script([str(python)], calls, limit, folder, _windows(last_round))

    here = Path(sys.executable)
    capture = folder / "memray.bin"
    memray = ("-m", "memray", "run", "--quiet", "--force", "--output", str(capture))
    ours = [
        Variant(
            f"snapdiff-{mode}", f"snapdiff record --trace {mode}", "snapdiff",
            lambda mode=mode: _recorded(mode, last_round, limit, folder),  # type: ignore[misc]
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


def _windows(last_round: int) -> list[int]:
    """Return after how many calls each a recording of them collects: its checkpoints and sub-checkpoints."""
    return [0, *FIRST_ROUNDS, *even(last_round, SUBCHECKPOINTS + 1)]


def _script(python: Sequence[str], calls: int, limit: float, folder: Path, collections: Sequence[int] = ()) -> Result:
    """Run the workload as a script; with a collection after each of so many calls."""
    answer = folder / "spent.json"
    answer.unlink(missing_ok=True)
    windows = map(str, collections or (calls,))
    options = ["--collect"] if collections else []
    done = commands.run([*python, str(PROGRAM), str(answer), *options, *windows], folder, limit)
    return _result(done, answer, calls)


def _recorded(mode: str, last_round: int, limit: float, folder: Path) -> Result:
    """Record the workload."""
    answer = folder / "spent.json"
    answer.unlink(missing_ok=True)
    planned = (*FIRST_ROUNDS, last_round)
    done = commands.run(
        commands.snapdiff(
            "record", f"{PROGRAM}:call", "--trace", mode, "--rounds", ",".join(map(str, planned)),
            "-o", folder / f"workload-{mode}.snapdiff", "--force", "--quiet",
        ),
        folder,
        limit,
        {"SNAPDIFF_BENCH_SPENT": str(answer)},
    )  # fmt: skip
    if done.code == _USAGE and _REFUSED in done.errors:
        return Result(None, done, done.peak, "this snapdiff has no such mode")
    return _result(done, answer, sum(planned))


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
