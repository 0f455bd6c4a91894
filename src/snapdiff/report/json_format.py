"""The report as JSON, format `snapdiff-report/1`: the contract that scripts rely on (see schema.json)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from snapdiff.analysis.model import Analysis, BornAt, Finding, Frame, GrownAt, LineRow, Suppressed
from snapdiff.report.cures import cure
from snapdiff.report.limits import DATA_POINTS
from snapdiff.report.thin import thin
from snapdiff.report.words import CAUSES

FORMAT: Final = "snapdiff-report/1"


def render_json(analysis: Analysis) -> str:
    """Return the report as one JSON document in ASCII, so that no text in it can break its carrier."""
    return json.dumps(document(analysis), indent=1, allow_nan=False) + "\n"


def document(analysis: Analysis, cut: Sequence[str] = ()) -> dict[str, Any]:
    """Return the report as plain data. `cut` says in words what the caller has left out of `analysis`."""
    timeline = thin(analysis.timeline, DATA_POINTS, lambda point: point.rss)
    curve = thin(analysis.curve, DATA_POINTS, _objects)
    said = list(cut)
    if len(timeline) < len(analysis.timeline):
        said.append(f"timeline: {len(timeline)} of {len(analysis.timeline)} samples, peaks kept")
    if len(curve) < len(analysis.curve):
        said.append(f"curve: {len(curve)} of {len(analysis.curve)} points, peaks kept")
    return {
        "format": FORMAT,
        "verdict": analysis.verdict.value,
        "sentence": analysis.sentence,
        "complete": analysis.complete,
        "ended": analysis.ended,
        "rounds": [asdict(each) for each in analysis.rounds],
        "traced_rounds": [asdict(each) for each in analysis.traced_rounds],
        "findings": [finding_data(finding) for finding in analysis.findings],
        "suppressed": [_suppressed(row) for row in analysis.suppressed],
        "control": asdict(analysis.control),
        "audit": [asdict(row) for row in analysis.audit],
        "types": [asdict(row) for row in analysis.types],
        "lines": [_line_row(row) for row in analysis.lines],
        "ledger": [asdict(row) for row in analysis.ledger],
        "domains": None if analysis.domains is None else [asdict(row) for row in analysis.domains],
        "peaks": [asdict(row) for row in analysis.peaks],
        "given_back": [asdict(row) for row in analysis.given_back],
        "checkpoints": [asdict(row) for row in analysis.checkpoints],
        "timeline": [asdict(point) for point in timeline],
        "curve": [list(point) for point in curve],
        "sweep": None if analysis.sweep is None else asdict(analysis.sweep),
        "method": asdict(analysis.method),
        "environment": dict(analysis.environment),
        "notes": list(analysis.notes),
        "redacted": analysis.redacted,
        "cut": said,
    }


def _objects(point: tuple[int, int]) -> float:
    return point[1]


def finding_data(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain data."""
    return {
        "fingerprint": finding.fingerprint,
        "verdict": finding.verdict.value,
        "law": finding.law.value,
        "domain": finding.domain,
        "type": finding.type,
        "other_types": list(finding.other_types),
        "objects_per_iteration": finding.objects_per_iteration,
        "bytes_per_iteration": finding.bytes_per_iteration,
        "growth": list(finding.growth),
        "rise": None if finding.rise is None else list(finding.rise),
        "bytes_rise": None if finding.bytes_rise is None else list(finding.bytes_rise),
        "container": None if finding.container is None else asdict(finding.container),
        "chain": [asdict(node) for node in finding.chain],
        "born_at": [_born_at(row) for row in finding.born_at],
        "grown_at": [_grown_at(row) for row in finding.grown_at],
        "leak_share_bytes": finding.leak_share_bytes,
        "not_shared_bytes": finding.not_shared_bytes,
        "sentence": finding.sentence,
        "reasons": list(finding.reasons),
        "doubt": finding.doubt or None,
        "cure": cure(finding) if finding.verdict in CAUSES else None,
        "unit": finding.unit,
        "kinds": list(finding.kinds),
        "waits_at": [_grown_at(row) for row in finding.waits_at],
        "traced": finding.traced,
        "other_containers": list(finding.other_containers),
        "held_natively": finding.held_natively,
        "path_graph": None if finding.path_graph is None else asdict(finding.path_graph),
        "graph": None if finding.graph is None else asdict(finding.graph),
        "excerpts": [asdict(excerpt) for excerpt in finding.excerpts],
        "curve": [list(point) for point in thin(finding.curve, DATA_POINTS, _objects)],
    }


def _suppressed(row: Suppressed) -> dict[str, Any]:
    return {
        "pattern": row.pattern,
        "reason": row.reason,
        "findings": list(row.findings),
        "fingerprints": list(row.fingerprints),
    }


def _frame(frame: Frame) -> dict[str, Any]:
    return {"file": frame.file, "line": frame.line, "function": frame.function}


def _born_at(row: BornAt) -> dict[str, Any]:
    return {
        **_frame(row.frame),
        "share": row.share,
        "born": row.born,
        "alive": row.alive,
        "callers": [_frame(frame) for frame in row.callers],
    }


def _grown_at(row: GrownAt) -> dict[str, Any]:
    return {**_frame(row.frame), "callers": [_frame(frame) for frame in row.callers]}


def _line_row(row: LineRow) -> dict[str, Any]:
    data = asdict(row)
    data.pop("frame")
    return {**_frame(row.frame), **data}
