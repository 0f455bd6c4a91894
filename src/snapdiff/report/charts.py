"""The charts of the page, drawn by leather and made to follow the page's theme."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from typing import Any, Final

from snapdiff.analysis.model import Analysis, TimelinePoint
from snapdiff.analysis.sentences import gained_per_call
from snapdiff.report import gains, svg, words
from snapdiff.report.evidence import main_finding
from snapdiff.report.limits import CHART_POINTS
from snapdiff.report.thin import thin

_WIDTH: Final = 720
_HEIGHT: Final = 320
_KIBIBYTE: Final = 1024
_MEBIBYTE: Final = 1024 * 1024

#: Unit of a finding → the least that a leak of it would leave with each call, to set a curve against that is none.
_ONE: Final = {
    "objects": "1 object",
    "entries": "1 entry",
    "bytes": "1 KiB",
    "blocks": "1 memory block",
    "descriptors": "1 descriptor",
    "threads": "1 thread",
    "tasks": "1 task",
    "processes": "1 process",
}

#: Up to here each measured point gets a dot; more of them would hide the line.
_DOTS: Final = 40
#: Vertical marks for rounds, and the room (pixels) that the label of one needs.
_MARKS: Final = 8
_MARK_ROOM: Final = 64
#: Room between the curve and the edges of the plot, as part of its height; the labels of marks stand there.
_AIR: Final = 0.07
_LEGEND_ROOM: Final = "   "
#: What leather leaves empty around a chart: left, top, right, bottom.
_EMPTY: Final = (20, 16, 20, 28)

#: Colour that leather draws with → the class that the page's style knows it by. Leather has no classes of its
#: own for series, so each series gets a colour of its own.
CURVE: Final = svg.HOT
STRAIGHT: Final = "#3b7dd9"
MEMORY: Final = svg.COOL
_MARK: Final = svg.MUTED
_CLASSES: Final = {CURVE: "curve", STRAIGHT: "straight", MEMORY: "memory", _MARK: "mark"}

#: The straight line is a wide band below the curve, so that a curve that follows it does not hide it.
_BAND: Final = 9
_BAND_OPACITY: Final = "0.35"

Points = Sequence[tuple[float, float | None]]
#: Labels by place on an axis.
Ticks = dict[float, str]


def growth_chart(analysis: Analysis, identity: str) -> str | None:
    """Return survivors over calls against a straight line, or None where there is no curve.

    For a run with findings: the survivors of the main finding's type and the straight line through its
    rate. For a clean run: all survivors, and what one object a call would have looked like; for bytes, which have
    no such natural step, as much growth as there was, in equal steps.
    """
    finding = main_finding(analysis)
    own = finding is not None and len(finding.curve) > 1
    curve = finding.curve if finding is not None and own else analysis.curve
    if len(curve) <= 1:
        return None
    points = [(float(x), float(y)) for x, y in thin(curve, CHART_POINTS, lambda point: point[1])]
    (first_x, first_y), (last_x, last_y) = points[0], points[-1]
    slope = gained_per_call(finding) if finding is not None and own else 0.0
    if finding is not None and slope > 0 and finding.verdict in words.CAUSES:
        straight = [(first_x, last_y - slope * (last_x - first_x)), (last_x, last_y)]
        name = f"straight line, {gains.per_call(finding)}"
    elif finding is not None and own and finding.unit == "bytes" and last_y > first_y:
        straight = [points[0], points[-1]]
        name = "what a leak of as many bytes would be"
    else:
        counts = finding.unit if finding is not None and own else "objects"
        step = _KIBIBYTE if counts == "bytes" else 1
        straight = [(first_x, first_y), (last_x, first_y + step * (last_x - first_x))]
        name = f"what a leak of {_ONE[counts]} per call would be"
    named = gains.counted(finding, 40) if finding is not None and own else None
    counted = "survivors" if named is None or finding is None else named
    if finding is not None and named is not None and finding.unit == "objects":
        counted += " alive"
    unit = finding.unit if finding is not None and own else "objects"
    if unit == "bytes" and last_y >= _MEBIBYTE:
        unit = "MiB"
        straight = [(x, y / _MEBIBYTE) for x, y in straight]
        points = [(x, y / _MEBIBYTE) for x, y in points]
        first_y, last_y = first_y / _MEBIBYTE, last_y / _MEBIBYTE
    ends: list[tuple[float, str]] = []
    done = 0
    for each in gains.rounds_of(analysis, finding if own else None):
        done += each.iterations
        ends.append((float(done), f"{words.calls(done)}"))
    return draw(
        identity,
        title=f"Growth curve: {counted} over the calls",
        description=(
            f"From {words.count(first_y)} {unit} after {words.calls(round(first_x))} "
            f"to {words.count(last_y)} after {words.calls(round(last_x))}. Wide pale line: {name}."
        ),
        series=[(name, straight, STRAIGHT), (counted, points, CURVE)],
        marks=ends,
        axes=("calls", unit),
        from_zero=False,
    )


def memory_chart(analysis: Analysis, identity: str) -> str | None:
    """Return resident memory over time with the checkpoints marked, or None where it was not sampled."""
    samples = thin(analysis.timeline, CHART_POINTS, lambda point: point.rss)
    if len(samples) <= 1:
        return None
    points = [(point.seconds, point.rss / _MEBIBYTE) for point in samples]
    highest = max(samples, key=lambda point: point.rss)
    return draw(
        identity,
        title="Resident memory of the target over time",
        description=(
            f"From {words.size(samples[0].rss)} to {words.size(samples[-1].rss)} in "
            f"{words.duration(samples[-1].seconds - samples[0].seconds)}; at most {words.size(highest.rss)}."
        ),
        series=[("resident memory", points, MEMORY)],
        marks=_checkpoints(analysis) or _sizes(samples),
        axes=("seconds", "MiB"),
        from_zero=True,
    )


def stacked_columns(
    identity: str,
    *,
    title: str,
    description: str,
    columns: Sequence[str],
    layers: Sequence[tuple[str, str, Sequence[int]]],
) -> str:
    """Draw bytes upon each other in columns; `layers` are (name, colour, bytes in each column), the lowest first.

    leather draws columns one behind the other: the sums are drawn, the highest first.
    """
    import leather

    chart = leather.Chart()
    sums = [0.0] * len(columns)
    drawn = []
    for name, colour, numbers in layers:
        sums = [low + number / _MEBIBYTE for low, number in zip(sums, numbers, strict=True)]
        drawn.append((name, colour, sums))
    for name, colour, tops in reversed(drawn):
        # leather breaks a legend as if the axis took no room: what is added here makes it break earlier.
        chart.add_columns(list(zip(columns, tops, strict=True)), name=name + _LEGEND_ROOM, fill_color=colour)
    chart.add_y_scale(0, max(sums) * (1 + _AIR) or 1)
    chart.add_y_axis(name="MiB", tick_formatter=_tick)
    body = chart.to_svg_group(_WIDTH, _HEIGHT)
    _follow_theme(body, named=len(drawn), labels=())
    return svg.picture(identity, title, description, _view(), body)


def _checkpoints(analysis: Analysis) -> list[tuple[float, str]]:
    """Return (seconds, name) of the workload's checkpoints, and of the first of each other series."""
    marks: dict[str, float] = {}
    for row in analysis.checkpoints:
        name = words.calls(row.iterations) if row.iterations else "start"
        marks.setdefault(name if row.series == "workload" else row.series, row.seconds)
    return [(seconds, name) for name, seconds in marks.items()]


