"""The charts of a trend page: one point a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from snapdiff.analysis.model import SEVERITY
from snapdiff.analysis.trend import Course, Trend
from snapdiff.report import words
from snapdiff.report.charts import CURVE, MEMORY, Ticks, draw
from snapdiff.report.limits import TURNS
from snapdiff.report.trend import words as said

_MEBIBYTE: Final = 1024 * 1024
#: Numbers of runs below a chart.
_TICKS: Final = 10
#: The gravest verdict is drawn highest.
_HEIGHTS: Final = {verdict: len(SEVERITY) - 1 - at for at, verdict in enumerate(SEVERITY)}


def verdict_chart(trend: Trend, identity: str) -> str | None:
    """Return the verdict of each run, or None for a single one."""
    heights = [float(_HEIGHTS[run.verdict]) for run in trend.runs]
    latest = words.VERDICT_WORDS[trend.verdict][0].lower()
    used = sorted(set(_HEIGHTS), key=_HEIGHTS.__getitem__)
    return _chart(
        trend,
        identity,
        title="Verdict of each run",
        description=f"{words.count(len(heights))} runs; the latest: {latest}. {trend.sentence}",
        numbers=heights,
        name="verdict",
        colour=CURVE,
        axis="",
        y_names={float(_HEIGHTS[verdict]): words.VERDICT_WORDS[verdict][0] for verdict in used},
    )


def rate_chart(trend: Trend, course: Course, identity: str) -> str | None:
    """Return what a call left in each run because of one cause, or None where fewer than two runs can tell."""
    finding = course.finding
    first, last = (said.rate(finding, course.rates[at]) for at in (course.first, course.last))
    return _chart(
        trend,
        identity,
        title=f"Rate of this cause over the runs: {said.unit(finding)}",
        description=f"{first} in {said.place(trend, course.first)}; {last} in {said.place(trend, course.last)}.",
        numbers=course.rates,
        name=said.unit(finding),
        colour=CURVE,
        axis="per call",
    )


def objects_chart(trend: Trend, identity: str) -> str | None:
    """Return the reachable objects at the end of each run, or None where fewer than two runs have them."""
    return _chart(
        trend,
        identity,
        title="Objects at the last checkpoint of each run",
        description=_from_to([run.objects for run in trend.runs], "objects"),
        numbers=[run.objects for run in trend.runs],
        name="objects at the last checkpoint",
        colour=MEMORY,
        axis="objects",
    )


def memory_chart(trend: Trend, identity: str) -> str | None:
    """Return the resident memory at the end of each run, or None where fewer than two runs have it."""
    numbers = [None if run.rss is None else run.rss / _MEBIBYTE for run in trend.runs]
    return _chart(
        trend,
        identity,
        title="Resident memory at the last checkpoint of each run",
        description=_from_to(numbers, "MiB"),
        numbers=numbers,
        name="resident memory at the last checkpoint",
        colour=MEMORY,
        axis="MiB",
    )


def _from_to(numbers: Sequence[float | None], unit: str) -> str:
    there = [number for number in numbers if number is not None]
    if not there:
        return ""
    first, last, least, most = (words.count(number) for number in (there[0], there[-1], min(there), max(there)))
    return f"{first} {unit} in the first run, {last} in the latest; at least {least}, at most {most}."


def _chart(
    trend: Trend,
    identity: str,
    *,
    title: str,
    description: str,
    numbers: Sequence[float | None],
    name: str,
    colour: str,
    axis: str,
    y_names: Ticks | None = None,
) -> str | None:
    if sum(number is not None for number in numbers) < 2:  # noqa: PLR2004
        return None
    first = said.number(trend, 0)
    points = [(float(first + at), number) for at, number in enumerate(numbers)]
    step = -(-len(points) // _TICKS)
    return draw(
        identity,
        title=title,
        description=description,
        series=[(name, points, colour)],
        marks=[(points[at][0], f"run {said.number(trend, at)}") for at in trend.turns[-TURNS:]],
        axes=("run", axis),
        from_zero=True,
        ticks=({x: f"{x:.0f}" for x, _ in points[::step]}, y_names),
    )
