"""Fix and verify: what was fixed, what is new and what changed its rate between two sides of runs. Pure.

A cause is recognised by its fingerprint, or where that changed by two of its container, type and line. It is new only
if every run after has it and none before, and fixed only the other way round: a run that ended early, or whose control
grew, proves that something is there, and never that it is not. Sides that did not call the same are not compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from snapdiff.analysis import compare_sentences as say
from snapdiff.analysis import limits
from snapdiff.analysis.caveats import caveats
from snapdiff.analysis.comparable import why_not
from snapdiff.analysis.compare_rows import line_changes, line_growth, type_changes, type_growth
from snapdiff.analysis.comparison import (
    WEIGHING,
    Change,
    Comparison,
    Growth,
    Match,
    Outcome,
    Side,
    Status,
    proves_absence,
)
from snapdiff.analysis.likeness import Key, pair_up
from snapdiff.analysis.model import Analysis, Finding, Verdict
from snapdiff.analysis.rate_change import Found, rate_change, rounds_of
from snapdiff.analysis.sentences import gained_per_call

_LEAKS = (Verdict.LEAK, Verdict.SLOW_LEAK)


class _Seen(Enum):
    """What the runs of a side say of one cause."""

    ALWAYS = 1
    NEVER = 2
    SOMETIMES = 3
    UNKNOWN = 4


@dataclass(frozen=True)
class _Half:
    """A cause on one side: the finding of each run, None in a run that has none."""

    word: str
    side: Side
    findings: Sequence[Finding | None]

    @property
    def found(self) -> list[Found]:
        """The findings that there are, each with its run."""
        return [(run, one) for run, one in zip(self.side.runs, self.findings, strict=True) if one is not None]


def compare(
    before: Sequence[Analysis],
    after: Sequence[Analysis],
    before_names: Sequence[str] = (),
    after_names: Sequence[str] = (),
) -> Comparison:
    """Compare the runs of two sides. Raises ValueError where a side has no run."""
    if not before or not after:
        raise ValueError("a comparison needs a run on each side")
    old = Side(_names(before, before_names, "before"), tuple(before))
    new = Side(_names(after, after_names, "after"), tuple(after))
    if void := why_not(old, new):
        return Comparison(
            outcome=Outcome.INCONCLUSIVE, sentence=f"Cannot be told: {void}", before=old, after=new, changes=(),
            cycles=(), types=(), lines=(), caveats=caveats(old, new), void=void,
        )  # fmt: skip
    changes: list[Change] = []
    cycles: list[Change] = []
    for before_it, after_it, match, alike in pair_up(_found(old.runs), _found(new.runs)):
        halves = (
            _Half("before", old, before_it or [None] * len(old.runs)),
            _Half("after", new, after_it or [None] * len(new.runs)),
        )
        change = _change(*halves, match, alike)
        if change is not None:
            (changes if _weighs(change) else cycles).append(change)
    changes.sort(key=_order)
    cycles.sort(key=_order)
    outcome = _outcome(changes, old, new)
    return Comparison(
        outcome=outcome,
        sentence=say.run_sentence(outcome, changes, old, new, [not _can_tell(side) for side in (old, new)]),
        before=old,
        after=new,
        changes=tuple(changes),
        cycles=tuple(cycles),
        types=type_changes(old, new),
        lines=line_changes(old, new),
        caveats=caveats(old, new),
    )


def _names(runs: Sequence[Analysis], names: Sequence[str], word: str) -> tuple[str, ...]:
    return tuple(names) or tuple(f"{word} {number}" for number in range(1, len(runs) + 1))


def _found(runs: Sequence[Analysis]) -> dict[Key, list[Finding | None]]:
    """Return the findings of each run by key: the fingerprint, and which of several with the same one."""
    found: dict[Key, list[Finding | None]] = {}
    for at, run in enumerate(runs):
        times: dict[str, int] = {}
        for finding in run.findings:
            if finding.verdict is Verdict.ONE_TIME:
                continue
            number = times[finding.fingerprint] = times.get(finding.fingerprint, -1) + 1
            found.setdefault((finding.fingerprint, number), [None] * len(runs))[at] = finding
    return found


def _change(old: _Half, new: _Half, match: Match, alike: tuple[str, ...]) -> Change | None:
    """Return what became of one cause; None where it is neither a leak nor cyclic garbage on any side."""
    every = [finding for _, finding in (*old.found, *new.found)]
    wanted: tuple[Verdict, ...] = _LEAKS
    if not any(finding.verdict in WEIGHING for finding in every):
        wanted = (Verdict.CYCLE,)
        if not any(finding.verdict is Verdict.CYCLE for finding in every):
            return None
    names = {finding.fingerprint for finding in every}
    status, reason = _judge(old, new, wanted, names)
    first, last = _middle(old), _middle(new)
    change = Change(
        status=status, matched_by=match, alike=alike, before=first, after=last, before_rates=_rates(old),
        after_rates=_rates(new), before_growth=_growth(old, first, last), after_growth=_growth(new, last, first),
        reason=reason, sentence="",
    )  # fmt: skip
    return replace(change, sentence=say.change_sentence(change))


def _judge(old: _Half, new: _Half, wanted: Sequence[Verdict], names: set[str]) -> tuple[Status, str]:
    then, there = _seen(old, new, wanted, names), _seen(new, old, wanted, names)
    match then, there:
        case _Seen.NEVER, _Seen.ALWAYS:
            return Status.NEW, f"in {_all(new.side)} after, {_none(old.side)} before"
        case _Seen.ALWAYS, _Seen.NEVER:
            return Status.FIXED, f"in {_all(old.side)} before, {_none(new.side)} after"
        case _Seen.ALWAYS, _Seen.ALWAYS:
            return rate_change(old.found, new.found)
    told = [
        say.doubt(half.word, half.side, half.findings, wanted)
        for half, seen in ((old, then), (new, there))
        if seen in (_Seen.SOMETIMES, _Seen.UNKNOWN)
    ]
    return Status.UNSURE, "; ".join(told)


def _seen(half: _Half, other: _Half, wanted: Sequence[Verdict], names: set[str]) -> _Seen:
    """Say in how many of the runs that can tell a cause is; `other` is the side to compare it with."""
    has, lacks, doubts = 0, 0, 0
    for run, finding in zip(half.side.runs, half.findings, strict=True):
        if finding is not None and finding.verdict in wanted:
            has += 1
        elif (finding is not None and finding.verdict is Verdict.INCONCLUSIVE) or _suppresses(run, names):
            doubts += 1
        elif proves_absence(run) and not _too_short(run, other):
            lacks += 1
    if not has + lacks + doubts:
        return _Seen.UNKNOWN
    if has and not lacks + doubts:
        return _Seen.ALWAYS
    return _Seen.NEVER if lacks and not has + doubts else _Seen.SOMETIMES


def _too_short(run: Analysis, other: _Half) -> bool:
    """Say whether a run made too few calls to convict what the other side found with more."""
    calls = _longest(run)
    return any(
        finding.unit != "bytes"
        and calls < _longest(found)
        and abs(gained_per_call(finding)) * calls < limits.SLOW_LEAST
        for found, finding in other.found
    )


def _longest(run: Analysis) -> int:
    """Return the calls of the longest planned round."""
    return max((each.iterations for each in run.rounds if not each.extra), default=0)


def _suppresses(run: Analysis, names: set[str]) -> bool:
    return any(name in row.fingerprints for row in run.suppressed for name in names)


def _all(side: Side) -> str:
    return "the run" if len(side.runs) == 1 else f"all {len(side.runs)} runs"


def _none(side: Side) -> str:
    told = sum(proves_absence(run) for run in side.runs)
    return "not in the one" if len(side.runs) == 1 else f"in none of the {told} that can tell"


def _rates(half: _Half) -> tuple[float | None, ...]:
    return tuple(None if finding is None else gained_per_call(finding) for finding in half.findings)


def _middle(half: _Half) -> Finding | None:
    """Return the gravest finding of a side whose rate is the middle one."""
    found = [finding for _, finding in half.found]
    if not found:
        return None
    leaks = [finding for finding in found if finding.verdict in _LEAKS] or found
    return sorted(leaks, key=gained_per_call)[(len(leaks) - 1) // 2]


def _growth(half: _Half, finding: Finding | None, other: Finding | None) -> Growth | None:
    """Return what the planned rounds gained: of the finding, else of all objects of the type of its other side."""
    if finding is not None and (other is None or finding.unit == other.unit or finding.verdict in WEIGHING):
        run = next(run for run, one in half.found if one is finding)
        rounds = zip(rounds_of(run, finding), finding.growth, strict=False)
        return Growth(tuple((each.iterations, gained) for each, gained in rounds if not each.extra), "finding")
    run = half.side.runs[0]
    if other is None or not proves_absence(run):
        return None
    if other.unit == "blocks":
        return line_growth(run, other)
    return type_growth(run, other.type) if other.unit == "objects" and other.type is not None else None


def _weighs(change: Change) -> bool:
    return any(finding is not None and finding.verdict in WEIGHING for finding in (change.before, change.after))


def _order(change: Change) -> tuple[int, float, str]:
    return (list(Status).index(change.status), -change.finding.bytes_per_iteration, change.finding.fingerprint)


def _can_tell(side: Side) -> bool:
    return any(proves_absence(run) for run in side.runs)


def _outcome(changes: Sequence[Change], old: Side, new: Side) -> Outcome:
    statuses = {change.status for change in changes}
    if statuses & {Status.NEW, Status.WORSE}:
        return Outcome.WORSE
    # What could not be seen after may be new; what could not be seen before matters where nothing else was.
    if Status.UNSURE in statuses or not _can_tell(new) or (not _can_tell(old) and not changes):
        return Outcome.INCONCLUSIVE
    for status in (Status.FIXED, Status.BETTER, Status.UNCHANGED):
        if status in statuses:
            return Outcome(status.value)
    return Outcome.CLEAN
