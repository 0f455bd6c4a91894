"""The rounds read aloud, in the terms of the procedure: what the first call left, what the next ones left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from snapdiff.analysis.model import Analysis, Finding, Round, Verdict
from snapdiff.report import words

#: How to read the table, for somebody who has never seen one.
TERMS: Final = (
    "The rounds follow each other in one process, with a garbage collection before each count. "
    "Initialisation leaves something in the first call and nothing after it. "
    "A leak leaves the same number for every call, in every round."
)


@dataclass(frozen=True)
class Reading:
    """A round, and what a person reads in it."""

    round: Round
    left: str
    """What the row counts: `the first call`, `the next 10 calls`."""
    kind: str
    """`planned` or `confirming`."""
    own: int | None
    """Growth of the main finding in this round; None if there is no finding."""
    reading: str


def main_finding(analysis: Analysis) -> Finding | None:
    """Return the finding that the evidence is about: the one that decided the verdict."""
    return analysis.findings[0] if analysis.findings else None


def read_rounds(analysis: Analysis) -> tuple[Reading, ...]:
    """Return every round with its reading. The verdict is the analysis's; here it only gets words."""
    finding = main_finding(analysis)
    readings = []
    for index, each in enumerate(analysis.rounds):
        own = finding.growth[index] if finding is not None and index < len(finding.growth) else None
        readings.append(
            Reading(
                round=each,
                left=_left(index, each),
                kind="confirming" if each.extra else "planned",
                own=own,
                reading=_reading(index, each, own, analysis.verdict),
            )
        )
    return tuple(readings)


def _left(index: int, each: Round) -> str:
    ordinal = "first" if index == 0 else "next"
    return f"the {ordinal} call" if each.iterations == 1 else f"the {ordinal} {words.calls(each.iterations)}"


def _reading(index: int, each: Round, own: int | None, verdict: Verdict) -> str:
    grew = each.objects if own is None else own
    if verdict in (Verdict.LEAK, Verdict.SLOW_LEAK):
        if own is None or grew <= 0:
            return "no growth"
        product = f"{words.calls(each.iterations)} {words.TIMES} {words.rate(own / each.iterations)}"
        return f"initialisation, and {product}" if index == 0 and each.objects > own else f"leak: {product}"
    if index == 0:
        return "initialisation" if each.objects > 0 else "nothing left"
    if each.objects <= 0:
        return "nothing more"
    match verdict:
        case Verdict.SATURATING:
            return "fills up to its bound"
        case Verdict.INCONCLUSIVE:
            return "grows, not proven"
        case _:
            return "not in proportion to the calls"
