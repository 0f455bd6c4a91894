"""The rules that accuse: growth per round against calls.

Input is what each round gained, in the order of the rounds; output a law, a verdict and the reasons in words. The
first round proves nothing (it is initialisation), nobody is accused without a confirming round, and what accuses is a
rate that N and all later rounds keep (ALGORITHMS.md §2 and §4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from snapdiff.analysis import limits
from snapdiff.analysis.model import Law, Verdict

#: How the reason begins that takes an accusation back.
WITHDRAWN = "withdrawn: "


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
    """In words; where nothing can be said for sure, the last one says why."""

    @property
    def doubt(self) -> str:
        """Why it is inconclusive, empty for every other verdict."""
        return self.reasons[-1].removeprefix(WITHDRAWN) if self.verdict is Verdict.INCONCLUSIVE else ""


_NOTHING = Judgement(Law.FLAT, Verdict.CLEAN, 0.0, ())


def judge(gained: Sequence[int], spans: Sequence[Span], unit: str, least: float, fall: int = 0) -> Judgement:
    """Judge what each round gained of some unit ("objects"), with the least rate per call that accuses.

    `fall` is how far the series was seen to fall below its peak within the extra rounds.
    """
    if not spans or len(gained) != len(spans):
        return _NOTHING
    if spans[-1].extra and spans[-1].iterations < limits.CONFIRMING_LEAST * _last_planned(spans):
        # Cut too short to say anything, either way.
        gained, spans = gained[:-1], spans[:-1]
    if len(spans) < 2 or not any(gained):  # noqa: PLR2004
        return _NOTHING
    rates = [gain / span.iterations for gain, span in zip(gained, spans, strict=True)]
    text = f"gained {_list(gained)} {unit} in rounds of {_list([span.iterations for span in spans])} calls"
    first = next((at for at, span in enumerate(spans) if span.extra), len(spans)) - 1
    if first == len(spans) - 1:
        return _unconfirmed(gained, rates, text, least)
    return _Confirmed(gained[first:], spans[first:], rates[first:], least, fall).judge(gained[0], text, unit)


def rise(gained: Sequence[int], spans: Sequence[Span]) -> tuple[float, float] | None:
    """Return the rates of the last planned round and of the last one, where it rose all the way, to twice at least."""
    first = next((at for at, span in enumerate(spans) if span.extra), len(spans)) - 1
    rates = [gain / span.iterations for gain, span in zip(gained, spans, strict=False)][max(0, first) :]
    if len(rates) < 3 or rates[0] <= 0 or rates[-1] < limits.RISEN * rates[0]:  # noqa: PLR2004
        return None
    steadily = all(after > limits.RISING * before for before, after in pairwise(rates))
    return (rates[0], rates[-1]) if steadily else None


def _last_planned(spans: Sequence[Span]) -> int:
    return next((span.iterations for span in reversed(spans) if not span.extra), 0)


def _unconfirmed(gained: Sequence[int], rates: list[float], text: str, least: float) -> Judgement:
    """Judge the planned rounds alone: they cannot accuse."""
    later, rate = rates[1:], rates[-1]
    missing = "no confirming round was completed, so nobody is accused"
    if min(later) >= least:
        return Judgement(Law.LINEAR, Verdict.INCONCLUSIVE, rate, (text, missing))
    peak = max(later[:-1], default=0.0)
    if peak >= least and rate <= limits.SATURATED * peak:
        return Judgement(Law.BOUNDED, Verdict.SATURATING, rate, (text, "the rate fell to less than half: it fills up"))
    if least == limits.STRICT_RATE and gained[-1] >= limits.SLOW_LEAST:
        return Judgement(Law.LINEAR, Verdict.INCONCLUSIVE, rate, (text, missing))
    if gained[0] > 0 and sum(gained[1:]) * 2 <= gained[0]:
        return Judgement(Law.ONE_TIME, Verdict.ONE_TIME, rate, (text, "only the first round grew"))
    return Judgement(Law.FLAT, Verdict.CLEAN, rate, (text,))


class _Confirmed:
    """N and the extra rounds after it: the windows that decide."""

    def __init__(
        self, gained: Sequence[int], spans: Sequence[Span], rates: list[float], least: float, fall: int
    ) -> None:
        self.fall = fall
        self.gained = list(gained)
        self.calls = [span.iterations for span in spans]
        self.rates = rates
        self.least = least

    def judge(self, initial: int, text: str, unit: str) -> Judgement:
        """Judge; `initial` is what the first round gained."""
        rate, before = self.rates[-1], self.rates[-2]
        net = sum(self.gained)
        if self.gained[-1] <= 0 or net <= 0:
            if net > 0 and self._many(net):
                reason = "it grew, and no more in the last round"
                return Judgement(Law.BOUNDED, Verdict.SATURATING, rate, (text, reason))
            return self._quiet(initial, text)
        if not self._many(net) or (self.least == limits.STRICT_RATE and rate < limits.SLOW_RATE):
            return self._quiet(initial, text)
        if max(self.fall, -min(self.gained)) > limits.DRAWDOWN * net:
            return Judgement(Law.FLAT, Verdict.CLEAN, rate, (text, "it shrinks again and again"))
        if rate <= limits.SATURATED * before and not self._by_steps():
            return Judgement(
                Law.BOUNDED, Verdict.SATURATING, rate, (text, "the rate fell to less than half: it fills up")
            )
        if self._halves():
            reason = "the rate fell from window to window, to less than half: it fills up"
            return Judgement(Law.BOUNDED, Verdict.SATURATING, rate, (text, reason))
        if self._falls():
            reason = "the rate falls: this may fill up and stop"
            return Judgement(Law.BOUNDED, Verdict.INCONCLUSIVE, rate, (text, reason))
        if self._steady():
            return self._accuse(text, unit)
        if self._rises():
            law = (text, f"the rate rises with the calls: {_rates(self.rates)} {unit} a call")
            return Judgement(Law.SUPERLINEAR, Verdict.LEAK, rate, law)
        reason = "it grew in the last round, but at another rate than before"
        return Judgement(Law.STEP, Verdict.INCONCLUSIVE, rate, (text, reason))

    def _quiet(self, initial: int, text: str) -> Judgement:
        """Judge what hardly grew at all."""
        rate, peak = self.rates[-1], max(self.rates)
        if self._many(sum(self.gained)) and 0 <= rate <= limits.SATURATED * peak:
            return Judgement(Law.BOUNDED, Verdict.SATURATING, rate, (text, "it grew, and then next to nothing more"))
        if initial > 0 and sum(self.gained) * 2 <= initial:
            return Judgement(Law.ONE_TIME, Verdict.ONE_TIME, rate, (text, "only the first round grew"))
        return Judgement(Law.FLAT, Verdict.CLEAN, rate, (text,))

    def _many(self, net: int) -> bool:
        """Say whether there is enough growth to judge."""
        if self.least != limits.STRICT_RATE:
            return self.rates[-1] >= self.least or max(self.rates) >= self.least
        return net >= limits.SLOW_LEAST and net >= limits.SLOW_RATE * sum(self.calls)

    def _falls(self) -> bool:
        """Say whether the rate goes down with the calls: steadily over three windows, or by a fifth at the end."""
        rates = self.rates
        if self._by_steps():
            return False
        if rates[-1] < limits.FALLING * rates[-2]:
            return True
        steadily = all(after < before for before, after in pairwise(rates))
        return len(rates) > 2 and steadily and rates[-1] <= limits.FALLING_STEADILY * rates[0]  # noqa: PLR2004

    def _halves(self) -> bool:
        """Say whether the rate went down in every window, to less than half of what it was."""
        steadily = all(after < before for before, after in pairwise(self.rates))
        return len(self.rates) > 2 and steadily and self.rates[-1] <= limits.SATURATED * self.rates[0]  # noqa: PLR2004

    def _by_steps(self) -> bool:
        """Say whether it grows in equal steps so rare that one more or less explains another rate."""
        step = math.gcd(*self.gained)
        last, before = self.gained[-1], self.gained[-2]
        if step < 2 or last < 2 * step or last > limits.MOST_STEPS * step:  # noqa: PLR2004
            return False
        if step % self.calls[0] == 0 or min(self.gained[1:]) <= 0:
            # Rounds are multiples of N, and so is what grows by whole numbers a call: those are no steps.
            return False
        return (last + step) / self.calls[-1] >= limits.FALLING * (before - step) / self.calls[-2]

    def _settled(self) -> list[float]:
        """Return the rates of the windows after N, where there are two of them."""
        return self.rates if len(self.rates) == 2 else self.rates[1:]  # noqa: PLR2004

    def _steady(self) -> bool:
        """Say whether the windows keep their rate. N may hold the end of warm-up, or the time before the onset."""
        windows = self._settled()
        last, before = self.rates[-1], self.rates[-2]
        factor = limits.RATE_FACTOR if min(windows) >= self.least else limits.SLOW_FACTOR
        if self._by_steps():
            return True
        if min(windows) > 0 and max(windows) <= factor * min(windows):
            return True
        # Growth that starts late and stays.
        return len(windows) > 2 and before > 0 and max(last, before) <= limits.LATE_FACTOR * min(last, before)  # noqa: PLR2004

    def _rises(self) -> bool:
        grows = all(after > before for before, after in pairwise(self.rates))
        return grows and self.rates[0] >= self.least

    def _accuse(self, text: str, unit: str) -> Judgement:
        rate, rates = self.rates[-1], self.rates
        kept = f"the rounds after it kept the rate: {_rates(rates)} {unit} a call"
        rising = len(rates) > 2 and all(  # noqa: PLR2004
            after > limits.RISING * before for before, after in pairwise(rates)
        )
        law = Law.SUPERLINEAR if rising else Law.LINEAR
        if min(rates[:-2], default=rate) * limits.RATE_FACTOR < min(rates[-2:]):
            kept = f"it started late and stayed: {_rates(rates)} {unit} a call"
        if self._by_steps() and len(set(self._settled())) > 1:
            # One object a call is 151 and 302, too: equal rates are no steps.
            law = Law.STEP
        if rate >= self.least:
            return Judgement(law, Verdict.LEAK, rate, (text, kept))
        if self.least != limits.STRICT_RATE:
            return Judgement(Law.FLAT, Verdict.CLEAN, rate, (text,))
        enough = self.gained[-1] >= limits.SLOW_LEAST and sum(self.gained) >= 2 * limits.SLOW_LEAST
        if not enough:
            reason = "too few were gained to tell a slow leak from strays: give it more calls with --rounds"
            return Judgement(law, Verdict.INCONCLUSIVE, rate, (text, reason))
        return Judgement(law, Verdict.SLOW_LEAK, rate, (text, f"less than one a call, and {kept}"))


def _list(numbers: Sequence[int]) -> str:
    return ", ".join(f"{number:,}" for number in numbers)


def _rates(rates: Sequence[float]) -> str:
    return ", ".join(f"{rate:.3g}" if abs(rate) < 1000 else f"{rate:,.0f}" for rate in rates)  # noqa: PLR2004
