"""The law by which a measure grows with the size of the input: constant, linear, n log n, quadratic, a threshold.

Each law is a sum of terms that never shrink with n, fitted by least squares of *relative* errors with coefficients
that are not negative: memory and time have a fixed cost and costs that grow, and a line with a negative start would
imitate any curve. Laws are compared by AICc, with a prior for the scatter (`limits.SWEEP_SCATTER`) that counts as some
more sizes: between three and seven sizes the residuals alone know too little about it (Burnham & Anderson 2002, §2.4).

A law is *decided* when no other one explains the sizes nearly as well; otherwise all that do are named. Pure: no random
numbers, the same points give the same fit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from snapdiff.analysis import limits

_Array = npt.NDArray[np.float64]


class VolumeLaw(StrEnum):
    """How a measure grows with n. Undecided: the sizes cannot tell, or none of the laws fits."""

    CONSTANT = "constant"
    LINEAR = "linear"
    N_LOG_N = "n-log-n"
    QUADRATIC = "quadratic"
    THRESHOLD = "threshold"
    UNDECIDED = "undecided"


#: Terms of n that laws are made of, by name.
_TERMS: dict[str, Callable[[_Array], _Array]] = {
    "1": lambda n: n**0,
    "n": lambda n: n,
    "n log n": lambda n: n * np.log2(np.maximum(n, 1.0)),
    "n²": lambda n: n * n,
}
_SMOOTH = (
    (VolumeLaw.CONSTANT, ("1",)),
    (VolumeLaw.LINEAR, ("1", "n")),
    (VolumeLaw.N_LOG_N, ("1", "n log n")),
    (VolumeLaw.QUADRATIC, ("1", "n²")),
    (VolumeLaw.QUADRATIC, ("1", "n", "n²")),
)
#: What a threshold stands on, and what it adds: a jump by a fixed amount, or a steeper line from there on.
_BELOW = (("1",), ("1", "n"))
_JUMP, _STEEPER = "jump", "n above"


#: Laws that need more than one size to speak for them.
_NOT_FROM_ONE_SIZE = (VolumeLaw.LINEAR, VolumeLaw.N_LOG_N, VolumeLaw.QUADRATIC)
#: Laws that are special cases of richer ones, or nearly: three coefficients bend along n log n. A richer law is a rival
#: only if it is clearly better.
_WITHIN = {
    VolumeLaw.LINEAR: (VolumeLaw.CONSTANT,),
    VolumeLaw.N_LOG_N: (VolumeLaw.CONSTANT,),
    VolumeLaw.QUADRATIC: (VolumeLaw.CONSTANT, VolumeLaw.LINEAR, VolumeLaw.N_LOG_N),
    VolumeLaw.THRESHOLD: (VolumeLaw.CONSTANT, VolumeLaw.LINEAR, VolumeLaw.N_LOG_N),
}


@dataclass(frozen=True)
class Fit:
    """A law with its coefficients. `terms` are (name, coefficient): `n²` 2.5 means 2.5 units a squared n."""

    law: VolumeLaw
    terms: tuple[tuple[str, float], ...]
    score: float
    """AICc with the prior: lower is better, 2 ln(odds) apart."""
    scatter: float
    """Relative standard deviation around the law, with the prior in it; a part of one."""
    off: float
    """Relative root mean square of what is measured around the law, without the prior."""
    freedom: int
    """Degrees of freedom of `scatter`."""
    threshold: tuple[float, float] | None = None
    """The sizes between which the threshold lies: the last one below and the first one above."""
    place: float = 0.0
    """Where the terms of a threshold begin, between the two."""
    covariance: tuple[tuple[float, ...], ...] = ()
    """Of the coefficients, in units of the squared scatter."""

    def value(self, n: float) -> float:
        """Return what the law says for a size."""
        return float(self._row(n) @ np.array([coefficient for _, coefficient in self.terms]))

    def interval(self, n: float, floor: float) -> tuple[float, float]:
        """Return where a measurement at a size is to be expected with `limits.SWEEP_COVERAGE`, if the law holds."""
        row, value = self._row(n), self.value(n)
        spread = float(row @ np.array(self.covariance) @ row)
        deviation = self.scatter * math.sqrt(_scale(value, floor) ** 2 + spread)
        margin = _student(limits.SWEEP_COVERAGE, self.freedom) * deviation
        return max(0.0, value - margin), value + margin

    def _row(self, n: float) -> _Array:
        row: _Array = _design(np.array([n], dtype=float), [name for name, _ in self.terms], self.place)[0]
        return row


@dataclass(frozen=True)
class Choice:
    """What the sizes say: the best fit of each law that they do not rule out, the best one first, with its odds."""

    fits: tuple[tuple[Fit, float], ...]
    law: VolumeLaw
    why: str
    """Why nothing is decided; empty where a law is."""

    @property
    def cannot_tell(self) -> bool:
        """True where several laws fit equally well, and what they say can be taken together."""
        return self.law is VolumeLaw.UNDECIDED and len(self.fits) > 1 and self.fits[0][0].off <= limits.SWEEP_MISFIT


def fit(points: Sequence[tuple[float, float]], floor: float) -> Choice:
    """Choose among the laws for (size, value) points, at least three sizes, rising.

    `floor` is the least difference that the instrument can show, in the unit of the values: below it nothing is told
    from nothing.
    """
    sizes = np.array([size for size, _ in points], dtype=float)
    values = np.array([value for _, value in points], dtype=float)
    if float(values.max() - values.min()) <= floor:
        flat = _with_covariance(_fit(VolumeLaw.CONSTANT, ("1",), sizes, values, floor), sizes, values, floor)
        return Choice(((flat, 1.0),), VolumeLaw.CONSTANT, "")
    ranked = _ranked(sizes, values, floor)
    first = ranked[0][0]
    kept = [(each, part) for each, part in ranked if part >= limits.SWEEP_RIVAL]
    known = {each.law for each, _ in kept}
    kept += [(each, 0.0) for each in _from_one_size(first, sizes, values, floor) if each.law not in known]
    fits = tuple((_with_covariance(each, sizes, values, floor), part) for each, part in kept)
    if first.off > limits.SWEEP_MISFIT:
        return Choice(fits, VolumeLaw.UNDECIDED, f"none of the laws fits: the best one is off by {first.off:.0%}")
    if len(fits) > 1:
        return Choice(fits, VolumeLaw.UNDECIDED, "the sizes cannot tell them apart")
    if len(sizes) < limits.SWEEP_THRESHOLD_SIZES and first.law not in (VolumeLaw.CONSTANT, VolumeLaw.LINEAR):
        return Choice(fits, VolumeLaw.UNDECIDED, f"{len(sizes)} sizes cannot tell a curve from a threshold")
    return Choice(fits, first.law, "")


def _ranked(sizes: _Array, values: _Array, floor: float) -> list[tuple[Fit, float]]:
    """Return the best fit of each law that is needed, with its odds, the likeliest first."""
    best: dict[VolumeLaw, Fit] = {}
    for found in _candidates(sizes, values, floor):
        if found.law not in best or found.score < best[found.law].score:
            best[found.law] = found
    ranked = sorted((each for each in best.values() if _needed(each, best)), key=lambda each: (each.score, each.law))
    weights = [math.exp((ranked[0].score - each.score) / 2) for each in ranked]
    return [(each, weight / sum(weights)) for each, weight in zip(ranked, weights, strict=True)]


def _from_one_size(first: Fit, sizes: _Array, values: _Array, floor: float) -> list[Fit]:
    """Return, fitted to all sizes, the laws that would rule out the likeliest one if a single size were missing.

    Numbers up to 256 exist once, so lists of numbers take 72 B each at n = 100 and 104 B from 1,000 on: one size makes
    n log n of a straight line. (A threshold may well rest on one size, and says so.)
    """
    if first.law not in _NOT_FROM_ONE_SIZE or len(sizes) <= limits.SWEEP_THRESHOLD_SIZES:
        return []
    other: set[VolumeLaw] = set()
    for left_out in range(len(sizes)):
        ranked = _ranked(np.delete(sizes, left_out), np.delete(values, left_out), floor)
        if all(fit.law is not first.law or odds < limits.SWEEP_RIVAL for fit, odds in ranked):
            other.add(ranked[0][0].law)
    candidates = [each for each in _candidates(sizes, values, floor) if each.law in other]
    best = {law: min((each for each in candidates if each.law is law), key=lambda each: each.score) for law in other}
    return [best[law] for law in sorted(best)]


def _needed(fit: Fit, best: dict[VolumeLaw, Fit]) -> bool:
    """Say whether a law explains clearly more than one that it contains: a curve bends a little to any noise."""
    return all(
        best[simple].score - fit.score > limits.SWEEP_NEEDED for simple in _WITHIN.get(fit.law, ()) if simple in best
    )


def _candidates(sizes: _Array, values: _Array, floor: float) -> list[Fit]:
    found = [_fit(law, terms, sizes, values, floor) for law, terms in _SMOOTH]
    # Below a threshold at least two sizes must be seen, or there is nothing that it departs from.
    for below in range(1, len(sizes) - 1) if len(sizes) >= limits.SWEEP_THRESHOLD_SIZES else ():
        gap = (float(sizes[below]), float(sizes[below + 1]))
        for base in _BELOW:
            found.append(_fit(VolumeLaw.THRESHOLD, (*base, _JUMP), sizes, values, floor, gap=gap, place=gap[0]))
            for part in limits.SWEEP_PLACES:
                place = gap[0] + part * (gap[1] - gap[0])
                found.append(_fit(VolumeLaw.THRESHOLD, (*base, _STEEPER), sizes, values, floor, gap=gap, place=place))
    return found


def _fit(
    law: VolumeLaw, terms: Sequence[str], sizes: _Array, values: _Array, floor: float,
    *, gap: tuple[float, float] | None = None, place: float = 0.0,
) -> Fit:  # fmt: skip
    """Fit the coefficients of some terms, none of them negative; `gap` and `place` are a threshold's."""
    weights = _weights(values, floor)
    design = _design(sizes, terms, place)
    coefficients = _not_negative(design * weights[:, None], values * weights)
    residuals = (values - design @ coefficients) * weights
    squares = float(residuals @ residuals)
    prior, worth = limits.SWEEP_SCATTER, limits.SWEEP_PRIOR_SIZES
    count = len(sizes) + worth
    # The place of a threshold has been chosen too.
    chosen = len(terms) + (gap is not None)
    score = count * math.log((worth * prior**2 + squares) / count) + 2 * chosen * count / (count - chosen - 1)
    freedom = max(1, count - chosen)
    scatter = math.sqrt((worth * prior**2 + squares) / freedom)
    return Fit(
        law, tuple((name, float(each)) for name, each in zip(terms, coefficients, strict=True)), score, scatter,
        math.sqrt(squares / len(sizes)), freedom, gap, place,
    )  # fmt: skip


