"""The report as a comment for a ticket or a merge request: Markdown as GitHub and GitLab have it.

The chain is text in a block, which every viewer shows, also a mail: a Mermaid graph would have to be escaped for a
third language and says the same.
"""

from __future__ import annotations

from collections.abc import Sequence

from snapdiff.analysis.model import Analysis, Finding
from snapdiff.analysis.volume import Sweep
from snapdiff.report import gains, words
from snapdiff.report import markdown_text as md
from snapdiff.report.chain import chain_text
from snapdiff.report.cures import cure
from snapdiff.report.cut import cut_for_page
from snapdiff.report.evidence import Reading, main_finding, read_rounds, read_traced_rounds
from snapdiff.report.limits import MARKDOWN_CHARACTERS, MARKDOWN_TYPE, OPEN_CAUSES, PAGE, TEXT_FINDINGS, TIGHT_PAGE
from snapdiff.report.sweep import SIZE_HEADS, balance, law_rows, measured, size_cells


def render_markdown(analysis: Analysis) -> str:
    """Return the comment. It stays below what a comment on GitHub may have."""
    for caps, most in ((PAGE, TEXT_FINDINGS), (TIGHT_PAGE, OPEN_CAUSES), (TIGHT_PAGE, 1)):
        text = _render(cut_for_page(analysis, caps).analysis, len(analysis.findings), most)
        if len(text) <= MARKDOWN_CHARACTERS:
            break
    return text


def _render(analysis: Analysis, findings: int, most: int) -> str:
    word, sign = words.VERDICT_WORDS[analysis.verdict]
    target = f": {md.code(analysis.method.target)}" if analysis.method.target else ""
    parts = [f"### {sign} {word}{target}", md.strong(analysis.sentence)]
    if not analysis.complete:
        parts.append(f"The run is incomplete: {md.plain(analysis.ended)}.")
    failed = [row for row in analysis.audit if not row.passed]
    doubts = [f"- {md.plain(f'{row.name}: {row.value}. {row.meaning}')}" for row in failed]
    if doubts:
        parts += ["Reasons to doubt:", "\n".join(doubts)]
    parts += _rounds(analysis) if analysis.sweep is None else _sweep(analysis.sweep)
    shown = analysis.findings[:most]
    causes = [_cause(number, finding) for number, finding in enumerate(shown, 1) if finding.verdict in words.CAUSES]
    parts += causes[:OPEN_CAUSES]
    if folded := causes[OPEN_CAUSES:]:
        parts.append(md.folded(words.number_of(len(folded), "more cause"), *folded))
    if left := findings - len(shown):
        parts.append(f"And {words.number_of(left, 'more finding')}.")
    parts.append(_harmless(shown))
    parts += _suppressed(analysis)
    parts.append(_method(analysis))
    return "\n\n".join(filter(None, parts)) + "\n"


def _sweep(sweep: Sweep) -> list[str]:
    """Return the laws with what they foretell, what stays, and the sizes."""
    laws = [
        [md.plain(row.measure), md.plain(row.law), row.confidence, md.plain(row.formula), md.plain(row.forecast)]
        for row in law_rows(sweep)
    ]
    at = f"at {md.code(sweep.parameter)} {words.count(sweep.at)}, 95 of 100 cases"
    head = [md.code(sweep.parameter), *(name.lower() for name in SIZE_HEADS)]
    sizes = [[words.count(row.size), *map(md.plain, size_cells(row))] for row in sweep.rows]
    return [
        md.table(["measure", "law", "confidence", "in numbers", at], laws, (2,)) if laws else "",
        md.plain(balance(sweep)),
        "\n".join(f"- {md.plain(text)}" for text in sweep.remarks),
        md.folded("Sizes", md.table(head, sizes, range(len(head)))) if sizes else "",
    ]


