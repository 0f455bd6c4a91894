"""The calls of a sweep as rows of the recording."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from snapdiff.record.timeline import Sample

_KEPT = (
    "series", "size", "part", "repeat", "seconds", "cpu_seconds", "peak_traced", "rss_before", "rss_after", "peak_rss",
    "objects_before", "bytes_before", "objects", "bytes",
)  # fmt: skip


def rows(frames: Sequence[dict[str, Any]], timeline: Sequence[Sample], started: float) -> list[dict[str, Any]]:
    """Return one row a call. Where the target could not read its peak, the highest sample stands for it."""
    return [_row(position, frame, timeline, started) for position, frame in enumerate(frames)]


def _row(position: int, frame: dict[str, Any], timeline: Sequence[Sample], started: float) -> dict[str, Any]:
    row = {"id": position, "began": frame["began"] - started, **{key: frame[key] for key in _KEPT}, "sampled": False}
    if row["peak_rss"] is None:
        end = frame["ended"] - started
        row["peak_rss"] = max((each.rss for each in timeline if row["began"] <= each.monotonic <= end), default=None)
        row["sampled"] = row["peak_rss"] is not None
    return row