def _with_covariance(fit: Fit, sizes: _Array, values: _Array, floor: float) -> Fit:
    """Return a fit with the covariance of its coefficients, which only the chosen ones need."""
    weighted = _design(sizes, [name for name, _ in fit.terms], fit.place) * _weights(values, floor)[:, None]
    covariance = np.linalg.pinv(weighted.T @ weighted)
    return replace(fit, covariance=tuple(tuple(float(each) for each in row) for row in covariance))


def _weights(values: _Array, floor: float) -> _Array:
    return 1.0 / np.array([_scale(float(value), floor) for value in values])


def _scale(value: float, floor: float) -> float:
    """Return the size of which errors are a part: the value's own, and the instrument's where that is larger."""
    return math.hypot(value, floor / limits.SWEEP_SCATTER) or 1.0


def _design(sizes: _Array, terms: Sequence[str], place: float) -> _Array:
    columns = []
    for name in terms:
        if name == _JUMP:
            columns.append((sizes > place).astype(float))
        elif name == _STEEPER:
            columns.append(np.maximum(sizes - place, 0.0))
        else:
            columns.append(_TERMS[name](sizes))
    return np.column_stack(columns)


def _not_negative(design: _Array, values: _Array) -> _Array:
    """Return the coefficients of least squares among those that are not negative.

    One of the subsets of terms has them in its ordinary solution; there are three terms at most, so all are tried.
    """
    best, least = np.zeros(design.shape[1]), float(values @ values)
    # Terms of n² are a million times those of 1.
    norms = np.linalg.norm(design, axis=0)
    norms[norms == 0] = 1.0
    scaled = design / norms
    whole = np.linalg.lstsq(scaled, values, rcond=None)[0]
    if (whole >= 0).all():
        found: _Array = whole / norms
        return found
    for count in range(1, design.shape[1]):
        for chosen in itertools.combinations(range(design.shape[1]), count):
            columns = list(chosen)
            solution = np.linalg.lstsq(scaled[:, columns], values, rcond=None)[0]
            residuals = values - scaled[:, columns] @ solution
            if (solution >= 0).all() and float(residuals @ residuals) < least:
                least = float(residuals @ residuals)
                best = np.zeros(design.shape[1])
                best[columns] = solution / norms[columns]
    return best


def _student(coverage: float, freedom: int) -> float:
    """Return the quantile of Student's t that leaves (1 - coverage) / 2 above it (Abramowitz & Stegun 26.7.5)."""
    z = NormalDist().inv_cdf((1 + coverage) / 2)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
