"""Runs snapdiff on a program as its users do, and compares the report with the truth."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from accuracy.corpus import LEAKS, Cause, Program, marked_lines
from accuracy.verdicts import CLEAN, CYCLE, FAILED, INCONCLUSIVE, LEAK, Result, Score

NAME = "snapdiff"

TIMEOUT_SECONDS = 600
"""A recording of a corpus program takes 2 to 20 seconds; one that takes this long hangs."""

_ANSWERS = {"leak": LEAK, "slow-leak": LEAK, "cycle": CYCLE, "inconclusive": INCONCLUSIVE}
"""What a verdict counts as; the others (`clean`, `saturating`, `one-time`) accuse nobody."""


def run(program: Program, python: Path | None, keep: Path | None = None, trace: str = "rounds") -> Result:
    """Record and report one program, in the interpreter given, and score the report. `trace` is as for `record`.

    The JSON report is written to `keep` where one is given.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        recording = Path(scratch) / f"{program.name}.snapdiff"
        try:
            _snapdiff(program, record_arguments(program, recording, python, trace))
            report = json.loads(_snapdiff(program, ["report", str(recording), "--format", "json"]))
        except (subprocess.SubprocessError, ValueError) as error:
            seconds = time.monotonic() - started
            return _result(program, FAILED, _what_failed(error), seconds, _score(program, {"findings": []}))
    if keep is not None:
        (keep / f"{program.name}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    accepted = program.leaks and report["verdict"] in program.verdict_any
    answer = LEAK if accepted else _ANSWERS.get(report["verdict"], CLEAN)
    return _result(program, answer, describe(report), time.monotonic() - started, _score(program, report))


def record_arguments(program: Program, recording: Path, python: Path | None, trace: str) -> list[str]:
    """Return the arguments of `snapdiff` that record a program."""
    arguments = ["record", f"{program.file.name}:iterate", "-o", str(recording), "--quiet", "--trace", trace]
    for function in ("setup", "teardown"):
        if function in program.functions:
            arguments += [f"--{function}", function]
    if python is not None:
        arguments += ["--python", str(python)]
    return arguments


def describe(report: dict[str, Any]) -> str:
    """Say in one line what a report says: the verdict and what its first finding names."""
    if not report["findings"]:
        return str(report["verdict"])
    finding = report["findings"][0]
    container = finding["container"]["path"] if finding["container"] else "no container"
    born = ", ".join(_place(place) for place in finding["born_at"][:1]) or "nowhere"
    grown = ", ".join(_place(place) for place in finding["grown_at"][:1]) or "nowhere"
    several = f"; {len(report['findings'])} findings" if len(report["findings"]) > 1 else ""
    return f"{report['verdict']}: {container} gains {finding['type']}; born {born}; grown {grown}{several}"


def _snapdiff(program: Program, arguments: list[str]) -> str:
    # From the program's own folder: files under the working directory are the project's, as for a user.
    # `-P` keeps that folder off snapdiff's own import path.
    return subprocess.run(
        [sys.executable, "-P", "-m", "snapdiff", *arguments],
        cwd=program.file.parent,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    ).stdout


def _result(program: Program, answer: str, said: str, seconds: float, score: Score) -> Result:
    return Result(NAME, program.name, program.kind, program.verdict, answer, said, round(seconds, 3), score)


def _what_failed(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = (error.stderr or error.stdout or "").strip().splitlines()
        return f"exit code {error.returncode}: {lines[-1] if lines else 'no output'}"
    return str(error)


def _score(program: Program, report: dict[str, Any]) -> Score:
    """Compare a report with the truth; of clean programs only the verdict counts."""
    if not program.leaks:
        return Score()
    accused = [f for f in report["findings"] if f["verdict"] in LEAKS or f["verdict"] in program.verdict_any]
    # A leak that was missed names no cause, so its cause counts as wrong: of all leaks, not of those found.
    first = accused[0] if accused else None
    several = program.causes if len(program.causes) > 1 else ()
    return Score(
        cause=_judge(program.cause.holder_any, first and _names_holder(first, program.cause)),
        type=_judge(program.cause.types_any, first and _names_type(first, program.cause)),
        born=_judge_place(program, first, "born", program.born_any),
        grown=_judge_place(program, first, "grown", program.grown_any),
        causes_found=(sum(_found(accused, cause) for cause in several), len(several)) if several else None,
        causes_count=len(accused) == len(several) if several else None,
        causes_order=_in_order(accused, several) if several else None,
    )


def _judge(known: object, right: object) -> bool | None:
    """Return whether it is right, or None when the truth knows nothing."""
    return bool(right) if known else None


def _names_holder(finding: dict[str, Any], cause: Cause) -> bool:
    """Whether the container's path or the chain has one of the holders, as a whole identifier.

    Whole, because `module ex_observers` would otherwise name the holder `observers` of every finding.
    """
    container = finding["container"] or {"path": "", "type": ""}
    links = [f"{link['label']} {link['type']}" for link in finding["chain"] or ()]
    text = " ".join([container["path"] or "", container["type"] or "", *links])
    return any(re.search(rf"(?<!\w){re.escape(holder)}(?!\w)", text) for holder in cause.holder_any)


def _names_type(finding: dict[str, Any], cause: Cause) -> bool:
    return (finding["type"] or "").rpartition(".")[2] in cause.types_any


def _judge_place(program: Program, finding: dict[str, Any] | None, word: str, parts: tuple[str, ...]) -> bool | None:
    """Whether the first place of birth (or growth) is marked, or named by the truth; None where it says nothing."""
    marked = marked_lines(program.file, word)
    if not marked and not parts:
        return None
    if finding is None or not finding[f"{word}_at"]:
        return False
    place = finding[f"{word}_at"][0]
    # The look-ahead keeps `x.py:11` from being found in `x.py:110`.
    if any(re.search(re.escape(part) + r"(?!\d)", _place(place)) for part in parts):
        return True
    file = program.file.parent / place["file"]
    return file.resolve() == program.file.resolve() and place["line"] in marked


def _place(place: dict[str, Any]) -> str:
    return f"{place['file']}:{place['line']} {place['function']}"


def _found(accused: list[dict[str, Any]], cause: Cause) -> bool:
    return any(_names_holder(finding, cause) for finding in accused)


def _in_order(accused: list[dict[str, Any]], causes: tuple[Cause, ...]) -> bool:
    return len(accused) >= len(causes) and all(
        _names_holder(finding, cause) for finding, cause in zip(accused, causes, strict=False)
    )
