"""The trend of a workload, and causes that were seen before, as a page, text or JSON. Pure, like the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from snapdiff.analysis.recall import Recall
    from snapdiff.analysis.trend import Trend, Workload

__all__ = ["RECALL_FORMATS", "TREND_FORMATS", "render_recalls", "render_trend", "render_workloads"]

TREND_FORMATS: Final = ("html", "json", "text")
RECALL_FORMATS: Final = ("json", "text")


def render_trend(trend: Trend, format: str) -> str:
    """Return a trend in one of `TREND_FORMATS`. Raises ValueError for any other."""
    match format:
        case "html":
            from snapdiff.report.trend.html import render_html

            return render_html(trend)
        case "json":
            from snapdiff.report.trend.json_format import render_json

            return render_json(trend)
        case "text":
            from snapdiff.report.trend.text import render_text

            return render_text(trend)
        case _:
            raise ValueError(f"unknown trend format {format!r}; known are {', '.join(TREND_FORMATS)}")


def render_recalls(recalls: Sequence[Recall], format: str) -> str:
    """Return causes, and what is remembered that is like them, in one of `RECALL_FORMATS`. Raises ValueError."""
    match format:
        case "json":
            from snapdiff.report.trend.json_format import render_recalls_json

            return render_recalls_json(recalls)
        case "text":
            from snapdiff.report.trend.recall import render_recalls_text

            return render_recalls_text(recalls)
        case _:
            raise ValueError(f"unknown format {format!r}; known are {', '.join(RECALL_FORMATS)}")


def render_workloads(workloads: Sequence[Workload]) -> str:
    """Return the targets that there are runs of as text."""
    from snapdiff.report.trend.text import render_workloads_text

    return render_workloads_text(workloads)
