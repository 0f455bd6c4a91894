"""The report as SARIF 2.1.0, for code scanning: a result a finding, at the line where its container grows.

Plain data, checked against the official schema in tests: the object models that exist are generated code that nobody
maintains any more, or need pydantic.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from snapdiff.analysis.model import Analysis, Finding, Frame, Verdict
from snapdiff.analysis.volume import Stays, Sweep
from snapdiff.report import words
from snapdiff.report.chain import chain_text
from snapdiff.report.cures import cure
from snapdiff.report.sweep import balance, law_lines, measured

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: Names a way to make fingerprints: another way needs another name.
FINGERPRINT: Final = "snapdiffCause/v1"
#: Verdicts that code scanning is told of, with its word for how bad they are. What fills up or comes once is no result.
LEVELS: Final = {
    Verdict.LEAK: "error",
    Verdict.SLOW_LEAK: "error",
    Verdict.INCONCLUSIVE: "warning",
    Verdict.CYCLE: "note",
}
_RULES: Final = tuple(LEVELS)
_NOT_IN_A_PATH: Final = re.compile(rb"[^A-Za-z0-9._~/-]")


def render_sarif(analysis: Analysis) -> str:
    """Return one log with one run, in ASCII."""
    results = [result(finding, analysis.method.target) for finding in analysis.findings if finding.verdict in LEVELS]
    for row in analysis.suppressed:
        accepted: dict[str, Any] = {"kind": "external", "status": "accepted"}
        if row.reason:
            accepted["justification"] = words.visible(row.reason)
        results += [
            {**result(finding, analysis.method.target), "suppressions": [accepted]}
            for finding in row.taken
            if finding.verdict in LEVELS
        ]
    return log(results, [analysis], [] if analysis.sweep is None else _sweep(analysis.sweep))


def _sweep(sweep: Sweep) -> list[tuple[str, str]]:
    """Return what a sweep says, as notes of the tool: laws are no results, they accuse no line."""
    kept = "warning" if sweep.stays is Stays.EACH_CALL else "note"
    lines = [("note", text) for text in (*law_lines(sweep), measured(sweep), *sweep.remarks)]
    return [*lines, (kept, balance(sweep))] if sweep.rows else lines


def log(results: Sequence[dict[str, Any]], runs: Sequence[Analysis], said: Sequence[tuple[str, str]] = ()) -> str:
    """Return a log with these results of these recordings, and what is `said` beside them: (level, text)."""
    invocations = [_invocation(run) for run in runs]
    if said:
        invocations[0]["toolExecutionNotifications"] = [
            {"level": level, "message": {"text": _message(text)}} for level, text in said
        ]
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver()},
                "invocations": invocations,
                "columnKind": "unicodeCodePoints",
                "properties": {"redacted": any(run.redacted for run in runs)},
                "results": results,
            }
        ],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def result(finding: Finding, target: str) -> dict[str, Any]:
    """Return a finding. Its place is where it grows; the others that are known are related."""
    places = [("grows here", row.frame) for row in finding.grown_at]
    places += [("born here", row.frame) for row in finding.born_at]
    callers = [("called from here", frame) for row in finding.grown_at[:1] for frame in row.callers]
    file, separator, _ = target.rpartition(":")
    if not places and separator and file.endswith(".py"):
        # Code scanning shows no result without a place: the workload is the nearest that is known.
        places = [("the workload", Frame(file, 1, None))]
    made: dict[str, Any] = {
        "ruleId": f"snapdiff/{finding.verdict.value}",
        "ruleIndex": _RULES.index(finding.verdict),
        "level": LEVELS[finding.verdict],
        "message": {"text": _message(_told(finding))},
        "locations": [{**_location(*places[0]), **_logical(finding)}] if places else [_logical(finding)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "domain": finding.domain,
            "law": finding.law.value,
            "unit": finding.unit,
            "growth": list(finding.growth),
            "objectsPerCall": finding.objects_per_iteration,
            "bytesPerCall": finding.bytes_per_iteration,
        },
    }
    if related := [*places[1:], *callers]:
        made["relatedLocations"] = [
            {"id": number, **_location(what, frame)} for number, (what, frame) in enumerate(related, 1)
        ]
    return made


def _told(finding: Finding) -> str:
    lines = [finding.sentence]
    if chain := chain_text(finding):
        lines += ["", chain]
    if finding.verdict in words.CAUSES:
        lines += ["", f"Usual cure: {cure(finding)}"]
    return "\n".join(lines)


def _driver() -> dict[str, Any]:
    driver: dict[str, Any] = {
        "name": "snapdiff",
        "rules": [
            {
                "id": f"snapdiff/{verdict.value}",
                "name": "".join(part.title() for part in verdict.value.split("-")),
                "shortDescription": {"text": words.VERDICT_WORDS[verdict][0]},
                "fullDescription": {"text": words.VERDICT_MEANINGS[verdict]},
                "defaultConfiguration": {"level": level},
                "properties": {"tags": ["memory", "reliability"], "precision": "very-high"},
            }
            for verdict, level in LEVELS.items()
        ],
    }
    try:
        driver["version"] = version("snapdiff-leaks")
    except PackageNotFoundError:  # run from a checkout that is not installed
        pass
    return driver


def _invocation(run: Analysis) -> dict[str, Any]:
    made: dict[str, Any] = {"executionSuccessful": run.complete}
    if run.method.command:
        made["arguments"] = [words.visible(part) for part in run.method.command]
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)", run.method.started):
        made["startTimeUtc"] = run.method.started.replace("+00:00", "Z")
    if not run.complete:
        made["exitCodeDescription"] = words.visible(run.ended)
    return made


def _location(what: str, frame: Frame) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(frame.file)},
            "region": {"startLine": max(1, frame.line)},
        },
        "message": {"text": what + (_message(f" in {frame.function}") if frame.function else "")},
    }


def _logical(finding: Finding) -> dict[str, Any]:
    name = finding.container.path if finding.container is not None else finding.type or finding.domain
    return {"logicalLocations": [{"fullyQualifiedName": words.visible(name), "kind": "object"}]}


def _uri(path: str) -> str:
    """Return a relative path as a reference; a colon or a query in a name stays a part of the name."""
    data = path.replace("\\", "/").encode("utf-8", "backslashreplace")
    return _NOT_IN_A_PATH.sub(lambda match: f"%{match[0][0]:02X}".encode(), data).decode("ascii")


def _message(text: str) -> str:
    """Return text as a message: brackets are links in it, and braces are places for arguments."""
    plain = re.sub(r"([\\\[\]])", r"\\\1", words.visible(text))
    return plain.replace("{", "{{").replace("}", "}}")
