"""The findings as workflow commands of GitHub Actions: annotations at the lines of the change that is looked at."""

from __future__ import annotations

from typing import Final

from snapdiff.analysis.model import Analysis, Finding, Frame, Verdict
from snapdiff.report import words
from snapdiff.report.sweep import balance, law_lines, measured

_COMMANDS: Final = {Verdict.LEAK: "error", Verdict.SLOW_LEAK: "error", Verdict.INCONCLUSIVE: "warning"}
#: GitHub shows ten of a kind a step; the rest is in the summary.
MOST: Final = 10
#: Characters of a swept parameter's name in a title.
_PARAMETER: Final = 40


def render_annotations(analysis: Analysis) -> str:
    """Return a command a line: errors for leaks, warnings for what is inconclusive or incomplete, a notice for a
    sweep; may be empty.
    """
    lines = [
        command(_COMMANDS[finding.verdict], _title(finding), _message(finding), _place(finding))
        for finding in analysis.findings
        if finding.verdict in _COMMANDS
    ][:MOST]
    if not analysis.complete or (analysis.verdict is Verdict.INCONCLUSIVE and not lines):
        lines.append(command("warning", "snapdiff", analysis.sentence, None))
    if analysis.sweep is not None:
        said = [*law_lines(analysis.sweep)[:1], balance(analysis.sweep), measured(analysis.sweep)]
        title = f"Growth with {words.shorten(analysis.sweep.parameter, _PARAMETER)}"
        lines.append(command("notice", title, " ".join(filter(None, said)), None))
    return "".join(f"{line}\n" for line in lines)


def command(name: str, title: str, message: str, place: Frame | None) -> str:
    """Return a command whose parts cannot end it or begin another one."""
    where = "" if place is None else f"file={_property(place.file)},line={max(1, place.line)},"
    return f"::{name} {where}title={_property(title)}::{_data(message)}"


def log_line(text: str) -> str:
    """Return a line for the log of a job, in which no command of anybody is hidden."""
    return words.for_log(words.one_line(text))


def _title(finding: Finding) -> str:
    return f"{words.VERDICT_WORDS[finding.verdict][0]} {finding.fingerprint}"


def _message(finding: Finding) -> str:
    return finding.sentence + (f" Why: {finding.doubt}." if finding.doubt else "")


def _place(finding: Finding) -> Frame | None:
    frames = [*(row.frame for row in finding.grown_at), *(row.frame for row in finding.born_at)]
    return frames[0] if frames else None


def _data(text: str) -> str:
    return words.one_line(text).replace("##[", "## [").replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
