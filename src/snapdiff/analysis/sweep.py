"""Judges a sweep: the law of each measure, what stays after the calls, and what a larger size would need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from snapdiff.analysis import laws, limits
from snapdiff.analysis.laws import Choice, Fit, VolumeLaw
from snapdiff.analysis.model import AuditRow
from snapdiff.analysis.sentences import number_of
from snapdiff.analysis.volume import Forecast, Growth, SizeRow, Stays, Sweep
from snapdiff.recording import Recording


def judge(recording: Recording, at: int | None = None) -> Sweep | None:
    """Judge the sweep of a recording, None if it has rounds instead. `at` is the size to be foretold."""
    options = recording.manifest.get("options", {}).get("sweep")
    if options is None:
        return None
    table = recording.tables["sweep"].to_pandas().sort_values("id", kind="stable")
    control = table[table["series"] == "control"]
    calls = table[(table["series"] == "workload") & (table["part"] != "warm-up")]
    rows = _rows(calls)
    stays = _stays(calls, rows)
    control_objects = _largest_gain(control)
    if control_objects:
        stays = Stays.UNKNOWN
    planned = tuple(int(size) for size in options["sizes"])
    wanted = at or options.get("at") or limits.SWEEP_FORETOLD * planned[-1]
    growths = tuple(_growths(rows, stays, control, wanted))
    retained = _retained(rows)
    return Sweep(
        parameter=str(options["name"]), planned=planned, at=int(wanted), rows=rows, growths=growths, stays=stays,
        retained=retained, control_objects=control_objects, sampled=bool(table["sampled"].any()),
        remarks=tuple(_remarks(rows, growths, stays, retained)),
    )  # fmt: skip


# -- what was measured ------------------------------------------------------------------------------------


def _rows(calls: pd.DataFrame) -> tuple[SizeRow, ...]:
    if calls.empty:
        return ()
    first = calls.iloc[0]
    return tuple(
        _row(int(str(size)), group.sort_values("id", kind="stable"), first)
        for size, group in calls.groupby("size", sort=True)
    )


def _row(size: int, group: pd.DataFrame, first: Any) -> SizeRow:
    up, plain = group[group["part"] == "up"], group[group["part"] != "traced"]
    kept_objects, kept_bytes = (_middle(_later(plain, name)) for name in ("objects", "bytes"))
    # What Python objects have been kept since is resident too, and not this call's.
    kept_before = (up["bytes_before"] - first["bytes_before"]).clip(lower=0)
    return SizeRow(
        size=size,
        calls=len(group),
        peak=_middle(group["peak_traced"]),
        peak_rss=_positive(_middle(up["peak_rss"] - first["rss_before"] - kept_before)),
        resident_after=_last(up["rss_after"] - first["rss_before"]),
        kept_objects=kept_objects,
        kept_bytes=kept_bytes,
        level_bytes=_last(up["bytes"] - first["bytes_before"]),
        seconds=float(plain["seconds"].min()) if len(plain) else None,
        cpu_seconds=float(plain["cpu_seconds"].min()) if len(plain) else None,
    )


def _later(plain: pd.DataFrame, counted: str) -> pd.Series[Any]:
    """Return what each call of a size but the first left."""
    return (plain[counted] - plain[f"{counted}_before"]).dropna().iloc[1:]


def _largest_gain(control: pd.DataFrame) -> int:
    gains = [int(gain) for gain in (control["objects"] - control["objects_before"]).dropna()]
    return max(gains, key=abs) if gains else 0


def _middle(column: pd.Series[Any]) -> int | None:
    values = [float(value) for value in column.dropna()]
    return round(median(values)) if values else None


def _last(column: pd.Series[Any]) -> int | None:
    values = column.dropna()
    return int(values.iloc[-1]) if len(values) else None


def _positive(value: int | None) -> int | None:
    return None if value is None else max(0, value)


# -- what stays -------------------------------------------------------------------------------------------


def _stays(calls: pd.DataFrame, rows: Sequence[SizeRow]) -> Stays:
    """Say what is kept: by each call, once for the largest size, until the next call, or nothing."""
    counted = [row for row in rows if row.level_bytes is not None]
    if not counted:
        return Stays.UNKNOWN
    largest = counted[-1]
    plain = calls[(calls["size"] == largest.size) & (calls["part"] != "traced")]
    objects, sizes = _later(plain, "objects"), _later(plain, "bytes")
    if objects.empty:
        # A single call proves nothing: what it left may be left once.
        return Stays.UNKNOWN
    if objects.min() >= limits.SWEEP_KEPT_OBJECTS or sizes.min() >= limits.SWEEP_KEPT_BYTES:
        return Stays.EACH_CALL
    level = largest.level_bytes or 0
    if level < limits.SWEEP_LEVEL_BYTES:
        return Stays.NOTHING
    down = calls[calls["part"] == "down"]
    if down.empty or int(down["size"].min()) == largest.size:
        return Stays.UNKNOWN
    end = float(down["bytes"].iloc[-1]) - float(calls["bytes_before"].iloc[0])
    return Stays.LAST if end < level * limits.SWEEP_REPLACED else Stays.LARGEST


# -- laws -------------------------------------------------------------------------------------------------


def _growths(rows: Sequence[SizeRow], stays: Stays, control: pd.DataFrame, at: int) -> Iterable[Growth]:
    """Yield the law of each measure that has enough sizes, the one that matters most first."""
    peak = _growth("peak", "bytes", ((row.size, row.peak) for row in rows), limits.SWEEP_TRACED_FLOOR, at)
    resident = _growth(
        "peak resident", "bytes", ((row.size, row.peak_rss) for row in rows),
        max(limits.SWEEP_RESIDENT_FLOOR, _spread(control["peak_rss"] - control["rss_before"])), at,
    )  # fmt: skip
    found = [peak, resident]
    if peak is None or (
        resident is not None
        and resident.points[-1][1] - limits.SWEEP_RESIDENT_FLOOR > limits.SWEEP_OUTSIDE * peak.points[-1][1]
    ):
        # Most of it is not Python's: native buffers, which tracing does not see.
        found.reverse()
    if stays is Stays.EACH_CALL:
        found.append(
            _growth("kept", "bytes", ((row.size, row.kept_bytes) for row in rows), limits.SWEEP_KEPT_BYTES, at)
        )
    elif stays in (Stays.LARGEST, Stays.LAST):
        found.append(
            _growth("level", "bytes", ((row.size, row.level_bytes) for row in rows), limits.SWEEP_LEVEL_BYTES, at)
        )
    for measure, column in (("time", "seconds"), ("processor time", "cpu_seconds")):
        values = control[column].dropna()
        # The quickest, as of the workload: on a busy machine the slowest says nothing of the instrument.
        floor = max(limits.SWEEP_SECONDS_FLOOR, float(values.min()) if len(values) else 0.0)
        found.append(_growth(measure, "seconds", ((row.size, getattr(row, column)) for row in rows), floor, at))
    return (each for each in found if each is not None)


def _spread(column: pd.Series[Any]) -> float:
    values = column.dropna()
    return float(values.max() - values.min()) if len(values) else 0.0


def _growth(
    measure: str, unit: str, measured: Iterable[tuple[int, float | None]], floor: float, at: int
) -> Growth | None:
    points = tuple((size, max(0.0, float(value))) for size, value in measured if value is not None)
    if len(points) < limits.SWEEP_LEAST_SIZES:
        return None
    choice = laws.fit(points, floor)
    first, odds = choice.fits[0]
    low, reason = _forecast(choice, points, floor, at)
    return Growth(
        measure=measure, unit=unit, law=choice.law, among=tuple(fit.law for fit, _ in choice.fits),
        confidence=min(limits.SWEEP_MOST_CONFIDENT, odds), off=first.off, why=choice.why or reason, terms=first.terms,
        threshold=None if first.threshold is None else (int(first.threshold[0]), int(first.threshold[1])),
        floor=floor, points=points, line=_line(first, points, at if low is not None else points[-1][0]), forecast=low,
    )  # fmt: skip


def _forecast(
    choice: Choice, points: Sequence[tuple[int, float]], floor: float, at: int
) -> tuple[Forecast | None, str]:
    """Return what the laws that are left foretell together, or why nothing can be foretold."""
    if choice.law is VolumeLaw.UNDECIDED and not choice.cannot_tell:
        return None, choice.why
    ranges = []
    for fit, _ in choice.fits:
        if fit.threshold is not None and at > points[-1][0]:
            above = sum(size > fit.threshold[0] for size, _ in points)
            if above < limits.SWEEP_ABOVE:
                return None, "only one size lies above the threshold, so nothing is known of how it goes on from there"
        if fit.threshold is not None and fit.threshold[0] < at < fit.threshold[1]:
            ranges += [fit.interval(side, floor) for side in fit.threshold]
        else:
            ranges.append(fit.interval(at, floor))
    return Forecast(at, min(low for low, _ in ranges), max(high for _, high in ranges)), ""


def _line(fit: Fit, points: Sequence[tuple[int, float]], end: int) -> tuple[tuple[float, float], ...]:
    """Return the law as a curve from the smallest size to an end, at equal ratios."""
    first, last = points[0][0], max(points[-1][0], end)
    sizes = set(np.geomspace(first, last, limits.SWEEP_LINE_POINTS).tolist())
    if fit.threshold is not None:
        sizes |= {fit.place, fit.place * limits.SWEEP_JUST_ABOVE}
    return tuple((size, fit.value(size)) for size in sorted(sizes))


# -- what a reader must know ------------------------------------------------------------------------------


def _remarks(
    rows: Sequence[SizeRow], growths: Sequence[Growth], stays: Stays, retained: int | None
) -> Iterable[str]:  # fmt: skip
    if len(rows) < limits.SWEEP_THRESHOLD_SIZES:
        yield (
            f"With {len(rows)} sizes a threshold cannot be told from a curve: give five or more, the largest as near "
            "to production as time allows."
        )
    if growths:
        yield "What happens above the largest size is foretold as if the law held: a threshold up there cannot be seen."
    if stays is Stays.EACH_CALL:
        yield (
            "Every call kept objects, which is what a leak does and a sweep cannot prove: record it without --sweep, "
            "at one size, to see whether it goes on and what holds them."
        )
    if retained is not None:
        yield (
            "More than half of the resident memory at the largest size stayed after the calls though no Python object "
            "explains it: allocators keep what they have freed, or native code holds it."
        )


def _retained(rows: Sequence[SizeRow]) -> int | None:
    """Return the resident memory that stayed without objects, where it is worth a word."""
    last = rows[-1] if rows else None
    if last is None or last.resident_after is None or last.peak_rss is None:
        return None
    left = last.resident_after - max(0, last.level_bytes or 0)
    return left if left > max(limits.SWEEP_RESIDENT_FLOOR, limits.SWEEP_RETAINED * last.peak_rss) else None


def audit(sweep: Sweep, complete: bool, ended: str) -> tuple[AuditRow, ...]:
    """Return the checks on a sweep, failed ones first."""
    checks = [
        AuditRow(
            "control", sweep.control_objects == 0, number_of(sweep.control_objects, "object"),
            "Calls of an empty function must leave nothing; if they do, other threads or the tool itself do.",
        ),
        AuditRow("ended as planned", complete, ended, "A run that ended early shows only the calls it completed."),
        AuditRow(
            "sizes", len(sweep.rows) == len(sweep.planned), f"{len(sweep.rows)} of {len(sweep.planned)} reached",
            "Sizes that were not reached within --max-time, or before the run ended, say nothing.",
        ),
    ]  # fmt: skip
    return tuple(sorted(checks, key=lambda row: row.passed))
