"""The findings as a page or as a machine format. Pure: the same analysis gives the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from snapdiff.analysis.model import Analysis

__all__ = ["FORMATS", "render"]

#: The formats that `render` knows.
FORMATS: Final = ("html", "markdown", "json", "text", "junit", "sarif")


def render(analysis: Analysis, format: str) -> str:
    """Return `analysis` in one of `FORMATS`, as text that can be written as UTF-8.

    Raises ValueError for any other format.
    """
    match format:
        case "html":
            from snapdiff.report.html import render_html

            return render_html(analysis)
        case "markdown":
            from snapdiff.report.markdown import render_markdown

            return render_markdown(analysis)
        case "json":
            from snapdiff.report.json_format import render_json

            return render_json(analysis)
        case "text":
            from snapdiff.report.text import render_text

            return render_text(analysis)
        case "junit":
            from snapdiff.report.junit import render_junit

            return render_junit(analysis)
        case "sarif":
            from snapdiff.report.sarif import render_sarif

            return render_sarif(analysis)
        case _:
            raise ValueError(f"unknown report format {format!r}; known are {', '.join(FORMATS)}")
