"""The comparison as SARIF: the findings after, each with its state against the baseline, and those that are gone."""

from __future__ import annotations

from typing import Any, Final

from snapdiff.analysis.comparison import Change, Comparison, Status
from snapdiff.report import sarif, words

_STATES: Final = {
    Status.NEW: "new",
    Status.WORSE: "updated",
    Status.BETTER: "updated",
    Status.UNCHANGED: "unchanged",
    Status.FIXED: "absent",
}


def render_sarif(comparison: Comparison) -> str:
    """Return one log. What cannot be told has no state, as one that does not know its baseline."""
    changes = (*comparison.changes, *comparison.cycles)
    results = [_result(change) for change in changes]
    said = [("warning", comparison.sentence)] if comparison.void else []
    return sarif.log([each for each in results if each is not None], comparison.after.runs, said)


def _result(change: Change) -> dict[str, Any] | None:
    finding = change.finding
    if finding.verdict not in sarif.LEVELS:
        return None
    made = sarif.result(finding, "")
    state = _STATES.get(change.status)
    if state is not None:
        made["baselineState"] = state
    made["properties"]["comparison"] = words.visible(change.sentence)
    made["properties"]["status"] = change.status.value
    return made
