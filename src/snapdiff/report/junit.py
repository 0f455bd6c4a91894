"""The report as JUnit XML, for the test pages of Jenkins, GitLab and others: a test case a cause.

The first case is the recording itself: an error where it ended early or its control grew, since then the absence of
failures says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from snapdiff.analysis.model import Analysis, Finding, Verdict
from snapdiff.analysis.volume import Stays, Sweep
from snapdiff.report import words
from snapdiff.report.chain import chain_text
from snapdiff.report.cures import cure
from snapdiff.report.sweep import balance, law_lines, law_rows, measured

if TYPE_CHECKING:
    from junitparser import TestCase

RECORDED: Final = "recorded as planned"
CLEAN: Final = "nothing grows with the calls"
KEPT: Final = "no object is kept by every call of one size"
_DECLARATION: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def render_junit(analysis: Analysis) -> str:
    """Return one test suite."""
    from junitparser import Skipped

    target = analysis.method.target or "snapdiff"
    cases = [run_case(analysis, target)]
    causes = [finding for finding in analysis.findings if finding.verdict in words.CAUSES]
    cases += [_cause_case(finding, target) for finding in causes]
    if analysis.sweep is not None:
        cases += _sweep_cases(analysis.sweep, target)
    elif not causes:
        cases.append(case(CLEAN, target, output=analysis.sentence))
    for row in analysis.suppressed:
        for sentence, fingerprint in zip(row.findings, row.fingerprints, strict=False):
            accepted = case(f"suppressed {fingerprint}", target)
            reason = f": {row.reason}" if row.reason else ""
            accepted.result = [Skipped(_text(f"suppressed by leak:{row.pattern}{reason}. {sentence}"))]
            cases.append(accepted)
    python = dict(analysis.environment).get("python", "")
    properties = [
        ("verdict", analysis.verdict.value),
        ("python", python),
        ("redaction", words.REDACTION[analysis.redacted]),
    ]
    return suite(f"snapdiff {target}", cases, analysis.method.started, properties)


def _sweep_cases(sweep: Sweep, classname: str) -> list[TestCase]:
    """Return a case a law, which passes whatever the law is, and one on what the calls keep."""
    from junitparser import Error

    cases = [
        case(f"{row.measure} over {sweep.parameter}", classname, output=line)
        for row, line in zip(law_rows(sweep), law_lines(sweep), strict=True)
    ]
    kept = case(KEPT, classname, output="\n".join(filter(None, [balance(sweep), measured(sweep), *sweep.remarks])))
    if sweep.stays in (Stays.EACH_CALL, Stays.UNKNOWN):
        kept.result = [Error(_text(balance(sweep) or measured(sweep)), Verdict.INCONCLUSIVE.value)]
    return [*cases, kept]


def run_case(analysis: Analysis, classname: str, name: str = RECORDED) -> TestCase:
    """Return the case of a recording: an error where what was not found proves nothing."""
    from junitparser import Error

    made = case(name, classname, seconds=analysis.method.duration_seconds)
    doubts = [f"{row.name}: {row.value}. {row.meaning}" for row in analysis.audit if not row.passed]
    if not analysis.complete:
        doubts.insert(0, f"The run is incomplete: {analysis.ended}.")
    inconclusive = analysis.verdict is Verdict.INCONCLUSIVE and not any(
        finding.verdict is Verdict.INCONCLUSIVE for finding in analysis.findings
    )
    if not analysis.complete or inconclusive or (analysis.control.ran and analysis.control.objects):
        error = Error(_text(analysis.sentence), "incomplete" if not analysis.complete else "inconclusive")
        error.text = _text("\n".join(words.one_line(doubt) for doubt in doubts))
        made.result = [error]
    return made


def case(name: str, classname: str, output: str = "", seconds: float = 0.0) -> TestCase:
    """Return a test case that passed."""
    from junitparser import TestCase

    made = TestCase(words.one_line(name), words.one_line(classname), round(seconds, 3))
    if output:
        made.system_out = _text(output)
    return made


def suite(name: str, cases: Iterable[TestCase], started: str, properties: Iterable[tuple[str, str]]) -> str:
    """Return a document with one suite of cases."""
    from junitparser import TestSuite

    made = TestSuite(words.one_line(name))
    if started:
        made.timestamp = _text(started)
    for key, value in properties:
        made.add_property(key, _text(value))
    for each in cases:
        made.add_testcase(each)
    made.update_statistics()  # type: ignore[no-untyped-call]
    made.time = round(made.time, 3)
    text: str = made.tostring().decode("utf-8")  # type: ignore[no-untyped-call]
    return f"{_DECLARATION}{text}\n"


def about(finding: Finding) -> str:
    """Return what a person needs to mend a finding: chain, lines, cure and fingerprint."""
    lines = [finding.sentence]
    lines += [f"grown at {words.place_in(row.frame)}" for row in finding.grown_at]
    lines += [
        f"{words.birth(finding)} at {words.place_in(row.frame)} ({words.percent(row.share)})" for row in finding.born_at
    ]
    if finding.verdict in words.CAUSES:
        lines.append(f"usual cure: {cure(finding)}")
    lines += [*finding.reasons, f"fingerprint {finding.fingerprint}"]
    told = [words.one_line(line) for line in lines]
    if chain := chain_text(finding):
        told.insert(1, chain)
    return _text("\n".join(told))


def title(finding: Finding) -> str:
    """Return a name for the case of a finding that stays the same from build to build."""
    holder = finding.container.path if finding.container is not None else finding.domain
    return f"{holder} keeps no {finding.type or 'memory'} [{finding.fingerprint}]"


def _cause_case(finding: Finding, target: str) -> TestCase:
    from junitparser import Error, Failure

    made = case(title(finding), target)
    kind = Error if finding.verdict is Verdict.INCONCLUSIVE else Failure
    result = kind(_text(finding.sentence), finding.verdict.value)
    result.text = about(finding)
    made.result = [result]
    return made


def _text(text: str) -> str:
    """Return text that XML takes: it has no way to write most control characters."""
    return words.visible(text)