def _rounds(analysis: Analysis) -> list[str]:
    finding = main_finding(analysis)
    own = gains.counted(finding, MARKDOWN_TYPE) if finding is not None else None
    traced = read_traced_rounds(analysis)
    tables = [_table(read_rounds(analysis), None if traced else own, "Calls")]
    if traced:
        tables.append(_table(traced, own, "Traced calls"))
    return [each for each in tables if each]


def _table(readings: Sequence[Reading], own: str | None, head: str) -> str:
    if not readings:
        return ""
    columns = [head, *([md.code(own)] if own is not None else []), "objects", "per call", "bytes", "reading"]
    rows = [
        [
            each.left + (" (extra)" if each.round.extra else ""),
            *([each.own or ""] if own is not None else []),
            words.signed(each.round.objects),
            words.signed_rate(each.round.objects_per_iteration),
            words.signed_size(each.round.bytes),
            each.reading,
        ]
        for each in readings
    ]
    return md.table(columns, rows, range(1, len(columns) - 1))


def _cause(number: int, finding: Finding) -> str:
    parts = [md.strong(finding.sentence, number)]
    if chain := chain_text(finding):
        parts.append(md.block(chain))
    facts = [f"why: {md.plain(finding.doubt)}"] if finding.doubt else []
    if finding.grown_at:
        facts.append(f"grown at {_place(finding, 'grown')}")
    if finding.born_at:
        share = words.percent(finding.born_at[0].share)
        facts.append(f"{words.birth(finding)} at {_place(finding, 'born')} ({share} {words.of_what(finding)})")
    if finding.other_containers:
        also = ", ".join(md.code(path) for path in finding.other_containers)
        facts.append(f"also: {also}; all of them must let go")
    if finding.leak_share_bytes is not None:
        facts.append(f"{words.size(finding.leak_share_bytes)} kept at the last checkpoint")
    facts.append(f"usual cure: {md.plain(cure(finding))}")
    facts.append(f"fingerprint {md.code(finding.fingerprint)}")
    parts.append("\n".join(f"- {fact}" for fact in facts))
    return "\n\n".join(parts)


def _place(finding: Finding, which: str) -> str:
    frame = (finding.grown_at if which == "grown" else finding.born_at)[0].frame
    return md.code(words.place(frame)) + (f" in {md.code(frame.function)}" if frame.function else "")


def _harmless(findings: Sequence[Finding]) -> str:
    rows = [finding for finding in findings if finding.verdict not in words.CAUSES]
    if not rows:
        return ""
    return md.folded("What is not a leak", "\n".join(f"- {md.sentence(finding.sentence)}" for finding in rows))


def _suppressed(analysis: Analysis) -> list[str]:
    parts = []
    for row in analysis.suppressed:
        reason = f" ({md.plain(row.reason)})" if row.reason else ""
        head = f"Suppressed by {md.code(f'leak:{row.pattern}')}{reason}: {words.count(len(row.fingerprints))}"
        parts.append("\n".join([head, "", *(f"- {md.sentence(text)}" for text in row.findings)]))
    return parts


def _method(analysis: Analysis) -> str:
    environment = dict(analysis.environment)
    python = f", Python {md.code(environment['python'])}" if environment.get("python") else ""
    plan = ", ".join(words.count(calls) for calls in analysis.method.plan)
    control = (
        f"; the control gained {words.number_of(analysis.control.objects, 'object')}" if analysis.control.ran else ""
    )
    notes = [f"- {md.plain(note)}" for note in analysis.notes]
    if analysis.redacted:
        notes.append(f"- Redaction: {words.REDACTION[True]}.")
    calls = "call" if plan == "1" else "calls"
    said = f"Planned rounds of {plan} {calls}{python}{control}. It ended: {md.plain(analysis.ended)}."
    if analysis.sweep is not None:
        said = f"{md.plain(measured(analysis.sweep))} Python {md.code(environment.get('python', '?'))}{control}. "
        said += f"It ended: {md.plain(analysis.ended)}."
    return md.folded("How it was measured", said, "\n".join(notes))
