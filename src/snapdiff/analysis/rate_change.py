"""Whether the rate of a cause that is on both sides is another one now: by more than rounds, runs and chance differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from snapdiff.analysis import limits
from snapdiff.analysis.compare_sentences import size_span, span
from snapdiff.analysis.comparison import Status
from snapdiff.analysis.model import Analysis, Finding, Round

#: A finding, and the run that it is of.
Found = tuple[Analysis, Finding]


def rounds_of(run: Analysis, finding: Finding) -> tuple[Round, ...]:
    """Return the rounds that the growth of a finding follows."""
    return run.traced_rounds if finding.traced else run.rounds


def rate_change(before: Sequence[Found], after: Sequence[Found]) -> tuple[Status, str]:
    """Compare the rates of all rounds after the first, of all runs; where they agree, the bytes of a call.

    The first round is left out: it has the initialisation. The short second one stays: what comes at random has another
    rate in it, which makes the range as wide as it is uncertain.
    """
    was, now = _spans(before), _spans(after)
    if len({finding.unit for _, finding in (*before, *after)}) > 1 or not was or not now:
        return Status.UNCHANGED, "there on both sides; its rates are not of one kind and were not compared"
    low, high = _range(was), _range(now)
    told = f"{span(*low)} a call before, {span(*high)} after, in the rounds after the first"
    if high[0] > low[1] * limits.CHANGED_RATE and _beyond_chance(was, now):
        return Status.WORSE, told
    if low[0] > high[1] * limits.CHANGED_RATE and _beyond_chance(was, now):
        return Status.BETTER, told
    return _size_change(before, after) or (Status.UNCHANGED, told)


def _spans(found: Iterable[Found]) -> list[tuple[int, int]]:
    """Return (calls, gained) of every round after the first."""
    return [
        (each.iterations, gained)
        for run, finding in found
        for each, gained in list(zip(rounds_of(run, finding), finding.growth, strict=False))[1:]
    ]


def _range(spans: Sequence[tuple[int, int]]) -> tuple[float, float]:
    rates = [gained / calls for calls, gained in spans]
    return min(rates), max(rates)


def _beyond_chance(was: Sequence[tuple[int, int]], now: Sequence[tuple[int, int]]) -> bool:
    """Say whether two counts differ by more than counts of things that come at random do."""
    calls, gained = (sum(column) for column in zip(*was, strict=True))
    calls_now, gained_now = (sum(column) for column in zip(*now, strict=True))
    spread = float((abs(gained) / calls**2 + abs(gained_now) / calls_now**2) ** 0.5)
    difference = float(gained_now / calls_now - gained / calls)
    return abs(difference) > limits.CHANCE * spread


def _size_change(before: Sequence[Found], after: Sequence[Found]) -> tuple[Status, str] | None:
    """Compare what a call gains in bytes, where objects are counted and both sides made the same calls.

    A dictionary grows in jumps and another Python has other sizes: only like is compared with like.
    """
    plans = {
        (tuple(each.iterations for each in rounds_of(run, finding)), _python(run)) for run, finding in (*before, *after)
    }
    if len(plans) > 1 or any(finding.unit != "objects" for _, finding in (*before, *after)):
        return None
    was, now = ([finding.bytes_per_iteration for _, finding in found] for found in (before, after))
    told = f"as many objects, but {size_span(was)} a call before and {size_span(now)} after"
    if min(now) > max(was) * limits.RATE_FACTOR:
        return Status.WORSE, told
    return (Status.BETTER, told) if min(was) > max(now) * limits.RATE_FACTOR else None


def _python(run: Analysis) -> str:
    """Return the minor version, such as 3.11."""
    return ".".join(dict(run.environment).get("python", "").split(".")[:2])
