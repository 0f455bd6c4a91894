"""Fix and verify: what was fixed, what is new and what changed its rate between two sides of runs. Pure.

A cause is recognised by its fingerprint, or where that changed by two of its container, type and line. It is new only if
every run after has it and none before, and fixed only the other way round: a run that ended early, or whose control
grew, proves that something is there, and never that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum

from snapdiff.analysis import compare_sentences as say
from snapdiff.analysis import limits
from snapdiff.analysis.caveats import caveats
from snapdiff.analysis.compare_rows import line_changes, line_growth, type_changes, type_growth
from snapdiff.analysis.comparison import WEIGHING, Change, Comparison, Growth, Match, Outcome, Side, Status
from snapdiff.analysis.likeness import Key, pair_up
from snapdiff.analysis.model import Analysis, Finding, Round, Verdict
from snapdiff.analysis.sentences import gained_per_call

_LEAKS = (Verdict.LEAK, Verdict.SLOW_LEAK)


class _Seen(Enum):
    """What the runs of a side say of one cause."""

    ALWAYS = 1
    NEVER = 2
    SOMETIMES = 3
    UNKNOWN = 4


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
    pairs = pair_up(_found(old.runs), _found(new.runs))
    changes: list[Change] = []
    cycles: list[Change] = []
    for old_key, new_key, match, alike in pairs:
        change = _change(old, new, old_key, new_key, match, alike)
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


def proves_absence(run: Analysis) -> bool:
    """Say whether what a run did not find was not there: it ran to its end and its control stood still."""
    doubtful = run.verdict is Verdict.INCONCLUSIVE and run.control.ran and (run.control.objects or run.control.blocks)
    return run.complete and len(run.rounds) > 1 and not doubtful


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


def _change(
    old: Side,
    new: Side,
    before: Sequence[Finding | None] | None,
    after: Sequence[Finding | None] | None,
    match: Match,
    alike: tuple[str, ...],
) -> Change | None:
    """Return what became of one cause; None where it is neither a leak nor cyclic garbage on any side."""
    was, now = before or [None] * len(old.runs), after or [None] * len(new.runs)
    every = [finding for finding in (*was, *now) if finding is not None]
    wanted: tuple[Verdict, ...] = _LEAKS
    if not any(finding.verdict in WEIGHING for finding in every):
        wanted = (Verdict.CYCLE,)
        if not any(finding.verdict is Verdict.CYCLE for finding in every):
            return None
    names = {finding.fingerprint for finding in every}
    then, there = _seen(old, was, wanted, names), _seen(new, now, wanted, names)
    status, reason = _judge(old, new, was, now, then, there, wanted)
    first, last = _middle(was), _middle(now)
    gains = [
        _growth(side, first_of, other)
        for side, first_of, other in ((old, first, last), (new, last, first))
    ]  # fmt: skip
    change = Change(
        status=status, matched_by=match, alike=alike, before=first, after=last, before_rates=_rates(was),
        after_rates=_rates(now), before_growth=gains[0], after_growth=gains[1], reason=reason, sentence="",
    )  # fmt: skip
    return replace(change, sentence=say.change_sentence(change))


def _seen(side: Side, findings: Sequence[Finding | None], wanted: Sequence[Verdict], names: Iterable[str]) -> _Seen:
    """Say in how many of the runs that can tell a cause is."""
    has, lacks, doubts = 0, 0, 0
    for run, finding in zip(side.runs, findings, strict=True):
        hidden = any(name in row.fingerprints for row in run.suppressed for name in names)
        if finding is not None and finding.verdict in wanted:
            has += 1
        elif (finding is not None and finding.verdict is Verdict.INCONCLUSIVE) or hidden:
            doubts += 1
        elif proves_absence(run):
            lacks += 1
    if not has + lacks + doubts:
        return _Seen.UNKNOWN
    if has and not lacks + doubts:
        return _Seen.ALWAYS
    return _Seen.NEVER if lacks and not has + doubts else _Seen.SOMETIMES


def _judge(
    old: Side,
    new: Side,
    was: Sequence[Finding | None],
    now: Sequence[Finding | None],
    then: _Seen,
    there: _Seen,
    wanted: Sequence[Verdict],
) -> tuple[Status, str]:
    match then, there:
        case _Seen.NEVER, _Seen.ALWAYS:
            return Status.NEW, f"in {_all(new)} after, {_none(old)} before"
        case _Seen.ALWAYS, _Seen.NEVER:
            return Status.FIXED, f"in {_all(old)} before, {_none(new)} after"
        case _Seen.ALWAYS, _Seen.ALWAYS:
            return _rate_change(old, new, was, now)
    told = [
        say.doubt(word, side, findings, wanted)
        for word, side, findings, seen in (("before", old, was, then), ("after", new, now, there))
        if seen in (_Seen.SOMETIMES, _Seen.UNKNOWN)
    ]
    return Status.UNSURE, "; ".join(told)


def _all(side: Side) -> str:
    return "the run" if len(side.runs) == 1 else f"all {len(side.runs)} runs"


def _none(side: Side) -> str:
    told = sum(proves_absence(run) for run in side.runs)
    return "not in the one" if len(side.runs) == 1 else f"in none of the {told} that can tell"


def _rate_change(
    old: Side, new: Side, was: Sequence[Finding | None], now: Sequence[Finding | None]
) -> tuple[Status, str]:
    """Compare the rates of all rounds after the first, of all runs: they must lie apart, and by more than chance."""
    then, there = _spans(old, was), _spans(new, now)
    units = {finding.unit for finding in (*was, *now) if finding is not None}
    if len(units) > 1 or not then or not there:
        return Status.UNCHANGED, "there on both sides; its rates are not of one kind and were not compared"
    low, high = _range(then), _range(there)
    told = f"{say.span(*low)} a call before, {say.span(*high)} after, in the rounds after the first"
    if high[0] > low[1] * limits.CHANGED_RATE and _beyond_chance(then, there):
        return Status.WORSE, told
    if low[0] > high[1] * limits.CHANGED_RATE and _beyond_chance(then, there):
        return Status.BETTER, told
    size = _size_change(old, new, was, now)
    return size if size is not None else (Status.UNCHANGED, told)


def _spans(side: Side, findings: Sequence[Finding | None]) -> list[tuple[int, int]]:
    """Return (calls, gained) of every round after the first of every run that has the finding."""
    return [
        (each.iterations, gained)
        for run, finding in zip(side.runs, findings, strict=True)
        if finding is not None
        for each, gained in list(zip(_rounds(run, finding), finding.growth, strict=False))[1:]
    ]


def _range(spans: Sequence[tuple[int, int]]) -> tuple[float, float]:
    rates = [gained / calls for calls, gained in spans]
    return min(rates), max(rates)


def _beyond_chance(then: Sequence[tuple[int, int]], there: Sequence[tuple[int, int]]) -> bool:
    """Say whether two counts differ by more than counts of things that come at random do."""
    (calls, gained), (calls_now, gained_now) = ([sum(column) for column in zip(*spans, strict=True)]
                                                for spans in (then, there))  # fmt: skip
    spread = (abs(gained) / calls**2 + abs(gained_now) / calls_now**2) ** 0.5
    return bool(abs(gained_now / calls_now - gained / calls) > limits.CHANCE * spread)


def _size_change(
    old: Side, new: Side, was: Sequence[Finding | None], now: Sequence[Finding | None]
) -> tuple[Status, str] | None:
    """Compare what a call gains in bytes, where objects are counted and both sides made the same calls.

    A dictionary grows in jumps and another Python has other sizes: only like is compared with like.
    """
    plans = {
        (tuple(each.iterations for each in _rounds(run, finding)), dict(run.environment).get("python", "")[:4])
        for side, findings in ((old, was), (new, now))
        for run, finding in zip(side.runs, findings, strict=True)
        if finding is not None
    }
    found = [finding for finding in (*was, *now) if finding is not None]
    if len(plans) > 1 or any(finding.unit != "objects" for finding in found):
        return None
    low = [finding.bytes_per_iteration for finding in was if finding is not None]
    high = [finding.bytes_per_iteration for finding in now if finding is not None]
    told = f"as many objects, but {say.size_span(low)} a call before and {say.size_span(high)} after"
    if min(high) > max(low) * limits.RATE_FACTOR:
        return Status.WORSE, told
    return (Status.BETTER, told) if min(low) > max(high) * limits.RATE_FACTOR else None


def _rounds(run: Analysis, finding: Finding) -> tuple[Round, ...]:
    return run.traced_rounds if finding.traced else run.rounds


def _rates(findings: Sequence[Finding | None]) -> tuple[float | None, ...]:
    return tuple(None if finding is None else gained_per_call(finding) for finding in findings)


def _middle(findings: Sequence[Finding | None]) -> Finding | None:
    """Return the gravest finding of a side whose rate is the middle one."""
    found = [finding for finding in findings if finding is not None]
    if not found:
        return None
    leaks = [finding for finding in found if finding.verdict in _LEAKS] or found
    return sorted(leaks, key=gained_per_call)[(len(leaks) - 1) // 2]


def _growth(side: Side, finding: Finding | None, other: Finding | None) -> Growth | None:
    """Return what the planned rounds gained: of the finding, else of all objects of the type of its other side."""
    if finding is not None:
        run = next(run for run in side.runs if finding in run.findings)
        rounds = zip(_rounds(run, finding), finding.growth, strict=False)
        return Growth(tuple((each.iterations, gained) for each, gained in rounds if not each.extra), "finding")
    run = next((run for run in side.runs if proves_absence(run)), side.runs[0])
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
