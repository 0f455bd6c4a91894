"""What fits in the page of a comparison, and what was cut, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from snapdiff.analysis.comparison import Change, Comparison, Side
from snapdiff.analysis.model import Finding
from snapdiff.report.cut import cut_finding
from snapdiff.report.limits import CHANGES, COMPARED_RUNS, PageCaps
from snapdiff.report.texts import with_texts
from snapdiff.report.words import count, shorten

_Row = TypeVar("_Row")


def cut_for_page(comparison: Comparison, caps: PageCaps) -> tuple[Comparison, tuple[str, ...]]:
    """Cap every list and every text of a comparison. Of the runs stays what says how they were made."""
    said: list[str] = []

    def cap(name: str, rows: Sequence[_Row], limit: int) -> tuple[_Row, ...]:
        if len(rows) > limit:
            said.append(f"{name}: {count(limit)} of {count(len(rows))} shown")
        return tuple(rows[:limit])

    def side(name: str, whole: Side) -> Side:
        runs = cap(f"runs {name}", whole.runs, COMPARED_RUNS)
        bare = [
            replace(
                run, findings=(), types=(), lines=(), ledger=(), checkpoints=(), timeline=(), curve=(), suppressed=(),
                traced_rounds=(), notes=run.notes[: caps.rows], audit=run.audit[: caps.rows],
                environment=run.environment[: caps.rows],
            )
            for run in runs
        ]  # fmt: skip
        return Side(whole.names[:COMPARED_RUNS], tuple(bare))

    small = replace(
        comparison,
        before=side("before", comparison.before),
        after=side("after", comparison.after),
        changes=tuple(_cut(change, caps) for change in cap("causes", comparison.changes, CHANGES)),
        cycles=tuple(_cut(change, caps) for change in cap("cycles", comparison.cycles, CHANGES)),
        types=cap("types", comparison.types, caps.types),
        lines=cap("lines", comparison.lines, caps.lines),
        caveats=cap("caveats", comparison.caveats, caps.rows),
    )
    cut: Comparison = with_texts(small, lambda text: shorten(text, caps.text))
    return cut, tuple(said)


def _cut(change: Change, caps: PageCaps) -> Change:
    def one(finding: Finding | None) -> Finding | None:
        return None if finding is None else cut_finding(finding, caps)

    return replace(
        change,
        before=one(change.before),
        after=one(change.after),
        before_rates=change.before_rates[:COMPARED_RUNS],
        after_rates=change.after_rates[:COMPARED_RUNS],
    )
