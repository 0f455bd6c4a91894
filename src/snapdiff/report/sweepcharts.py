"""Charts of a sweep: what was measured, the law through it, and what it foretells.

Both axes go by ratios (logarithms): sizes lie a factor apart, and on even steps all but the largest would stand in one
place. A straight line of slope one is growth in proportion.
"""

from __future__ import annotations

import math
from typing import Final

from snapdiff.analysis.sweepsentences import LAW_WORDS, law_words, measure_words, quantity
from snapdiff.analysis.volume import Growth
from snapdiff.report import charts, words

_KIBI: Final = 1024.0
#: Nothing is drawn at the floor divided by this.
_BELOW_FLOOR: Final = 16
#: Labels on an axis; with more they touch.
_MOST_TICKS: Final = 7


def volume_chart(growth: Growth, parameter: str, identity: str) -> str | None:
    """Return measured values over sizes with the law and the forecast; None where nothing could be measured."""
    if growth.is_below_floor:
        return None
    # A logarithm knows no nothing: it is drawn far below what the instrument can show.
    least = growth.floor / _BELOW_FLOOR

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return math.log10(point[0]), math.log10(max(point[1], least))

    name = f"law: {LAW_WORDS[growth.law]}" if len(growth.among) == 1 else "the likeliest law"
    measured = [place(point) for point in growth.points]
    series = [(name, [place(point) for point in growth.line], charts.STRAIGHT)]
    told = growth.forecast
    if told is not None:
        ends = [place((told.size, value)) for value in (told.low, told.high)]
        series.append((f"foretold at {words.count(told.size)}", ends, charts.MEMORY))
    series.append(("measured", measured, charts.CURVE))
    first, last = growth.points[0], growth.points[-1]
    heights = [y for _, points, _ in series for _, y in points]
    widths = [x for _, points, _ in series for x, _ in points]
    said = f"From {quantity(growth, first[1])} at {parameter} = {words.count(first[0])} "
    said += f"to {quantity(growth, last[1])} at {words.count(last[0])}. Law: {law_words(growth)}."
    if told is not None:
        low, high = quantity(growth, told.low), quantity(growth, told.high)
        said += f" Foretold at {words.count(told.size)}: {low} to {high}."
    marks = [(math.log10(size), words.count(size)) for size in growth.threshold or ()]
    return charts.draw(
        identity, title=f"{measure_words(growth)} over {parameter}", description=said, series=series,
        marks=marks, axes=(parameter, growth.unit), ticks=(_decades(widths), _heights(growth, heights)),
    )  # fmt: skip


def _decades(values: list[float]) -> charts.Ticks:
    """Return powers of ten inside a range of their logarithms."""
    first, last = math.ceil(min(values) - 1e-9), math.floor(max(values) + 1e-9)
    step = max(1, math.ceil((last - first + 1) / _MOST_TICKS))
    places = [float(power) for power in range(first, last + 1, step)]
    return {place: words.count(10**place) for place in (places if len(places) > 1 else [min(values), max(values)])}


def _heights(growth: Growth, values: list[float]) -> charts.Ticks:
    """Return labelled powers of the unit's own base between the lowest and the highest: 16 KiB, 1 MiB; or 10 ms.

    The ends themselves, where there are not two such places between them.
    """
    base = math.log10(_KIBI) / 5 if growth.unit == "bytes" else 1.0
    first, last = math.ceil(min(values) / base), math.floor(max(values) / base)
    step = max(1, math.ceil((last - first + 1) / _MOST_TICKS))
    places = [power * base for power in range(first, last + 1, step)]
    chosen = places if len(places) > 1 else [min(values), max(values)]
    return {place: quantity(growth, 10**place) for place in chosen}
