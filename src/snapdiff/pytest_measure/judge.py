"""Seals and judges the measurement of a test, in a process of its own: `python -m snapdiff.pytest_measure.judge`.

pandas and pyarrow would be 200,000 objects in the process that runs the tests, in every measurement after it.
Reads a request and writes an answer, both JSON, on its standard streams.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from snapdiff.api import Report, analyze
from snapdiff.pytest_measure.tools import held_by
from snapdiff.record.ended import Ended
from snapdiff.record.seal import Facts, seal
from snapdiff.settings import read_settings, suppressions_of


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    facts = request["facts"]
    facts["ended"] = Ended(**facts["ended"])
    recording = Path(request["recording"])
    seal(Path(request["part"]), Facts(**facts), recording)
    report = judge(recording, request)
    report.save(Path(request["page"]))
    json.dump(answer(report, request), sys.stdout)


def judge(recording: Path, request: dict[str, Any]) -> Report:
    """Analyse a recording with what the project suppresses, and with what test tools keep taken out."""
    from snapdiff.analysis.suppressions import Suppression

    suppressions = suppressions_of(read_settings(Path(request["project"])))
    report = analyze(recording, suppressions)
    tools = [
        Suppression(finding.fingerprint, f"kept by {holder}, not by the program")
        for finding in report.findings
        if (holder := held_by(finding)) is not None
    ]
    return analyze(recording, (*suppressions, *tools)) if tools else report


def answer(report: Report, request: dict[str, Any]) -> dict[str, Any]:
    """Return what the test process needs to know."""
    from snapdiff.analysis.baseline import known_leaks
    from snapdiff.analysis.budget import parse_budget
    from snapdiff.analysis.weighing import weigh

    allow = request["allow"]
    budget = None if allow is None else parse_budget(allow, "allow")
    weighed = weigh(report.analysis, budget, request["known"])
    return {
        "verdict": report.verdict,
        "sentence": report.sentence,
        "text": report.render("text"),
        "new": len(weighed.new),
        "known_leaks": len(weighed.known),
        "allowed": len(weighed.allowed),
        "open": weighed.open,
        "cycle": any(finding.verdict == "cycle" for finding in report.findings),
        "leaks": [
            [each.target, each.fingerprint, each.verdict, each.sentence]
            for each in known_leaks(request["test"], report.findings)
        ],
        "tools": [f"{row.reason}: {sentence}" for row in report.analysis.suppressed for sentence in row.findings],
    }


if __name__ == "__main__":
    main()
