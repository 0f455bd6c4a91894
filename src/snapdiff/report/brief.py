"""What `snapdiff check` says beside the verdict: why nothing is sure, and for each leak the lines to look at."""

from __future__ import annotations

from typing import Final

from snapdiff.analysis.model import Analysis, Finding, Verdict
from snapdiff.report.words import birth, count, place_in

_LEAKS: Final = (Verdict.LEAK, Verdict.SLOW_LEAK)
#: Leaks of a recording that are told with their lines; the log of a job has many recordings.
_MOST: Final = 5


def brief_lines(analysis: Analysis) -> list[str]:
    """Return the lines that follow the sentence of a run: none of a clean one."""
    if analysis.verdict is Verdict.INCONCLUSIVE:
        return [f"why: {finding.doubt}" for finding in analysis.findings[:1] if finding.doubt]
    leaks = [finding for finding in analysis.findings if finding.verdict in _LEAKS]
    lines = []
    for number, finding in enumerate(leaks[:_MOST]):
        lines += [f"and: {finding.sentence}"] if number else []
        lines += _places(finding)
    if left := len(leaks[_MOST:]):
        lines.append(f"and {count(left)} more, see the report")
    return lines


def _places(finding: Finding) -> list[str]:
    """Return where it grows and where it is born in a line; nothing where only one is known: the sentence has it."""
    if not finding.grown_at or not finding.born_at:
        return []
    grown, born = (place_in(rows[0].frame) for rows in (finding.grown_at, finding.born_at))
    word = birth(finding)
    return [f"grown and {word} at {born}" if grown == born else f"grown at {grown}, {word} at {born}"]
