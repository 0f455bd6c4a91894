"""The rules for what is no object: counts of what a program has open, and bytes outside the Python heap.

Counts are exact, as objects are, and judged by the same rules (`growth.judge`). Bytes are not: a library that warms
up, a pool that fills and a heap that gets fragmented gain bytes for a while too. So beside the rule of constant rates
over the rounds, every part of the extra rounds must have gained, and about as much as the others. A series of bytes
that does not pass is no finding, not even an inconclusive one: it is what sound programs look like.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from snapdiff.analysis import limits
from snapdiff.analysis.growth import Judgement, Span, judge
from snapdiff.analysis.model import Law, Verdict

_ACCUSED = (Verdict.LEAK, Verdict.SLOW_LEAK)


@dataclass(frozen=True)
class Part:
    """Some calls of N or of an extra round, between two readings, and the bytes that they gained."""

    round: int
    calls: int
    gained: float

    @property
    def rate(self) -> float:
        """Bytes a call."""
        return self.gained / self.calls


@dataclass(frozen=True)
class Noise:
    """What readings say when nothing is called, from the control: what each is off by, and how far they scatter."""

    offset: float
    scatter: float


def noise(gains: Sequence[int]) -> Noise:
    """Return the noise of an instrument that read so many gains around calls of an empty function."""
    if not gains:
        return Noise(0.0, 0.0)
    middle = statistics.median(gains)
    return Noise(middle, max(abs(gain - middle) for gain in gains))


def judge_count(gained: Sequence[int], spans: Sequence[Span], unit: str) -> Judgement:
    """Judge a count: descriptors, threads, tasks, children."""
    return judge(gained, spans, unit, limits.STRICT_RATE)


def judge_bytes(
    gained: Sequence[int], spans: Sequence[Span], parts: Sequence[Part], scatter: float, least: float
) -> Judgement:
    """Judge bytes outside the Python heap: what each round gained beside objects, and all that each part gained.

    `scatter` is the noise of one reading, `least` the bytes a call that are worth a finding.
    """
    found = judge(gained, _after_warm_up(spans), "bytes", least)
    if found.verdict not in _ACCUSED:
        return _let_be(found)
    if gained[-1] < limits.NOISE_FACTOR * scatter:
        return _let_be(found, f"readings of an empty function scatter by {scatter:,.0f} bytes")
    if not parts:
        return found
    joined = _joined(parts)
    numbers = sorted({part.round for part in joined})
    # N may hold the end of warm-up.
    whole = [part for part in joined if part.round > numbers[0]]
    if len(whole) < limits.LEAST_PARTS:
        return _let_be(found, "too few parts of the rounds to tell a loss from a drift")
    uneven = _uneven(whole)
    if uneven is not None:
        return _let_be(found, uneven)
    rates = [statistics.median(part.rate for part in joined if part.round == number) for number in numbers]
    for before, after in pairwise(rates[-2:]):
        if not limits.NATIVE_FALLING * before <= after <= limits.NATIVE_RISING * before:
            return _let_be(found, f"the rate went from {before:,.0f} to {after:,.0f} bytes a call: a drift")
    lowest, highest = min(each.rate for each in whole), max(each.rate for each in whole)
    reason = f"each of {len(whole)} parts of the extra rounds gained: {lowest:,.0f} to {highest:,.0f} bytes a call"
    return replace(found, reasons=(*found.reasons, reason))


def _after_warm_up(spans: Sequence[Span]) -> list[Span]:
    """Let the rounds after N decide alone where there are three: bytes warm up for longer than objects."""
    first = next((at for at, span in enumerate(spans) if span.extra), len(spans))
    enough = len(spans) - first > 2  # noqa: PLR2004
    return [replace(span, extra=span.extra and (at > first or not enough)) for at, span in enumerate(spans)]


def _let_be(found: Judgement, why: str | None = None) -> Judgement:
    """Return a judgement that accuses nobody, and leaves nothing open."""
    if found.verdict in (Verdict.SATURATING, Verdict.ONE_TIME, Verdict.CLEAN):
        return found
    reasons = found.reasons if why is None else (*found.reasons, why)
    return Judgement(Law.FLAT, Verdict.CLEAN, found.rate, reasons)


def _joined(parts: Sequence[Part]) -> list[Part]:
    """Put parts with few calls together with the one after, or before, in the same round."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if last is not None and last.round == part.round and min(last.calls, part.calls) < limits.PART_CALLS:
            joined[-1] = Part(part.round, last.calls + part.calls, last.gained + part.gained)
        else:
            joined.append(part)
    return joined


def _uneven(parts: Sequence[Part]) -> str | None:
    """Return why the parts do not gain alike, None if they do."""
    rates = [part.rate for part in parts]
    middle = statistics.median(rates)
    if min(rates) < limits.EVEN_PART * middle or min(rates) <= 0:
        return f"a part of the rounds gained {min(rates):,.0f} bytes a call, others {middle:,.0f}: a drift, no loss"
    high = sum(rate > limits.UNEVEN_PART * middle for rate in rates)
    if high > limits.UNEVEN_SHARE * len(rates):
        return f"{high} of {len(rates)} parts of the rounds gained more than twice as much as the others"
    return None
