"""The runs of one workload in the order of time: since when it leaks, and how the rate of each cause went. Pure.

A run that ended early, or whose control grew, proves that something is there and never that it is not: where it did not
find a cause the rate is unknown, not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from snapdiff.analysis.model import SEVERITY, Verdict
from snapdiff.analysis.past import LEAKS, Note, PastFinding, PastRun, day

#: Causes whose rate is followed. What happens once, or fills up, has none.
FOLLOWED = (*LEAKS, Verdict.INCONCLUSIVE, Verdict.CYCLE)
_COMMIT = 10


class State(StrEnum):
    """What the latest runs say of a cause."""

    THERE = "there"
    """The latest run has it."""
    GONE = "gone"
    """The latest run that can tell does not have it."""
    ACCEPTED = "accepted"
    """A suppression took it out of the latest run's verdict."""
    UNKNOWN = "unknown"
    """No run after the last one that has it can tell."""


@dataclass(frozen=True)
class Course:
    """A cause over the runs."""

    finding: PastFinding
    """As the last run that has it says it."""
    state: State
    rates: tuple[float | None, ...]
    """What a call left, in the finding's unit, for each of the runs; None where a run cannot tell."""
    first: int
    last: int
    """The runs, counted from 0, that have it first and last."""
    times: int
    """How many runs have it."""
    notes: tuple[Note, ...]
    """The latest one last."""


@dataclass(frozen=True)
class Trend:
    """All that a trend page says."""

    target: str
    sentence: str
    verdict: Verdict
    """That of the latest run."""
    runs: tuple[PastRun, ...]
    """The oldest first."""
    courses: tuple[Course, ...]
    """Those that are there first, by verdict, then those that were last seen latest."""
    turns: tuple[int, ...]
    """Runs, counted from 0, that leak where the last one before that can tell did not, or the other way round."""
    older: int
    """Runs from before that were left out."""
    filters: tuple[str, ...] = ()
    """In words, which runs were asked for: `branch main`."""


@dataclass(frozen=True)
class Workload:
    """A target that there are runs of."""

    target: str
    runs: int
    latest: PastRun


def trend(runs: Iterable[PastRun], notes: Sequence[Note], limit: int, filters: tuple[str, ...] = ()) -> Trend:
    """Return the trend of some runs of one target, of the latest `limit` of them. Raises ValueError without any."""
    ordered = in_time(runs)
    if not ordered:
        raise ValueError("a trend needs a run")
    shown = ordered[-limit:]
    turns = _turns(shown)
    return Trend(
        target=shown[-1].target,
        sentence=_sentence(shown, turns),
        verdict=shown[-1].verdict,
        runs=shown,
        courses=_courses(shown, notes),
        turns=turns,
        older=len(ordered) - len(shown),
        filters=filters,
    )


def in_time(runs: Iterable[PastRun]) -> tuple[PastRun, ...]:
    """Return runs in the order in which they were made."""
    return tuple(sorted(runs, key=lambda run: (run.started, run.added, run.id)))


def workloads(runs: Iterable[PastRun]) -> tuple[Workload, ...]:
    """Return the targets of some runs, by name."""
    found: dict[str, list[PastRun]] = {}
    for run in in_time(runs):
        found.setdefault(run.target, []).append(run)
    return tuple(Workload(target, len(of_it), of_it[-1]) for target, of_it in sorted(found.items()))


def notes_on(fingerprint: str, notes: Iterable[Note]) -> tuple[Note, ...]:
    """Return what was written down about a cause, the latest last."""
    return tuple(sorted((note for note in notes if note.fingerprint == fingerprint), key=lambda note: note.at))


def _name_of(run: PastRun, *, timed: bool = False) -> str:
    """Name a run in a sentence: `the run of 3 November 2026 (commit 0123456789)`."""
    commit = run.origin.commit
    time = f", {run.started[11:16]} UTC" if timed else ""
    changed = ", with changes" if run.origin.changed else ""
    return f"the run of {day(run.started)}{time}" + (f" (commit {commit[:_COMMIT]}{changed})" if commit else "")


def _turns(runs: Sequence[PastRun]) -> tuple[int, ...]:
    turns = []
    before: bool | None = None
    for at, run in enumerate(runs):
        if run.tells:
            leaks = run.verdict in LEAKS
            if before is not None and leaks is not before:
                turns.append(at)
            before = leaks
    return tuple(turns)


def _sentence(runs: Sequence[PastRun], turns: Sequence[int]) -> str:
    telling = [at for at, run in enumerate(runs) if run.tells]
    if not telling:
        return f"No run can tell: all {len(runs)} are inconclusive or incomplete." if len(runs) > 1 else (
            "The only run is inconclusive or incomplete."
        )  # fmt: skip
    last = runs[telling[-1]]
    leaks = last.verdict in LEAKS
    if turns:
        before = max(at for at in telling if at < turns[-1])
        begun, last_before = runs[turns[-1]], runs[before]
        timed = day(begun.started) == day(last_before.started)
        names = [_name_of(run, timed=timed) for run in (begun, last_before)]
        did = "did not leak" if leaks else "leaked"
        said = f"{'Leaks' if leaks else 'Does not leak'} since {names[0]}; {names[1]} {did}."
    elif len(telling) == 1:
        said = f"{'Leaks' if leaks else 'Does not leak'} in {_name_of(last)}, the only one that can tell."
    else:
        said = f"{'Leaks' if leaks else 'Does not leak'} in all {len(telling)} runs{_that_tell(telling, runs)}."
    if telling[-1] < len(runs) - 1:
        later = len(runs) - 1 - telling[-1]
        said += f" {'The latest run' if later == 1 else f'The latest {later} runs'} cannot tell."
    return said


def _that_tell(telling: Sequence[int], runs: Sequence[PastRun]) -> str:
    return "" if len(telling) == len(runs) else " that can tell"


def _courses(runs: Sequence[PastRun], notes: Sequence[Note]) -> tuple[Course, ...]:
    known: dict[str, PastFinding] = {}
    for run in runs:
        known |= {finding.fingerprint: finding for finding in run.findings if finding.verdict in FOLLOWED}
    courses = [_course(runs, finding, notes) for finding in known.values()]
    return tuple(sorted(courses, key=_order))


def _course(runs: Sequence[PastRun], finding: PastFinding, notes: Sequence[Note]) -> Course:
    rates: list[float | None] = []
    seen = []
    state = State.UNKNOWN
    for at, run in enumerate(runs):
        found = next((each for each in run.findings if each.fingerprint == finding.fingerprint), None)
        if found is not None and found.verdict in FOLLOWED:
            # A rate in another unit is another curve.
            rates.append(found.rate if found.unit == finding.unit else None)
            seen.append(at)
            state = State.THERE
        elif finding.fingerprint in run.suppressed:
            rates.append(None)
            state = State.ACCEPTED
        elif run.tells_absence:
            rates.append(0.0)
            state = State.GONE
        else:
            rates.append(None)
            state = State.UNKNOWN if state is State.THERE else state
    return Course(finding, state, tuple(rates), seen[0], seen[-1], len(seen), notes_on(finding.fingerprint, notes))


def _order(course: Course) -> tuple[bool, int, int, float, str]:
    finding = course.finding
    there = course.state in (State.THERE, State.UNKNOWN)
    return not there, SEVERITY.index(finding.verdict), -course.last, -finding.bytes_per_call, finding.fingerprint