def _sizes(samples: Sequence[TimelinePoint]) -> list[tuple[float, str]]:
    """Return (seconds, size) of the moments at which a sweep first called with each size."""
    begun: dict[int, float] = {}
    for point in samples:
        if point.phase == "sweep":
            begun.setdefault(point.round, point.seconds)
    return [(seconds, words.count(size)) for size, seconds in begun.items()]


def draw(
    identity: str,
    *,
    title: str,
    description: str,
    series: Sequence[tuple[str, Points, str]],
    marks: Sequence[tuple[float, str]],
    axes: tuple[str, str],
    from_zero: bool = False,
    ticks: tuple[Ticks | None, Ticks | None] | None = None,
) -> str:
    """Draw `series` (name, points, colour); `marks` are vertical lines at an x, with a label.

    A point whose y is None is a gap. `ticks` are the places and labels on both axes, where even steps of numbers would
    not do.
    """
    import leather

    values = [y for _, points, _ in series for _, y in points if y is not None]
    places = [x for _, points, _ in series for x, _ in points]
    low, high = _range(min(values), max(values), from_zero=from_zero, whole=from_zero or ticks is None)
    first, last = min(places), max(*places, min(places) + 1)
    if ticks is not None:
        # The label of the last place needs room.
        last += (last - first) * _AIR
    chart = leather.Chart()
    for name, points, colour in series:
        chart.add_line(points, name=name, stroke_color=colour, width=_BAND if colour == STRAIGHT else None)
    shown = [(x, label) for x, label in marks if first <= x <= last][:_MARKS]
    for x, _ in shown:
        chart.add_line([(x, low), (x, high)], name="", stroke_color=_MARK, width=1, stroke_dasharray="2 4")
    _, measured, colour = series[-1]
    seen = [point for point in measured if point[1] is not None]
    if len(seen) <= _DOTS:
        chart.add_dots(seen, name="", fill_color=colour, radius=3)
    if ticks is None:
        chart.add_x_scale(first, last)
    else:
        chart.set_x_scale(_exactly(first, last))
    chart.add_y_scale(low, high)
    for add, name, own in zip((chart.add_x_axis, chart.add_y_axis), axes, ticks or (None, None), strict=True):
        add(name=name or None, ticks=list(own) if own else None, tick_formatter=_labels(own) if own else _tick)
    body = chart.to_svg_group(_WIDTH, _HEIGHT)
    _follow_theme(body, named=len(series), labels=[label for _, label in shown])
    return svg.picture(identity, title, description, _view(), body)


