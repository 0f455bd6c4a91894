"""Which leaks of a report weigh, once those that are known or within the budget are taken out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from snapdiff.analysis.baseline import ACCUSED
from snapdiff.analysis.budget import Budget
from snapdiff.analysis.model import Analysis, Finding, Verdict


@dataclass(frozen=True)
class Weighed:
    """The leaks of a report in three parts, and whether it leaves anything open."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    allowed: tuple[Finding, ...]
    open: bool
    """Whether the run is inconclusive in part, or incomplete, or something moved without any call."""


def weigh(analysis: Analysis, budget: Budget | None, known: Collection[str]) -> Weighed:
    """Part the leaks of a report by a budget and by the fingerprints of known ones, which use up no budget."""
    leaks = [finding for finding in analysis.findings if finding.verdict in ACCUSED]
    old = tuple(leak for leak in leaks if leak.fingerprint in known)
    new = tuple(leak for leak in leaks if leak.fingerprint not in known)
    covered = bool(new) and budget is not None and budget.covers(new)
    doubtful = (
        analysis.restless
        or analysis.verdict is Verdict.INCONCLUSIVE
        or any(finding.verdict is Verdict.INCONCLUSIVE for finding in analysis.findings)
    )
    return Weighed(() if covered else new, old, new if covered else (), doubtful or not analysis.complete)
