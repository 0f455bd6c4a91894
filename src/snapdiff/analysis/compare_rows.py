"""Types and allocation lines, before and after: what grows with the calls on one side, or on both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

from snapdiff.analysis import limits
from snapdiff.analysis.comparison import Growth, LineChange, Side, Status, TypeChange, proves_absence
from snapdiff.analysis.model import Analysis, Finding, Frame, LineRow, Round, TypeRow, Verdict

_LEAKS = (Verdict.LEAK, Verdict.SLOW_LEAK)
_Row = TypeVar("_Row", TypeRow, LineRow)
_Id = TypeVar("_Id", bound=Hashable)


def type_changes(before: Side, after: Side) -> tuple[TypeChange, ...]:
    """Compare the types that grow with the calls in a run."""
    was, now = ([{row.type: row for row in run.types} for run in side.runs] for side in (before, after))
    changes = []
    for name in _growing((*was, *now)):
        compared = _compare(before, [rows.get(name) for rows in was], after, [rows.get(name) for rows in now])
        if compared is not None:
            changes.append(TypeChange(name, *compared))
    return tuple(sorted(changes, key=lambda row: (*_order(row), row.type)))[: limits.MOST_ROWS]


def line_changes(before: Side, after: Side) -> tuple[LineChange, ...]:
    """Compare the lines that grow with the calls in a run; nothing where a run was not traced.

    A line that an edit moved is known by its function, if that has one such line on each side.
    """
    if any(run.method.traced == "nothing" for run in (*before.runs, *after.runs)):
        return ()
    was, now = ([{row.frame: row for row in run.lines} for run in side.runs] for side in (before, after))
    moved = _moved(_growing(was), _growing(now))
    changes = []
    for frame in dict.fromkeys((*_growing(now), *(frame for frame in _growing(was) if frame not in moved.values()))):
        old = moved.get(frame, frame)
        compared = _compare(before, [rows.get(old) for rows in was], after, [rows.get(frame) for rows in now])
        if compared is not None:
            changes.append(LineChange(frame, old.line if old != frame else None, *compared))
    return tuple(sorted(changes, key=lambda row: (*_order(row), row.frame.file, row.frame.line)))[: limits.MOST_ROWS]


def type_growth(run: Analysis, name: str) -> Growth | None:
    """Return what all objects of a type gained in the planned rounds; None where the table of types is not whole."""
    row = next((row for row in run.types if row.type == name), None)
    if row is None and len(run.types) >= limits.MOST_ROWS:
        return None
    return _growth(run.rounds, () if row is None else row.objects, "type")


def line_growth(run: Analysis, finding: Finding) -> Growth | None:
    """Return what the blocks of a finding's line gained in the planned rounds; None where nothing was traced."""
    places = {birth.frame for birth in finding.born_at}
    rows = [row for row in run.lines if row.frame in places]
    if not places or run.method.traced == "nothing" or len(run.lines) >= limits.MOST_ROWS or len(rows) > 1:
        return None
    return _growth(run.line_rounds, rows[0].blocks if rows else (), "line")


def _growth(rounds: tuple[Round, ...], numbers: tuple[int, ...], counted: str) -> Growth:
    padded = numbers or (0,) * len(rounds)
    return Growth(
        tuple((each.iterations, number) for each, number in zip(rounds, padded, strict=False) if not each.extra),
        counted,
    )


def _growing(tables: Iterable[Mapping[_Id, TypeRow] | Mapping[_Id, LineRow]]) -> list[_Id]:
    """Return what grows with the calls in a run of some, in the order of the tables."""
    return list(dict.fromkeys(key for rows in tables for key, row in rows.items() if row.verdict in _LEAKS))


def _moved(was: list[Frame], now: list[Frame]) -> dict[Frame, Frame]:
    """Return for each line after that is at another number now the one that it was before."""
    gone, come = ([frame for frame in frames if frame not in others and frame.function is not None]
                  for frames, others in ((was, now), (now, was)))  # fmt: skip
    counts = [Counter((frame.file, frame.function) for frame in frames) for frames in (gone, come)]
    old = {(frame.file, frame.function): frame for frame in gone}
    return {
        frame: old[place]
        for frame in come
        if (place := (frame.file, frame.function)) in old and counts[0][place] == counts[1][place] == 1
    }


def _compare(
    before: Side, was: list[_Row | None], after: Side, now: list[_Row | None]
) -> tuple[Status, tuple[int, ...], tuple[int, ...], tuple[float | None, ...], tuple[float | None, ...]] | None:
    """Return status, growth and rates of a row; None where it grows with the calls on no side."""
    rates: tuple[float | None, ...] = _rates(before, was)
    rates_now: tuple[float | None, ...] = _rates(after, now)
    if not any(_leaks(row) for row in (*was, *now)) or not any((*rates, *rates_now)):
        # What grows in size alone has nothing to count here; its container says so.
        return None
    return _status(rates, was, rates_now, now), _planned(before, was[0]), _planned(after, now[0]), rates, rates_now


def _status(
    rates: tuple[float | None, ...], was: list[_Row | None], rates_now: tuple[float | None, ...], now: list[_Row | None]
) -> Status:
    known = [value for value in rates if value is not None]
    known_now = [value for value in rates_now if value is not None]
    then = {_leaks(row) for row, value in zip(was, rates, strict=True) if value is not None}
    there = {_leaks(row) for row, value in zip(now, rates_now, strict=True) if value is not None}
    if then == there == {True}:
        if min(known_now) > max(known) * limits.CHANGED_RATE:
            return Status.WORSE
        return Status.BETTER if min(known) > max(known_now) * limits.CHANGED_RATE else Status.UNCHANGED
    if then == {True} and there == {False}:
        return Status.FIXED
    return Status.NEW if then == {False} and there == {True} else Status.UNSURE


def _leaks(row: TypeRow | LineRow | None) -> bool:
    return row is not None and row.verdict in _LEAKS


def _rates(side: Side, rows: Iterable[TypeRow | LineRow | None]) -> tuple[float | None, ...]:
    """Return the rates of a row in each run; None where it does not grow and the run cannot tell that."""
    return tuple(
        _rate(row) if _leaks(row) or proves_absence(run) else None for run, row in zip(side.runs, rows, strict=True)
    )


def _rate(row: TypeRow | LineRow | None) -> float:
    if row is None:
        return 0.0
    return row.objects_per_iteration if isinstance(row, TypeRow) else row.blocks_per_iteration


def _planned(side: Side, row: TypeRow | LineRow | None) -> tuple[int, ...]:
    """Return what the planned rounds of the first run gained."""
    run = side.runs[0]
    rounds = run.line_rounds if isinstance(row, LineRow) else run.rounds
    numbers = () if row is None else row.objects if isinstance(row, TypeRow) else row.blocks
    padded = numbers or (0,) * len(rounds)
    return tuple(number for each, number in zip(rounds, padded, strict=False) if not each.extra)


def _order(row: TypeChange | LineChange) -> tuple[int, float]:
    return list(Status).index(row.status), -max(rate or 0.0 for rate in (*row.before_rates, *row.after_rates))
