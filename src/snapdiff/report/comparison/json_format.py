"""The comparison as JSON, format `snapdiff-compare/1` (see compare_schema.json). Findings are those of the report."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from snapdiff.analysis.comparison import Change, Comparison, Growth, LineChange, Side
from snapdiff.analysis.model import Analysis, Finding
from snapdiff.report.json_format import finding_data

FORMAT: Final = "snapdiff-compare/1"


def render_json(comparison: Comparison) -> str:
    """Return the comparison as one JSON document in ASCII."""
    return json.dumps(document(comparison), indent=1, allow_nan=False) + "\n"


def document(comparison: Comparison, cut: Sequence[str] = ()) -> dict[str, Any]:
    """Return the comparison as plain data. `cut` says in words what the caller has left out."""
    return {
        "format": FORMAT,
        "outcome": comparison.outcome.value,
        "sentence": comparison.sentence,
        "void": comparison.void or None,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "changes": [_change(change) for change in comparison.changes],
        "cycles": [_change(change) for change in comparison.cycles],
        "types": [{**asdict(row), "status": row.status.value} for row in comparison.types],
        "lines": [_line(row) for row in comparison.lines],
        "caveats": list(comparison.caveats),
        "redacted": comparison.after.runs[0].redacted,
        "cut": list(cut),
    }


def _side(side: Side) -> dict[str, Any]:
    return {"runs": [_run(name, run) for name, run in zip(side.names, side.runs, strict=True)]}


def _run(name: str, run: Analysis) -> dict[str, Any]:
    return {
        "name": name,
        "verdict": run.verdict.value,
        "sentence": run.sentence,
        "complete": run.complete,
        "ended": run.ended,
        "rounds": [asdict(each) for each in run.rounds],
        "control": asdict(run.control),
        "method": asdict(run.method),
        "environment": dict(run.environment),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "status": change.status.value,
        "matched_by": change.matched_by.value,
        "alike": list(change.alike),
        "sentence": change.sentence,
        "reason": change.reason,
        "before": _seen(change.before_rates, change.before_growth, change.before),
        "after": _seen(change.after_rates, change.after_growth, change.after),
    }


def _seen(rates: Sequence[float | None], growth: Growth | None, finding: Finding | None) -> dict[str, Any]:
    return {
        "rates": list(rates),
        "growth": None
        if growth is None
        else {"rounds": [list(row) for row in growth.rounds], "counted": growth.counted},
        "finding": None if finding is None else finding_data(finding),
    }


def _line(row: LineChange) -> dict[str, Any]:
    data = asdict(row)
    frame = data.pop("frame")
    return {**frame, **data, "status": row.status.value}
