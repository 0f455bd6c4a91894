"""The rules that accuse: growth per round against calls.

Input is what each round gained, in the order of the rounds; output a law, a verdict and the reasons in words. The
first round proves nothing (it is initialisation), nobody is accused without a confirming round, and what accuses is a
rate that every later round keeps (ALGORITHMS.md §2 and §4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from snapdiff.analysis import limits
from snapdiff.analysis.model import Law, Verdict


@dataclass(frozen=True)
class Span:
    """Some calls in a row: a round, or part of one. `extra` marks a confirming one."""

    iterations: int
    extra: bool


@dataclass(frozen=True)
class Judgement:
    """What a series is, and why."""

    law: Law
    verdict: Verdict
    rate: float
    """Per call, over the last round."""
    reasons: tuple[str, ...]


def judge(gained: Sequence[int], spans: Sequence[Span], unit: str, least: float) -> Judgement:
    """Judge what each round gained of some unit ("objects"), with the least rate per call that accuses."""
    if not spans or len(gained) != len(spans):
        return Judgement(Law.FLAT, Verdict.CLEAN, 0.0, ())
    if spans[-1].extra and not _confirmed(spans):
        # Cut too short to say anything, either way.
        gained, spans = gained[:-1], spans[:-1]
    rates = [gain / span.iterations for gain, span in zip(gained, spans, strict=True)]
    later = rates[1:]
    rate = rates[-1] if later else 0.0
    text = f"gained {_list(gained)} {unit} in rounds of {_list([span.iterations for span in spans])} calls"
    if not later:
        return Judgement(Law.FLAT, Verdict.CLEAN, 0.0, ())
    if min(later) >= least:
        return _growing(later, spans, rate, text, unit)
    if _saturates(later, least):
        return Judgement(Law.BOUNDED, Verdict.SATURATING, rate, (text, "the rate fell to less than half: it fills up"))
    if least == limits.STRICT_RATE and _often_enough(gained, spans):
        return _slowly_growing(later, rate, text)
    if least == limits.STRICT_RATE and not _confirmed(spans) and gained[-1] >= limits.SLOW_LEAST:
        return Judgement(Law.LINEAR, Verdict.INCONCLUSIVE, rate, (text, "no confirming round was completed"))
    if max(later[:-1], default=0.0) >= least and later[-1] > 0:
        return Judgement(Law.BOUNDED, Verdict.INCONCLUSIVE, rate, (text, "the rate falls: this may fill up and stop"))
    if gained[0] > 0 and sum(gained[1:]) * 2 <= gained[0]:
        return Judgement(Law.ONE_TIME, Verdict.ONE_TIME, rate, (text, "only the first round grew"))
    return Judgement(Law.FLAT, Verdict.CLEAN, rate, (text,) if any(gained) else ())


def _confirmed(spans: Sequence[Span]) -> bool:
    """Say whether a confirming round ran, long enough to confirm: it may have been cut short."""
    planned = [span.iterations for span in spans if not span.extra]
    extra = sum(span.iterations for span in spans if span.extra)
    return bool(planned) and extra >= limits.CONFIRMING_LEAST * planned[-1]


def _growing(later: list[float], spans: Sequence[Span], rate: float, text: str, unit: str) -> Judgement:
    """Judge a series of which every round after the first gained enough."""
    reasons = [text, f"every round after the first gained at least its calls, {_rates(later)} {unit} a call"]
    steady = max(later) <= limits.RATE_FACTOR * min(later)
    rising = all(after >= before for before, after in pairwise(later))
    law = Law.LINEAR if steady else Law.SUPERLINEAR if rising else Law.LINEAR
    if not _confirmed(spans):
        reasons.append("no confirming round was completed, so nobody is accused")
        return Judgement(law, Verdict.INCONCLUSIVE, rate, tuple(reasons))
    # The rounds before N are short and may hold the end of warm-up: N and 2N decide.
    last = later[-2:]
    if len(last) > 1 and last[1] < limits.FALLING * last[0]:
        if last[1] <= limits.SATURATED * last[0]:
            reasons.append("the rate fell to less than half in the confirming round: it fills up")
            return Judgement(Law.BOUNDED, Verdict.SATURATING, rate, tuple(reasons))
        reasons.append("the rate falls: this may fill up and stop")
        return Judgement(Law.BOUNDED, Verdict.INCONCLUSIVE, rate, tuple(reasons))
    if not steady and not rising and max(last) > limits.RATE_FACTOR * min(last):
        reasons.append(f"the rates differ by more than a factor of {limits.RATE_FACTOR:g}")
        return Judgement(law, Verdict.INCONCLUSIVE, rate, tuple(reasons))
    reasons.append("the confirming round kept the rate" if steady or not rising else "the rate rises with the calls")
    return Judgement(law, Verdict.LEAK, rate, tuple(reasons))


def _saturates(later: list[float], least: float) -> bool:
    """Say whether a series grew with the calls after the first round, and then stopped or slowed down."""
    peak = max(later[:-1], default=0.0)
    return peak >= least and later[-1] <= limits.SATURATED * peak


def _often_enough(gained: Sequence[int], spans: Sequence[Span]) -> bool:
    """Say whether N and the confirming round gained so often that a rate below one a call can be judged."""
    return _confirmed(spans) and gained[-2] >= limits.SLOW_LEAST and gained[-1] >= 2 * limits.SLOW_LEAST


def _slowly_growing(later: list[float], rate: float, text: str) -> Judgement:
    """Judge growth of less than one a call by its rates over N and the confirming 2N."""
    before, after = later[-2:]
    if after < limits.FALLING * before:
        return Judgement(Law.BOUNDED, Verdict.INCONCLUSIVE, rate, (text, "the rate falls: this may fill up and stop"))
    if after > limits.SLOW_FACTOR * before:
        reason = "it grew in the confirming round, but at another rate"
        return Judgement(Law.STEP, Verdict.INCONCLUSIVE, rate, (text, reason))
    return Judgement(
        Law.LINEAR, Verdict.SLOW_LEAK, rate, (text, "less than one a call, at the same rate over N and 2N calls")
    )


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(f"{number:,}" for number in numbers)


def _rates(rates: Sequence[float]) -> str:
    return ", ".join(f"{rate:.3g}" for rate in rates)
