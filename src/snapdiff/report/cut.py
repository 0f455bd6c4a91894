"""What fits in a page: an analysis with its long lists capped, and what was cut, in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from snapdiff.analysis.model import Analysis, ChainNode, Excerpt, Finding, LineRow
from snapdiff.report.graphs import fold
from snapdiff.report.limits import DATA_POINTS, EXCERPT_COLUMNS, EXCERPT_LINES, PageCaps
from snapdiff.report.texts import with_texts
from snapdiff.report.thin import thin
from snapdiff.report.words import count, shorten

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Rest:
    """The rows of a table that are not shown, summed."""

    rows: int
    counts: tuple[int, ...]
    """Objects or blocks, one number a round."""
    bytes: tuple[int, ...]


@dataclass(frozen=True)
class PageAnalysis:
    """An analysis that fits in a page."""

    analysis: Analysis
    more_types: Rest | None
    more_lines: Rest | None
    said: tuple[str, ...]
    """What was cut, one sentence each."""


def cut_for_page(analysis: Analysis, caps: PageCaps) -> PageAnalysis:
    """Cap every list and every text of `analysis` that has no bound of its own."""
    said: list[str] = []

    def cap(name: str, rows: Sequence[_Row], limit: int) -> tuple[_Row, ...]:
        if len(rows) > limit:
            said.append(f"{name}: {count(limit)} of {count(len(rows))} shown")
        return tuple(rows[:limit])

    types = cap("types", analysis.types, caps.types)
    lines = cap("lines", analysis.lines, caps.lines)
    timeline = thin(analysis.timeline, DATA_POINTS, lambda point: point.rss)
    curve = thin(analysis.curve, DATA_POINTS, lambda point: point[1])
    if len(timeline) < len(analysis.timeline):
        said.append(f"timeline: {count(len(timeline))} of {count(len(analysis.timeline))} samples shown, peaks kept")
    if len(curve) < len(analysis.curve):
        said.append(f"curve: {count(len(curve))} of {count(len(analysis.curve))} points shown, peaks kept")
    small = replace(
        analysis,
        findings=tuple(cut_finding(each, caps) for each in cap("findings", analysis.findings, caps.findings)),
        audit=cap("audit", analysis.audit, caps.rows),
        types=types,
        lines=_cut_excerpts(lines, caps),
        ledger=cap("ledger", analysis.ledger, caps.rows),
        given_back=cap("steps to give memory back", analysis.given_back, caps.rows),
        checkpoints=cap("checkpoints", analysis.checkpoints, caps.rows),
        timeline=timeline,
        curve=curve,
        environment=cap("environment", analysis.environment, caps.rows),
        notes=cap("notes", analysis.notes, caps.rows),
        suppressed=tuple(
            replace(
                row,
                findings=cap(f"findings suppressed by {row.pattern[: caps.text]}", row.findings, caps.finding_rows),
                fingerprints=row.fingerprints[: caps.finding_rows],
                taken=(),
            )
            for row in cap("suppressions", analysis.suppressed, caps.suppressions)
        ),
    )
    more_types = analysis.types[len(types) :]
    more_lines = analysis.lines[len(lines) :]
    return PageAnalysis(
        analysis=with_texts(small, lambda text: shorten(text, caps.text)),
        more_types=_rest([(row.objects, row.bytes) for row in more_types], len(analysis.rounds)),
        more_lines=_rest([(row.blocks, row.bytes) for row in more_lines], len(analysis.line_rounds)),
        said=tuple(said),
    )


def _rest(rows: Sequence[tuple[tuple[int, ...], tuple[int, ...]]], rounds: int) -> Rest | None:
    if not rows:
        return None
    return Rest(
        rows=len(rows),
        counts=_sum((counts for counts, _ in rows), rounds),
        bytes=_sum((sizes for _, sizes in rows), rounds),
    )


def _sum(rows: Iterable[tuple[int, ...]], rounds: int) -> tuple[int, ...]:
    totals = [0] * rounds
    for row in rows:
        for index, number in enumerate(row[:rounds]):
            totals[index] += number
    return tuple(totals)


def cut_finding(finding: Finding, caps: PageCaps) -> Finding:
    """Cap every list of a finding."""
    top = caps.finding_rows
    return replace(
        finding,
        other_types=_cut_names(finding.other_types, top),
        chain=_cut_chain(finding.chain, top),
        born_at=tuple(replace(row, callers=row.callers[:top]) for row in finding.born_at[:top]),
        grown_at=tuple(replace(row, callers=row.callers[:top]) for row in finding.grown_at[:top]),
        kinds=_cut_names(finding.kinds, top),
        waits_at=tuple(replace(row, callers=row.callers[:top]) for row in finding.waits_at[:top]),
        reasons=finding.reasons[:top],
        other_containers=_cut_names(finding.other_containers, top),
        path_graph=None if finding.path_graph is None else fold(finding.path_graph),
        graph=None if finding.graph is None else fold(finding.graph),
        excerpts=tuple(_cut_excerpt(excerpt) for excerpt in finding.excerpts[: caps.excerpts]),
        curve=thin(finding.curve, DATA_POINTS, lambda point: point[1]),
    )


def _cut_names(names: tuple[str, ...], top: int) -> tuple[str, ...]:
    """Keep the first names, and say how many were left out in place of the last."""
    if len(names) <= top:
        return names
    return (*names[: top - 1], f"\N{HORIZONTAL ELLIPSIS} {len(names) - top + 1} more")


def _cut_chain(chain: tuple[ChainNode, ...], top: int) -> tuple[ChainNode, ...]:
    """Keep both ends of a long chain: what holds is at the top, what grows at the bottom."""
    if len(chain) <= top:
        return chain
    head = top // 2
    tail = top - head - 1
    left_out = ChainNode(label=f"\N{HORIZONTAL ELLIPSIS} {len(chain) - head - tail} more steps", type="")
    return (*chain[:head], left_out, *chain[len(chain) - tail :])


def _cut_excerpts(rows: Sequence[LineRow], caps: PageCaps) -> tuple[LineRow, ...]:
    """Keep the excerpts of the first rows only."""
    return tuple(
        replace(row, excerpt=_cut_excerpt(row.excerpt) if row.excerpt and index < caps.line_excerpts else None)
        for index, row in enumerate(rows)
    )


def _cut_excerpt(excerpt: Excerpt) -> Excerpt:
    """Keep the lines around the focus, each up to a readable width."""
    focus = min(max(excerpt.focus - excerpt.first_line, 0), max(len(excerpt.lines) - 1, 0))
    begin = max(0, focus - EXCERPT_LINES // 2)
    lines = excerpt.lines[begin : begin + EXCERPT_LINES]
    return replace(
        excerpt,
        first_line=excerpt.first_line + begin,
        lines=tuple(shorten(line, EXCERPT_COLUMNS) for line in lines),
    )
