"""The comparison as a comment for a ticket or a merge request."""

from __future__ import annotations

from collections.abc import Iterable

from snapdiff.analysis.comparison import Change, Comparison, LineChange, Side, TypeChange
from snapdiff.report import markdown_text as md
from snapdiff.report import words
from snapdiff.report.chain import chain_text
from snapdiff.report.comparison import words as compared
from snapdiff.report.comparison.cut import cut_for_page
from snapdiff.report.cures import cure
from snapdiff.report.limits import MARKDOWN_CHARACTERS, OPEN_CAUSES, PAGE, TIGHT_PAGE

_ROWS = 20


def render_markdown(comparison: Comparison) -> str:
    """Return the comment. It stays below what a comment on GitHub may have."""
    for caps, most in ((PAGE, _ROWS), (TIGHT_PAGE, OPEN_CAUSES), (TIGHT_PAGE, 1)):
        text = _render(cut_for_page(comparison, caps)[0], len(comparison.changes), most)
        if len(text) <= MARKDOWN_CHARACTERS:
            break
    return text


def _render(comparison: Comparison, changes: int, most: int) -> str:
    word, sign, _ = compared.OUTCOME[comparison.outcome]
    parts = [f"### {sign} {word}: memory before and after", md.strong(comparison.sentence)]
    shown = comparison.changes[:most]
    if shown:
        parts.append(
            md.table(
                ["", "cause", "per call before", "after", f"rounds before ({compared.plan(comparison, False)})",
                 f"rounds after ({compared.plan(comparison, True)})"],
                [_row(change) for change in shown], (2, 3, 4, 5),
            )
        )  # fmt: skip
    if left := changes - len(shown):
        parts.append(f"And {words.number_of(left, 'more cause')}.")
    if comparison.caveats:
        said = "\n".join(f"- {md.plain(text)}" for text in comparison.caveats)
        parts.append(f"Not the same on both sides, or not comparable:\n\n{said}")
    details = [_details(number, change) for number, change in enumerate(shown, 1)]
    parts += details[:OPEN_CAUSES]
    if folded := details[OPEN_CAUSES:]:
        parts.append(md.folded(words.number_of(len(folded), "more cause"), *folded))
    if comparison.cycles:
        said = "\n".join(f"- {md.sentence(change.sentence)}" for change in comparison.cycles)
        parts.append(md.folded("Cyclic garbage, which the collector frees", said))
    if comparison.types:
        parts.append(md.folded("Types", _rows("type", ((row.type, row) for row in comparison.types[:most]))))
    if comparison.lines:
        lines = ((words.place_in(row.frame), row) for row in comparison.lines[:most])
        parts.append(md.folded("Allocating lines", _rows("line", lines)))
    redaction = f"Redaction: {words.REDACTION[True]}." if comparison.after.runs[0].redacted else ""
    sides = _side("before", comparison.before) + "\n" + _side("after", comparison.after)
    parts.append(md.folded("Recordings", sides, redaction))
    return "\n\n".join(parts) + "\n"


def _row(change: Change) -> list[str]:
    word, sign, _ = compared.STATUS[change.status]
    was, now = compared.before(change), compared.after(change)
    return [
        f"{sign} {word}",
        md.code(compared.what(change)),
        was.pace,
        now.pace,
        was.rounds,
        now.rounds,
    ]


def _details(number: int, change: Change) -> str:
    finding = change.finding
    # The first sentence is the comment's own.
    head = f"**{number}. {md.code(compared.what(change))}**"
    parts = [head if number == 1 else md.strong(change.sentence, number)]
    if chain := chain_text(finding):
        parts.append(md.block(chain))
    when = " (before)" if change.gone else ""
    facts = [f"grown at {md.code(words.place_in(row.frame))}{when}" for row in finding.grown_at[:1]]
    facts += [f"born at {md.code(words.place_in(row.frame))}{when}" for row in finding.born_at[:1]]
    facts.append(f"why: {md.plain(change.reason)}")
    if not change.gone and finding.verdict in words.CAUSES:
        facts.append(f"usual cure: {md.plain(cure(finding))}")
    facts.append(f"fingerprint {md.code(finding.fingerprint)}")
    return "\n\n".join([*parts, "\n".join(f"- {fact}" for fact in facts)])


def _rows(head: str, rows: Iterable[tuple[str, TypeChange | LineChange]]) -> str:
    return md.table(
        ["", head, "per call before", "after", "rounds before", "rounds after"],
        [
            [
                f"{compared.STATUS[row.status][1]} {compared.STATUS[row.status][0]}",
                md.code(name),
                compared.span(row.before_rates),
                compared.span(row.after_rates),
                compared.numbers(row.before),
                compared.numbers(row.after),
            ]
            for name, row in rows
        ],
        (2, 3, 4, 5),
    )


def _side(word: str, side: Side) -> str:
    return "\n".join(
        f"- {word}: {md.code(name)}: {md.sentence(run.sentence)}"
        for name, run in zip(side.names, side.runs, strict=True)
    )
