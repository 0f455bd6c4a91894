"""What fits in the page of a trend, and what was cut, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from snapdiff.analysis.past import PastFinding, PastRun
from snapdiff.analysis.trend import Course, Trend
from snapdiff.report.limits import TREND_COURSES, PageCaps
from snapdiff.report.texts import with_texts
from snapdiff.report.words import count, shorten


def cut_for_page(trend: Trend, caps: PageCaps) -> tuple[Trend, tuple[str, ...]]:
    """Cap every list and every text of a trend. Findings of runs stay as what the courses do not say."""
    said = []
    if len(trend.courses) > TREND_COURSES:
        said.append(f"causes: {count(TREND_COURSES)} of {count(len(trend.courses))} shown")
    small = replace(
        trend,
        runs=tuple(_run(run, caps) for run in trend.runs),
        courses=tuple(_course(course, caps) for course in trend.courses[:TREND_COURSES]),
    )
    cut: Trend = with_texts(small, lambda text: shorten(text, caps.text))
    return cut, tuple(said)


def _run(run: PastRun, caps: PageCaps) -> PastRun:
    return replace(
        run,
        findings=tuple(_bare(finding) for finding in run.findings[: caps.findings]),
        ledger=run.ledger[: caps.rows],
        plan=run.plan[: caps.rows],
        suppressed=run.suppressed[: caps.rows],
    )


def _bare(finding: PastFinding) -> PastFinding:
    bare: dict[str, Any] = {
        "other_types": (),
        "chain": (),
        "born_at": (),
        "grown_at": (),
        "waits_at": (),
        "sentence": "",
    }
    return replace(finding, **bare)


def _course(course: Course, caps: PageCaps) -> Course:
    finding = course.finding
    return replace(
        course,
        notes=course.notes[-caps.finding_rows :],
        finding=replace(
            finding,
            other_types=finding.other_types[: caps.finding_rows],
            chain=finding.chain[: caps.finding_rows],
            born_at=finding.born_at[: caps.finding_rows],
            grown_at=finding.grown_at[: caps.finding_rows],
            waits_at=finding.waits_at[: caps.finding_rows],
            kinds=finding.kinds[: caps.finding_rows],
        ),
    )
