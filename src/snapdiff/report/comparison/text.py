"""The comparison as a short plain text, for terminals, mails and logs. No colours, no escape sequences."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from snapdiff.analysis.comparison import Change, Comparison, Side
from snapdiff.report import words
from snapdiff.report.comparison import words as compared
from snapdiff.report.comparison.cut import cut_for_page
from snapdiff.report.limits import PAGE, TEXT_FINDINGS, TEXT_WIDTH
from snapdiff.report.text import columns
from snapdiff.report.texts import with_texts

_ROWS = 8


def render_text(comparison: Comparison) -> str:
    """Return the summary: the sentence, each cause before and after, types and lines, and what else differs."""
    changes = len(comparison.changes)
    comparison = with_texts(cut_for_page(comparison, PAGE)[0], words.one_line)
    parts = [textwrap.fill(comparison.sentence, TEXT_WIDTH)]
    shown = comparison.changes[:TEXT_FINDINGS]
    parts += [_change(number, change) for number, change in enumerate(shown, 1)]
    if left := changes - len(shown):
        parts.append(f"and {words.number_of(left, 'more cause')}.")
    if comparison.cycles:
        parts.append(
            _bullets("Cyclic garbage, which the collector frees:", [row.sentence for row in comparison.cycles])
        )
    for head, rows in (
        ("type", [(row.type, row) for row in comparison.types[:_ROWS]]),
        ("line", [(words.place_in(row.frame), row) for row in comparison.lines[:_ROWS]]),
    ):
        if rows:
            table = [
                (compared.STATUS[row.status][0], words.shorten(name, 34), compared.span(row.before_rates),
                 compared.span(row.after_rates))
                for name, row in rows
            ]  # fmt: skip
            parts.append(columns([("", head, "per call before", "after"), *table], left=(0, 1)))
    if comparison.caveats:
        parts.append(_bullets("Not the same on both sides, or not comparable:", comparison.caveats))
    parts.append("\n".join([*_runs("before", comparison.before), *_runs("after", comparison.after)]))
    if comparison.after.runs[0].redacted:
        parts.append(f"Redaction: {words.REDACTION[True]}.")
    return words.for_log(words.visible("\n\n".join(parts))) + "\n"


def _change(number: int, change: Change) -> str:
    word, sign, _ = compared.STATUS[change.status]
    # The first sentence stands above already.
    said = f"{word}: {compared.what(change)}" if number == 1 else change.sentence
    lines = [_wrapped(f"{number}. {sign} {said}", "", "   ")]
    rows = [("", "per call", "in the planned rounds")]
    for name, end in (("before", compared.before(change)), ("after", compared.after(change))):
        rows.append((name, *end))
    lines.append(textwrap.indent(columns(rows, left=(0, 2)), "   "))
    finding = change.finding
    when = " (before)" if change.gone else ""
    if finding.grown_at:
        lines.append(f"   grown at {words.place_in(finding.grown_at[0].frame)}{when}")
    if finding.born_at:
        lines.append(f"   born at {words.place_in(finding.born_at[0].frame)}{when}")
    lines.append(_wrapped(f"{word.lower()}: {change.reason}", "   ", "   "))
    lines.append(f"   fingerprint {finding.fingerprint}")
    return "\n".join(lines)


def _bullets(head: str, texts: Sequence[str]) -> str:
    return "\n".join([head, *(_wrapped(text, "  - ", "    ") for text in texts)])


def _wrapped(text: str, first: str, later: str) -> str:
    return textwrap.fill(text, TEXT_WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)


def _runs(word: str, side: Side) -> list[str]:
    return [f"{word}: {name} ({run.verdict})" for name, run in zip(side.names, side.runs, strict=True)]
