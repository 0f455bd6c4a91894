"""The report as a short plain text, for terminals, mails and logs. No colours, no escape sequences."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from snapdiff.analysis.model import Analysis, Finding, Verdict
from snapdiff.analysis.sentences import units_of
from snapdiff.analysis.volume import Sweep
from snapdiff.report import words
from snapdiff.report.chain import chain_text
from snapdiff.report.cures import cure
from snapdiff.report.cut import cut_for_page
from snapdiff.report.evidence import TERMS, Reading, main_finding, read_rounds, read_traced_rounds, remarks
from snapdiff.report.ledger import ledger_sentences, peak_sentences
from snapdiff.report.limits import PAGE, TEXT_FINDINGS, TEXT_TYPE, TEXT_WIDTH
from snapdiff.report.sweep import balance, law_lines, measured, size_cells
from snapdiff.report.texts import with_texts

#: Columns of the sizes of a sweep as they fit a terminal, and what they are.
_SIZE_HEADS: Final = ("peak", "resident", "after", "objects", "bytes", "time")
_SIZE_LEGEND: Final = (
    "peak: of Python memory in a call; resident: of all memory in a call; after: resident after the calls; objects and "
    "bytes: what a call keeps; time: of the quickest call."
)
#: Characters of a parameter's name.
_PARAMETER: Final = 40


def render_text(analysis: Analysis) -> str:
    """Return the summary: verdict, rounds, and each finding with its chain and lines. No name breaks a line."""
    findings = len(analysis.findings)
    analysis = with_texts(cut_for_page(analysis, PAGE).analysis, words.one_line)
    parts = [textwrap.fill(analysis.sentence, TEXT_WIDTH)]
    if not analysis.complete:
        parts.append(f"The run is incomplete: {analysis.ended}.")
    if analysis.sweep is not None:
        parts.extend(_sweep(analysis.sweep))
    if analysis.rounds:
        parts.append(_rounds(analysis))
    shown = analysis.findings[:TEXT_FINDINGS]
    parts.extend(_finding(number, finding) for number, finding in enumerate(shown, 1))
    if left := findings - len(shown):
        parts.append(f"and {words.number_of(left, 'more finding')}.")
    for row in analysis.suppressed:
        reason = f" ({row.reason})" if row.reason else ""
        head = f"Suppressed by leak:{row.pattern}{reason}: {words.count(len(row.fingerprints))}"
        parts.append("\n".join([head, *(_bullet(sentence) for sentence in row.findings)]))
    memory = [*ledger_sentences(analysis), *peak_sentences(analysis)]
    if memory:
        parts.append("\n".join(textwrap.fill(sentence, TEXT_WIDTH) for sentence in memory))
    doubts = [f"{row.name}: {row.value}. {row.meaning}" for row in analysis.audit if not row.passed]
    if doubts:
        parts.append("\n".join(["Reasons to doubt:", *(_bullet(doubt) for doubt in doubts)]))
    if analysis.redacted:
        parts.append(f"Redaction: {words.REDACTION[True]}.")
    return words.for_log(words.visible("\n\n".join(parts))) + "\n"


def _bullet(text: str) -> str:
    return textwrap.fill(text, TEXT_WIDTH, initial_indent="  - ", subsequent_indent="    ")


def _sweep(sweep: Sweep) -> list[str]:
    """Return laws, sizes and remarks of a sweep, a paragraph each."""
    laws = [f"Growth with {words.shorten(sweep.parameter, _PARAMETER)}:", *map(_bullet, law_lines(sweep))]
    table = [("size", *_SIZE_HEADS), *((words.count(row.size), *size_cells(row)[1:7]) for row in sweep.rows)]
    said = [measured(sweep), *filter(None, [balance(sweep)]), *sweep.remarks]
    sizes = [columns(table, left=()), textwrap.fill(_SIZE_LEGEND, TEXT_WIDTH)] if sweep.rows else []
    return ["\n".join(laws), *sizes, *(textwrap.fill(text, TEXT_WIDTH) for text in said)]


def _rounds(analysis: Analysis) -> str:
    finding = main_finding(analysis)
    traced = read_traced_rounds(analysis)
    tables = [_table(read_rounds(analysis), None if traced else finding, "round")]
    if traced:
        tables.append(_table(traced, finding, "traced round"))
    said = [textwrap.fill(text, TEXT_WIDTH) for text in (TERMS, *remarks(analysis))]
    return "\n\n".join([*tables, *said])


def _table(readings: Sequence[Reading], finding: Finding | None, head: str) -> str:
    """Return the rounds. The rate is a column where no finding has it in its reading; bytes are in the sentence."""
    own = None if finding is None else _heading(finding)
    header = (head, *([own, "objects"] if own is not None else ["objects", "per call"]), "reading")
    rows = []
    for reading in readings:
        objects = words.signed(reading.round.objects)
        rate = words.signed_rate(reading.round.objects_per_iteration)
        left = reading.left.removeprefix("the ") + (" (extra)" if reading.round.extra else "")
        rows.append((left, *([reading.own or "", objects] if own is not None else [objects, rate]), reading.reading))
    return columns([header, *rows], left=(0, len(header) - 1))


def _heading(finding: Finding) -> str | None:
    """Name what is counted as shortly as a column is wide; the sentence above names it whole."""
    if finding.verdict is Verdict.CYCLE:
        return "freed"
    if finding.unit == "blocks":
        return "blocks"
    if finding.type is None:
        return None
    if finding.unit != "objects":
        return units_of(finding)[1] or finding.unit
    return words.shorten(finding.type.rpartition(".")[2], TEXT_TYPE)


def columns(rows: Sequence[tuple[str, ...]], left: Sequence[int]) -> str:
    """Align columns: those in `left` to the left, as words, the others to the right, as numbers."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column in left else cell.rjust(width)
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
    if finding.doubt:
        lines.append(textwrap.fill(f"why: {finding.doubt}", TEXT_WIDTH, initial_indent="   ", subsequent_indent="   "))
    if finding.grown_at:
        lines.append(f"   grown at {words.place_in(finding.grown_at[0].frame)}")
    if finding.born_at:
        born = finding.born_at[0]
        part = f"{words.percent(born.share)} {words.of_what(finding)}"
        lines.append(f"   {words.birth(finding)} at {words.place_in(born.frame)} ({part})")
    if finding.waits_at:
        lines.append(f"   waits at {words.place_in(finding.waits_at[0].frame)}")
    if finding.verdict in words.CAUSES:
        lines.append(textwrap.fill(f"cure: {cure(finding)}", TEXT_WIDTH, initial_indent="   ", subsequent_indent="   "))
    lines.append(f"   fingerprint {finding.fingerprint}")
    return "\n".join(lines)
