"""What came of measuring a test: plain data, which also travels from a worker of xdist."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from snapdiff.pytest_measure.asked import Asked

#: Beside the verdicts of an analysis: nothing grew, so nothing was analysed; or it could not be measured.
CLEAN, NOT_MEASURED = "clean", "not measured"
_LEAKS = ("leak", "slow-leak")


@dataclass(frozen=True)
class Result:
    """A verdict on a test. `failure` is the text that it fails with, empty when it passes."""

    test: str
    verdict: str
    sentence: str
    page: str = ""
    failure: str = ""
    why_accepted: str = ""
    """Why a leak does not fail the test: known, or within the budget."""
    leaks: list[list[str]] = field(default_factory=list)
    """Target, fingerprint, verdict and sentence of each leak, as a baseline has them."""
    tools: list[str] = field(default_factory=list)
    """What was suppressed: growth that test tools keep, and what the project suppresses."""

    @classmethod
    def of(cls, test: str, answer: dict[str, Any], page: Path, asked: Asked) -> Result:
        """Return the result that the answer of `judge` amounts to."""
        failure = accepted = ""
        if answer["new"] or (asked.strict and answer["open"]):
            failure = (
                f"snapdiff measured {sum(asked.rounds)} calls of this test and more.\n\n{answer['text']}\nPage: {page}"
            )
        elif answer["verdict"] in _LEAKS:
            limit = f"within the budget of {asked.allow}" if answer["allowed"] else ""
            known = "in the baseline" if answer["known_leaks"] else ""
            accepted = " and ".join(filter(None, (known, limit)))
        return cls(
            test, answer["verdict"], answer["sentence"], str(page), failure, accepted, answer["leaks"], answer["tools"]
        )

    def plain(self) -> dict[str, Any]:
        """Return this as data for a report of pytest's."""
        return dataclasses.asdict(self)
