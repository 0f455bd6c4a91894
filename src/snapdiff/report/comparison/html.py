"""The page of a comparison: like the report's, with its style, its script and its cards."""

from __future__ import annotations

from dataclasses import dataclass

from snapdiff.analysis.comparison import Change, Comparison
from snapdiff.analysis.model import Round
from snapdiff.report import html
from snapdiff.report.comparison import words as compared
from snapdiff.report.comparison.cut import cut_for_page
from snapdiff.report.comparison.json_format import document
from snapdiff.report.gains import rounds_of
from snapdiff.report.limits import OPEN_CAUSES, PAGE, PAGE_BYTES, TIGHT_PAGE, PageCaps


@dataclass(frozen=True)
class ChangeCard:
    """A change, with the card of its finding."""

    number: int
    change: Change
    card: html.Card


def render_html(comparison: Comparison) -> str:
    """Return the page. It stays below a megabyte; what was cut for that is said on it."""
    page = _render(comparison, PAGE)
    return page if len(page.encode("utf-8")) <= PAGE_BYTES else _render(comparison, TIGHT_PAGE)


def _render(whole: Comparison, caps: PageCaps) -> str:
    comparison, said = cut_for_page(whole, caps)
    environment = html.environment().overlay()
    environment.filters = {
        **environment.filters,
        "after": compared.after,
        "before": compared.before,
        "numbers": compared.numbers,
        "highest": lambda rates: max((rate or 0.0 for rate in rates), default=0.0),
        "python": lambda pairs: dict(pairs).get("python"),
        "spanned": compared.span,
        "what": compared.what,
    }
    return html.fill(
        environment,
        "compare.html",
        document(comparison, said),
        comparison=comparison,
        target="" if comparison.void else comparison.after.runs[0].method.target,
        recorded=[html.recorded(side.runs[0]) for side in (comparison.before, comparison.after)],
        cards=[
            ChangeCard(number, change, html.card(number, change.finding, _rounds(whole, whole.changes[number - 1])))
            for number, change in enumerate(comparison.changes, 1)
        ],
        more=len(whole.changes) - len(comparison.changes),
        said=said,
        plan_before=compared.plan(comparison, False),
        plan_after=compared.plan(comparison, True),
        runs_before=list(zip(comparison.before.names, comparison.before.runs, strict=True)),
        runs_after=list(zip(comparison.after.names, comparison.after.runs, strict=True)),
        open_causes=OPEN_CAUSES,
        traced_calls=0,
        command="",
        STATUS=compared.STATUS,
        OUTCOME=compared.OUTCOME,
        MEANING_OF=compared.MEANING,
    )


def _rounds(whole: Comparison, change: Change) -> tuple[Round, ...]:
    """Return the rounds that the growth of a change's finding follows, of the run that has it."""
    side = whole.before if change.gone else whole.after
    run = next((run for run in side.runs if change.finding in run.findings), side.runs[0])
    return rounds_of(run, change.finding)
