"""The report as a short plain text, for terminals, mails and logs. No colours, no escape sequences."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from snapdiff.analysis.model import Analysis, Finding
from snapdiff.report import gains, words
from snapdiff.report.chain import chain_text
from snapdiff.report.cures import cure
from snapdiff.report.cut import cut_for_page
from snapdiff.report.evidence import TERMS, Reading, main_finding, read_rounds, read_traced_rounds, remarks
from snapdiff.report.limits import PAGE, TEXT_FINDINGS, TEXT_TYPE, TEXT_WIDTH


def render_text(analysis: Analysis) -> str:
    """Return the summary: verdict, rounds, and each finding with its chain and lines."""
    findings = len(analysis.findings)
    analysis = cut_for_page(analysis, PAGE).analysis
    parts = [textwrap.fill(analysis.sentence, TEXT_WIDTH)]
    if not analysis.complete:
        parts.append(f"The run is incomplete: it ended {analysis.ended}.")
    if analysis.rounds:
        parts.append(_rounds(analysis))
    shown = analysis.findings[:TEXT_FINDINGS]
    parts.extend(_finding(number, finding) for number, finding in enumerate(shown, 1))
    if left := findings - len(shown):
        parts.append(f"and {words.count(left)} more findings.")
    for row in analysis.suppressed:
        reason = f" ({row.reason})" if row.reason else ""
        head = f"Suppressed by leak:{row.pattern}{reason}: {words.count(len(row.fingerprints))}"
        parts.append("\n".join([head, *(f"  - {sentence}" for sentence in row.findings)]))
    doubts = [f"{row.name}: {row.value}. {row.meaning}" for row in analysis.audit if not row.passed]
    if doubts:
        parts.append("\n".join(["Reasons to doubt:", *(f"  - {doubt}" for doubt in doubts)]))
    return words.visible("\n\n".join(parts)) + "\n"


def _rounds(analysis: Analysis) -> str:
    finding = main_finding(analysis)
    counted = gains.counted(finding, TEXT_TYPE) if finding is not None else None
    traced = read_traced_rounds(analysis)
    tables = [_table(read_rounds(analysis), None if traced else counted, "round")]
    if traced:
        tables.append(_table(traced, counted, "traced round"))
    said = [textwrap.fill(text, TEXT_WIDTH) for text in (TERMS, *remarks(analysis))]
    return "\n\n".join([*tables, *said])


def _table(readings: Sequence[Reading], counted: str | None, head: str) -> str:
    own = () if counted is None else (counted,)
    header = (head, *own, "objects", "per call", "bytes", "reading")
    rows = [
        (
            f"{reading.left}{' (extra)' if reading.round.extra else ''}",
            *(reading.own or "" for _ in own),
            words.signed(reading.round.objects),
            words.signed_rate(reading.round.objects_per_iteration),
            words.signed_size(reading.round.bytes),
            reading.reading,
        )
        for reading in readings
    ]
    return _columns([header, *rows])


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    """Align columns: words to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    last = len(widths) - 1
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column in (0, last) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _finding(number: int, finding: Finding) -> str:
    lines = [textwrap.fill(f"{number}. {finding.sentence}", TEXT_WIDTH, subsequent_indent="   ")]
    if chain := chain_text(finding):
        lines.append(textwrap.indent(chain, "     "))
    if finding.other_containers:
        also = f"also: {', '.join(finding.other_containers)}; all of them must let go"
        lines.append(textwrap.fill(also, TEXT_WIDTH, initial_indent="   ", subsequent_indent="   "))
    if finding.grown_at:
        lines.append(f"   grown at {words.place_in(finding.grown_at[0].frame)}")
    if finding.born_at:
        born = finding.born_at[0]
        lines.append(f"   born at {words.place_in(born.frame)} ({words.percent(born.share)} of the survivors)")
    if finding.waits_at:
        lines.append(f"   waits at {words.place_in(finding.waits_at[0].frame)}")
    if finding.verdict in words.CAUSES:
        lines.append(textwrap.fill(f"cure: {cure(finding)}", TEXT_WIDTH, initial_indent="   ", subsequent_indent="   "))
    lines.append(f"   fingerprint {finding.fingerprint}")
    return "\n".join(lines)
