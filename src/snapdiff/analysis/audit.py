"""Checks on the verdict. They only ever downgrade, and print the number behind each flag."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from snapdiff.analysis import limits
from snapdiff.analysis.matrices import Matrices
from snapdiff.analysis.model import AuditRow, Control, Finding
from snapdiff.analysis.sentences import number_of


def control(matrices: Matrices) -> Control:
    """Return the growth of the control: the most objects, and blocks, that any of its rounds gained or lost."""
    series = matrices.control
    if not series.spans:
        return Control(0, None, False)
    objects = max(series.growth("objects"), key=abs)
    blocks = None
    traced = matrices.traced_control if matrices.traced_control.spans else series
    if traced.checkpoints["traced_bytes"].notna().any():
        sums = matrices.lines("blocks", traced).sum()
        blocks = int(max(sums, key=abs)) if len(sums) else 0
    return Control(objects, blocks, True)


def audit(matrices: Matrices, found: Control, complete: bool, ended: str) -> tuple[AuditRow, ...]:
    """Return the checks, failed ones first."""
    rows = matrices.workload.checkpoints
    rounds = matrices.workload.spans
    checks = [
        AuditRow(
            "control",
            found.ran and found.objects == 0 and not found.blocks,
            f"{number_of(found.objects, 'object')}, "
            f"{'not traced' if found.blocks is None else number_of(found.blocks, 'block')}",
            "The same plan around an empty function must not grow; if it does, other threads or the tool itself do.",
        ),
        AuditRow("ended as planned", complete, ended, "A run that ended early shows only the rounds it completed."),
        AuditRow(
            "confirming round",
            any(span.extra for span in rounds),
            number_of(max((span.iterations for span in rounds if span.extra), default=0), "more call"),
            "Nobody is accused without one. It runs only when something grew in the last planned round.",
        ),
    ]
    if len(rows):
        # Python's threads, and from the end of the first round on: runtimes of libraries start theirs when first used.
        threads = int(rows["python_threads"].iloc[-1]) - int(rows["python_threads"].iloc[min(1, len(rows) - 1)])
        checks += [
            AuditRow(
                "collector settled",
                bool(rows["settled"].all()),
                f"{int((~rows['settled'].astype(bool)).sum())} of {len(rows)} checkpoints still freed objects",
                "Collections were repeated until one freed nothing, three times at most.",
            ),
            AuditRow(
                "threads", threads == 0, f"{threads:+d}", "Python threads started or ended after the first round."
            ),
        ]
    confirmed = checks[2]
    if not confirmed.passed and not matrices_open(matrices):
        checks[2] = AuditRow("confirming round", True, "not needed", confirmed.meaning)
    return tuple(sorted(checks, key=lambda row: row.passed))


def with_findings(checks: tuple[AuditRow, ...], findings: Sequence[Finding]) -> tuple[AuditRow, ...]:
    """Return the checks without doubts about what the findings are about: threads that leak change their number."""
    if not any(finding.domain == "thread" for finding in findings):
        return checks
    meaning = "Python threads started or ended after the first round: that is one of the findings."
    told = [replace(row, passed=True, meaning=meaning) if row.name == "threads" else row for row in checks]
    return tuple(sorted(told, key=lambda row: row.passed))


def matrices_open(matrices: Matrices) -> bool:
    """Say whether the last planned round gained anything that would have called for a confirming round."""
    spans = matrices.workload.spans
    gained = matrices.workload.growth("objects")
    return bool(spans) and gained[-1] >= min(spans[-1].iterations, limits.SLOW_LEAST)