def _view() -> tuple[float, float, float, float]:
    """Return what is shown of a drawing: left, top, width, height."""
    left, top, right, bottom = _EMPTY
    return (left, top, _WIDTH - left - right, _HEIGHT - top - bottom)


def _exactly(first: float, last: float) -> Any:
    """Return a scale that ends where the points do; leather's own goes on to the next tick that it would set."""
    import leather

    class Exact(leather.Linear):  # type: ignore[misc]
        def project(self, value: float, range_min: float, range_max: float) -> float:
            return range_min + (range_max - range_min) * (float(value) - first) / (last - first)

    return Exact(first, last)


def _range(low: float, high: float, *, from_zero: bool, whole: bool) -> tuple[float, float]:
    """Return an axis range with some air; memory starts at zero, so that a small step looks small.

    Where axes go by ratios (not `whole`) zero is no place like others.
    """
    if whole and (from_zero or 0 <= low < high / 2):
        low = min(low, 0.0)
    air = (high - low) * _AIR or 1.0
    return (low if whole and low == 0 else low - air), high + 2 * air


def _tick(value: Any, _index: int, _ticks: int) -> str:
    return f"{float(value):,.6g}".replace("-", words.MINUS)


def _labels(ticks: Ticks) -> Callable[[Any, int, int], str]:
    return lambda value, _index, _ticks: ticks[float(value)]


def _follow_theme(body: ET.Element, *, named: int, labels: Sequence[str]) -> None:
    """Turn leather's colours into classes with fallbacks, keep `named` legend entries, label the marks."""
    background = body.find("rect")
    if background is not None:
        body.remove(background)
    body.attrib.update({"fill": svg.INK, "font-family": svg.SANS, "font-size": "12"})
    header, plot = body.findall("g/g")[:2]
    for entries in header.findall("g"):
        for entry in list(entries)[named:]:
            entries.remove(entry)
    for element in body.iter():
        if element.tag == "text":
            element.text = (element.text or "").removesuffix(_LEGEND_ROOM)
            for said_once in ("fill", "font-family", "font-size"):
                element.attrib.pop(said_once, None)
        elif element.tag == "line":
            element.set("class", "grid")
            element.set("stroke", svg.MUTED)
            element.set("stroke-width", "0.4")
        else:
            for paint in ("stroke", "fill"):
                if element.get(paint) in _CLASSES:
                    element.set("class", f"{_CLASSES[element.attrib[paint]]} {paint}")
    for band in body.iter():
        if band.tag in ("path", "rect") and STRAIGHT in (band.get("stroke"), band.get("fill")):
            band.set("opacity", _BAND_OPACITY)
    marks = [path for path in plot.iter("path") if path.get("stroke") == _MARK]
    ends = [_upper_end(path) for path in marks]
    for index, ((x, y), label) in enumerate(zip(ends, labels, strict=True)):
        # Of marks that stand close together only the last one has room for its label.
        if index + 1 < len(ends) and ends[index + 1][0] - x < _MARK_ROOM:
            continue
        at_the_edge = x > _WIDTH - 2 * _MARK_ROOM - _EMPTY[2]
        plot[0].append(
            svg.text(
                x - 4 if at_the_edge else x + 4,
                y + 10,
                label,
                class_="mark-label",
                text_anchor="end" if at_the_edge else "start",
                font_size="11",
            )
        )


def _upper_end(path: ET.Element) -> tuple[float, float]:
    """Return where the label of a mark goes: the end of its path, `M x low L x high`."""
    _, _, _, _, x, y = path.attrib["d"].split()
    return float(x), float(y)
