"""The comparison as JUnit XML: a test case a cause. What is new or worse fails; what cannot be told is an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from snapdiff.analysis.comparison import Change, Comparison, Status
from snapdiff.report import junit, words
from snapdiff.report.comparison.words import after, before

if TYPE_CHECKING:
    from junitparser import TestCase

COMPARED: Final = "both sides called the same"
_FAILING = (Status.NEW, Status.WORSE)


def render_junit(comparison: Comparison) -> str:
    """Return one test suite; its time is that of all recordings."""
    target = comparison.after.runs[0].method.target or "snapdiff"
    cases = [
        junit.run_case(run, target, f"{junit.RECORDED}, {word}: {name}")
        for word, side in (("before", comparison.before), ("after", comparison.after))
        for name, run in zip(side.names, side.runs, strict=True)
    ]
    cases += [_case(change, target) for change in comparison.changes]
    if comparison.void:
        cases.append(_void(comparison, target))
    elif not comparison.changes:
        cases.append(junit.case(junit.CLEAN, target, output=comparison.sentence))
    started = comparison.after.runs[0].method.started
    return junit.suite(
        f"snapdiff compare {target}",
        cases,
        started,
        [
            ("outcome", comparison.outcome.value),
            ("redaction", words.REDACTION[comparison.after.runs[0].redacted]),
        ],
    )


def _void(comparison: Comparison, target: str) -> TestCase:
    from junitparser import Error

    made = junit.case(COMPARED, target)
    made.result = [Error(words.visible(comparison.sentence), comparison.outcome.value)]
    return made


def _case(change: Change, target: str) -> TestCase:
    from junitparser import Error, Failure

    lines = (
        change.sentence,
        f"before: {before(change).pace} per call",
        f"after: {after(change).pace} per call",
        f"{change.status}: {change.reason}",
    )
    told = "\n".join(words.one_line(line) for line in lines)
    if change.status not in _FAILING and change.status is not Status.UNSURE:
        return junit.case(junit.title(change.finding), target, output=told)
    made = junit.case(junit.title(change.finding), target)
    kind = Failure if change.status in _FAILING else Error
    result = kind(words.visible(change.sentence), change.status.value)
    result.text = f"{told}\n{junit.about(change.finding)}"
    made.result = [result]
    return made
