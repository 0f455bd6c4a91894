"""A comparison as a page or as a machine format. Pure, like the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from snapdiff.report import FORMATS

if TYPE_CHECKING:
    from snapdiff.analysis.comparison import Comparison

__all__ = ["FORMATS", "render_comparison"]


def render_comparison(comparison: Comparison, format: str) -> str:
    """Return `comparison` in one of `FORMATS`, as text that can be written as UTF-8.

    Raises ValueError for any other format.
    """
    match format:
        case "html":
            from snapdiff.report.comparison.html import render_html

            return render_html(comparison)
        case "markdown":
            from snapdiff.report.comparison.markdown import render_markdown

            return render_markdown(comparison)
        case "json":
            from snapdiff.report.comparison.json_format import render_json

            return render_json(comparison)
        case "text":
            from snapdiff.report.comparison.text import render_text

            return render_text(comparison)
        case "junit":
            from snapdiff.report.comparison.junit import render_junit

            return render_junit(comparison)
        case "sarif":
            from snapdiff.report.comparison.sarif import render_sarif

            return render_sarif(comparison)
        case _:
            raise ValueError(f"unknown comparison format {format!r}; known are {', '.join(FORMATS)}")
