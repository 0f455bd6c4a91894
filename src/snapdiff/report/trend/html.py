"""The page of a trend: in the style of the report, with its script and its manners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from snapdiff.analysis.model import LedgerKind
from snapdiff.analysis.past import Owned
from snapdiff.analysis.trend import Course, State, Trend
from snapdiff.report import html
from snapdiff.report.limits import OPEN_CAUSES, PAGE, PAGE_BYTES, TIGHT_PAGE, TURNS, PageCaps
from snapdiff.report.trend import charts
from snapdiff.report.trend import words as said
from snapdiff.report.trend.cut import cut_for_page
from snapdiff.report.trend.json_format import document

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class CourseCard:
    """A cause, with what the page draws of it."""

    number: int
    course: Course
    picture: Markup | None
    open: bool


@dataclass(frozen=True)
class OwnerRow:
    """What an owner of memory held (bytes) in the first run, the one before the latest, and the latest."""

    owner: Owned
    first: int | None
    before: int | None
    latest: int | None


def render_html(trend: Trend) -> str:
    """Return the page. It stays below a megabyte; what was cut for that is said on it."""
    page = _render(trend, PAGE)
    return page if len(page.encode("utf-8")) <= PAGE_BYTES else _render(trend, TIGHT_PAGE)


def _render(whole: Trend, caps: PageCaps) -> str:
    trend, cut = cut_for_page(whole, caps)
    environment = html.environment().overlay()
    environment.filters = {
        **environment.filters,
        "chain": said.chain,
        "commit": said.commit,
        "moment": said.moment,
    }
    return html.fill(
        environment,
        "trend.html",
        document(trend, cut),
        trend=trend,
        latest=trend.runs[-1],
        cards=[_card(trend, number, course) for number, course in enumerate(trend.courses, 1)],
        owners=_owners(trend),
        verdict_picture=_picture(charts.verdict_chart(trend, "verdict-chart")),
        objects_picture=_picture(charts.objects_chart(trend, "objects-chart")),
        memory_picture=_picture(charts.memory_chart(trend, "memory-chart")),
        numbered=[(said.number(trend, at), run) for at, run in reversed(list(enumerate(trend.runs)))],
        cut=cut,
        latest_turns=trend.turns[-TURNS:][::-1],
        place=said.place,
        turn=said.turn,
        rate=said.rate,
        seen=said.seen,
        known=said.known,
        link=said.link,
        STATE=said.STATE,
    )


def _card(trend: Trend, number: int, course: Course) -> CourseCard:
    picture = _picture(charts.rate_chart(trend, course, f"rate{number}"))
    weighs = course.state in (State.THERE, State.UNKNOWN)
    return CourseCard(number, course, picture, weighs and number <= OPEN_CAUSES)


def _owners(trend: Trend) -> list[OwnerRow]:
    """Return the owners of the latest run's memory, beside the run before and the first one that has a ledger."""
    with_ledger = [{row.owner: row for row in run.ledger} for run in trend.runs if run.ledger]
    if not with_ledger:
        return []
    first, latest = with_ledger[0], with_ledger[-1]
    before = with_ledger[-2] if len(with_ledger) > 1 else {}
    owners = first | before | latest
    order = list(LedgerKind)
    return [
        OwnerRow(owners[name], *(side[name].bytes if name in side else None for side in (first, before, latest)))
        for name in sorted(owners, key=lambda name: order.index(owners[name].kind))
    ]


def _picture(svg: str | None) -> Markup | None:
    return None if svg is None else html.trusted(svg)
