"""A trend as a short plain text, for terminals, mails and logs. No colours, no escape sequences."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from snapdiff.analysis.trend import Course, Trend, Workload
from snapdiff.report import words
from snapdiff.report.limits import PAGE, TEXT_FINDINGS
from snapdiff.report.text import columns
from snapdiff.report.trend import words as said
from snapdiff.report.trend.cut import cut_for_page

#: A terminal of 80 columns shows every line whole.
_WIDTH: Final = 79
#: Runs in the table, and rates in a line: the latest.
_RUNS: Final = 25
_RATES: Final = 12
_BRANCH: Final = 14
_TARGET: Final = 40


def render_text(trend: Trend) -> str:
    """Return the summary: the sentence, the latest runs, and each cause with its rates."""
    courses = len(trend.courses)
    trend, _ = cut_for_page(trend, PAGE)
    parts = [_wrapped(f"{trend.target}: {trend.sentence}", "", "")]
    if trend.filters:
        parts.append(_wrapped(f"Only runs with {', '.join(trend.filters)}.", "", ""))
    parts.append(_runs(trend))
    parts += [_cause(trend, number, course) for number, course in enumerate(trend.courses[:TEXT_FINDINGS], 1)]
    if left := courses - min(courses, TEXT_FINDINGS):
        parts.append(f"and {words.number_of(left, 'more cause')}; the page and the JSON have more of them.")
    return words.visible("\n\n".join(parts)) + "\n"


def render_workloads_text(workloads: Sequence[Workload]) -> str:
    """Return a table of targets, with how many runs there are of each and what the latest says."""
    rows = [
        (
            words.shorten(words.one_line(each.target), _TARGET),
            words.count(each.runs),
            said.moment(each.latest.started),
            words.VERDICT_WORDS[each.latest.verdict][0].lower(),
        )
        for each in workloads
    ]
    return words.visible(columns([("workload", "runs", "latest", "verdict"), *rows], left=(0, 2, 3))) + "\n"


def _runs(trend: Trend) -> str:
    first = max(0, len(trend.runs) - _RUNS)
    rows = [
        (
            str(said.number(trend, at)),
            said.moment(run.started),
            words.one_line(said.commit(run)),
            words.shorten(words.one_line(run.origin.branch or words.NOTHING), _BRANCH),
            words.VERDICT_WORDS[run.verdict][0].lower(),
            words.count(run.objects),
            words.size(run.rss),
        )
        for at, run in enumerate(trend.runs[first:], first)
    ]
    table = columns([("run", "started", "commit", "branch", "verdict", "objects", "RSS"), *rows], left=(1, 2, 3, 4))
    before = trend.older + first
    return table if not before else f"{table}\n{words.count(before)} older runs are not shown."


def _cause(trend: Trend, number: int, course: Course) -> str:
    word, sign, _ = said.STATE[course.state]
    finding = course.finding
    lines = [_wrapped(f"{number}. {sign} {word}: {finding.sentence}", "", "   ")]
    rates = ", ".join(said.rate(finding, value) for value in course.rates[-_RATES:])
    latest = f" in the latest {_RATES} runs" if len(course.rates) > _RATES else ""
    lines.append(_wrapped(f"per call{latest}: {rates}", "   ", "   "))
    when = said.seen(trend.runs[course.first], trend.runs[course.last], course.times)
    known = said.known(course.notes, trend.runs[course.last])
    lines.append(_wrapped(f"{when}, {known}" if known else when, "   ", "   "))
    lines.append(f"   fingerprint {finding.fingerprint}")
    return "\n".join(lines)


def _wrapped(text: str, first: str, later: str) -> str:
    return textwrap.fill(
        words.one_line(text), _WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
    )
