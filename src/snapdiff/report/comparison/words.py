"""The words of a comparison, and its numbers as people write them. Every renderer uses these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from snapdiff.analysis.comparison import Change, Comparison, Growth, Outcome, Status
from snapdiff.analysis.model import Finding, Verdict
from snapdiff.report import gains, words

#: Status → (word, sign, the class of its colour in the style). The sign stands beside the word.
STATUS: Final[dict[Status, tuple[str, str, str]]] = {
    Status.NEW: ("New", "\N{BLACK UP-POINTING TRIANGLE}", "leak"),
    Status.WORSE: ("Worse", "\N{UPWARDS ARROW}", "leak"),
    Status.UNSURE: ("Cannot be told", "?", "inconclusive"),
    Status.FIXED: ("Fixed", "\N{CHECK MARK}", "clean"),
    Status.BETTER: ("Better", "\N{DOWNWARDS ARROW}", "clean"),
    Status.UNCHANGED: ("Unchanged", "=", "slow-leak"),
}
OUTCOME: Final[dict[Outcome, tuple[str, str, str]]] = {
    Outcome.WORSE: ("Worse", "\N{BLACK UP-POINTING TRIANGLE}", "leak"),
    Outcome.INCONCLUSIVE: ("Inconclusive", "?", "inconclusive"),
    Outcome.FIXED: ("Fixed", "\N{CHECK MARK}", "clean"),
    Outcome.BETTER: ("Better", "\N{DOWNWARDS ARROW}", "clean"),
    Outcome.UNCHANGED: ("Unchanged", "=", "slow-leak"),
    Outcome.CLEAN: ("Clean", "\N{CHECK MARK}", "clean"),
}
MEANING: Final[dict[Outcome, str]] = {
    Outcome.WORSE: "Something leaks now that did not before, or leaks more.",
    Outcome.INCONCLUSIVE: "These recordings cannot tell whether something changed.",
    Outcome.FIXED: "What is named leaked before and does not any more; nothing is new or worse.",
    Outcome.BETTER: "It still leaks, but less; nothing is new or worse.",
    Outcome.UNCHANGED: "It leaks as it did before; nothing is new or worse.",
    Outcome.CLEAN: "Nothing leaked before and nothing does now.",
}


class End(NamedTuple):
    """One side of a change, in words."""

    pace: str
    """What a call gained in its runs: `1`, `1 to 1.2`, `1, in 2 of 3 runs`, or that nothing grew."""
    rounds: str
    """What the planned rounds gained, `+1 +10 +151`; a dash where that is not known."""


def before(change: Change) -> End:
    """Say what a cause gained before."""
    return _end(change.before_rates, change.before_growth, change.before, change.finding)


def after(change: Change) -> End:
    """Say what a cause gained after."""
    return _end(change.after_rates, change.after_growth, change.after, change.finding)


def _end(rates: Sequence[float | None], growth: Growth | None, finding: Finding | None, unit: Finding) -> End:
    rounds = " ".join(gains.gained(unit, gained) for _, gained in growth.rounds) if growth else ""
    if growth is not None and growth.counted != "finding" and not _flat(growth):
        rounds += f" (all of the {growth.counted})"
    return End(_pace(rates, growth, finding), rounds or words.NOTHING)


def _flat(growth: Growth) -> bool:
    return all(gained <= 0 for _, gained in growth.rounds[1:])


def _pace(rates: Sequence[float | None], growth: Growth | None, finding: Finding | None) -> str:
    found = [value for value in rates if value is not None]
    if not found or finding is None:
        return "0" if growth is not None and _flat(growth) else "none found"
    if finding.verdict not in words.CAUSES and finding.verdict is not Verdict.CYCLE:
        return words.VERDICT_WORDS[finding.verdict][0].lower()
    low, high = (gains.rate(finding, end(found)) for end in (min, max))
    text = low if low == high else f"{low} to {high}"
    return text if len(found) == len(rates) else f"{text}, in {len(found)} of {len(rates)} runs"


def span(rates: Iterable[float | None]) -> str:
    """Return the rates of a row in all runs: `+1`, or `+1 to +1.2`; a dash where no run can tell."""
    found = [value for value in rates if value is not None]
    if not found:
        return words.NOTHING
    low, high = (words.signed_rate(end(found)) for end in (min, max))
    return low if low == high else f"{low} to {high}"


def numbers(values: Sequence[int]) -> str:
    """Return the growth of a type or line in the planned rounds."""
    return " ".join(words.signed(value) for value in values)


def what(change: Change) -> str:
    """Name a cause shortly: its container, or else its type or domain."""
    finding = change.finding
    return finding.container.path if finding.container is not None else finding.type or finding.domain


def plan(comparison: Comparison, after: bool) -> str:
    """Name the planned rounds of a side: `1, 10, 151 calls`."""
    run = (comparison.after if after else comparison.before).runs[0]
    return ", ".join(words.count(calls) for calls in run.method.plan) + " calls"
