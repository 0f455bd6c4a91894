"""The growth with the size of the input, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from snapdiff.analysis.model import Verdict
from snapdiff.analysis.sweepsentences import forecast_words, formula, law_words, measure_words, stays_words
from snapdiff.analysis.volume import Growth, SizeRow, Sweep
from snapdiff.report import words

#: What each verdict means on the page of a sweep.
MEANINGS: Final = {
    Verdict.CLEAN: "A sweep judges the law by which a call grows with its input. No object was kept by every call.",
    Verdict.INCONCLUSIVE: "A sweep judges laws and cannot prove a leak; what is said below has to be looked into.",
}


@dataclass(frozen=True)
class LawRow:
    """The law of a measure, in words."""

    measure: str
    law: str
    confidence: str
    scatter: str
    formula: str
    forecast: str


def law_rows(sweep: Sweep) -> tuple[LawRow, ...]:
    """Return the laws in words, the one that matters most first."""
    return tuple(
        LawRow(
            measure=measure_words(each),
            law=law_words(each) + (f" ({each.why})" if each.why else ""),
            confidence=words.NOTHING if each.is_below_floor else words.percent(each.confidence),
            scatter=words.NOTHING if each.is_below_floor else f"{each.off * 100:.1f} %",
            formula=words.NOTHING if each.is_below_floor else formula(each, sweep.parameter),
            forecast=_forecast(each, sweep),
        )
        for each in sweep.growths
    )


def law_lines(sweep: Sweep) -> list[str]:
    """Return a sentence a measure: its law, how sure that is, the law in numbers, and what is foretold."""
    said = []
    for row in law_rows(sweep):
        text = f"{row.measure}: {row.law}"
        if row.confidence != words.NOTHING:
            text += f", confidence {row.confidence}, off by {row.scatter}; {row.formula}"
        if row.forecast != words.NOTHING:
            text += (
                f"; at {sweep.parameter} = {words.count(sweep.at)}: {row.forecast} (in 95 of 100 cases, if it holds)"
            )
        said.append(f"{text}.")
    return said


def measured(sweep: Sweep) -> str:
    """Say which sizes were measured, and with how many calls."""
    if not sweep.rows:
        return f"No size of {sweep.parameter} was measured."
    sizes = ", ".join(words.count(row.size) for row in sweep.rows)
    return f"Measured at {sweep.parameter} = {sizes}, in {words.calls(sum(row.calls for row in sweep.rows))}."


def balance(sweep: Sweep) -> str:
    """Say what a call of the largest size takes, and what of it stays; empty where no size was measured."""
    if not sweep.rows:
        return ""
    last = sweep.rows[-1]
    taken = [
        f"{words.size(value)} {what}"
        for value, what in ((last.peak, "of Python memory"), (last.peak_rss, "of resident memory"))
        if value is not None
    ]
    takes = f"takes {' and '.join(taken)} at its peak" if taken else "was called"
    text = f"At {sweep.parameter} = {words.count(last.size)} a call {takes}; {stays_words(sweep)}"
    if last.resident_after is not None and sweep.retained is None:
        text += f"; {words.size(max(0, last.resident_after))} stay resident"
    return f"{text}."


def _forecast(growth: Growth, sweep: Sweep) -> str:
    told = forecast_words(growth, sweep.parameter)
    return words.NOTHING if told is None or growth.is_below_floor else told.partition(": ")[2]


def size_cells(row: SizeRow) -> tuple[str, ...]:
    """Return what was measured of a size, in the order of `SIZE_HEADS`."""
    resident = row.resident_after
    return (
        words.count(row.calls), words.size(row.peak), words.size(row.peak_rss),
        words.size(None if resident is None else max(0, resident)), words.signed(row.kept_objects),
        words.signed_size(row.kept_bytes), _seconds(row.seconds), _seconds(row.cpu_seconds),
    )  # fmt: skip


SIZE_HEADS: Final = (
    "Calls", "Python peak", "Resident peak", "Resident after", "Objects kept", "Bytes kept", "Quickest", "Processor",
)  # fmt: skip


def _seconds(value: float | None) -> str:
    if value is None:
        return words.NOTHING
    return words.duration(value) if value >= 1 else f"{value * 1000:.3g} ms"
