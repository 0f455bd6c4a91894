"""A trend as JSON, `snapdiff-trend/1`, and causes seen before, `snapdiff-similar/1` (see history_schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from snapdiff.analysis.past import PastRun
from snapdiff.analysis.recall import Alike, Recall
from snapdiff.analysis.trend import Trend

TREND: Final = "snapdiff-trend/1"
SIMILAR: Final = "snapdiff-similar/1"


def render_json(trend: Trend) -> str:
    """Return a trend as one JSON document in ASCII."""
    return json.dumps(document(trend), indent=1, allow_nan=False) + "\n"


def document(trend: Trend, cut: Sequence[str] = ()) -> dict[str, Any]:
    """Return a trend as plain data. `cut` says in words what the caller has left out."""
    return {
        "format": TREND,
        "target": trend.target,
        "verdict": trend.verdict.value,
        "sentence": trend.sentence,
        "runs": [_run(run) for run in trend.runs],
        "courses": [asdict(course) for course in trend.courses],
        "turns": list(trend.turns),
        "older": trend.older,
        "filters": list(trend.filters),
        "cut": list(cut),
    }


def render_recalls_json(recalls: Sequence[Recall]) -> str:
    """Return causes, and what is remembered that is like them, as one JSON document in ASCII."""
    rows = [
        {"finding": asdict(recall.finding), "alike": [_alike(alike) for alike in recall.alike]} for recall in recalls
    ]
    return json.dumps({"format": SIMILAR, "findings": rows}, indent=1, allow_nan=False) + "\n"


def _run(run: PastRun) -> dict[str, Any]:
    rates = [
        {"fingerprint": each.fingerprint, "verdict": each.verdict.value, "unit": each.unit, "rate": each.rate}
        for each in run.findings
    ]
    return {**asdict(run), "findings": rates}


def _alike(alike: Alike) -> dict[str, Any]:
    return {
        "finding": asdict(alike.finding),
        "same": alike.same,
        "likeness": round(alike.likeness, 4),
        "reasons": list(alike.reasons),
        "runs": alike.runs,
        "first": _seen(alike.first),
        "last": _seen(alike.last),
        "notes": [asdict(note) for note in alike.notes],
    }


def _seen(run: PastRun) -> dict[str, Any]:
    return {"id": run.id, "target": run.target, "started": run.started, "origin": asdict(run.origin)}
