"""Findings that somebody has looked at and accepted: out of the verdict, never out of sight.

A suppression is a line `leak:PATTERN  # reason`. It matches a finding when the pattern (with `*` for anything) is found
in its fingerprint, container path, type, or in `file:line function` of one of its lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from snapdiff.analysis.model import Finding, Suppressed, Verdict

_PREFIX = "leak:"
#: Nothing is taken out of the verdict that does not weigh on it.
_SUPPRESSIBLE = (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE, Verdict.CYCLE)


@dataclass(frozen=True)
class Suppression:
    """A pattern and why it is accepted."""

    pattern: str
    reason: str


def parse(lines: Iterable[str], where: str) -> tuple[Suppression, ...]:
    """Return the suppressions in some lines, without empty ones and comments. Raises ValueError, saying where."""
    found = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        rule, _, reason = text.partition("#")
        pattern = rule.strip()
        if not pattern.startswith(_PREFIX) or not pattern[len(_PREFIX) :].strip(" *"):
            raise ValueError(f"{where}, line {number}: write `leak:PATTERN  # reason`, not {text[:80]!r}")
        found.append(Suppression(pattern[len(_PREFIX) :].strip(), reason.strip()))
    return tuple(found)


def suppress(
    findings: Sequence[Finding], suppressions: Sequence[Suppression]
) -> tuple[list[Finding], tuple[Suppressed, ...]]:
    """Return the findings that stay, and what each suppression that matched took out."""
    left = list(findings)
    matched = []
    for suppression in suppressions:
        taken = [finding for finding in left if finding.verdict in _SUPPRESSIBLE and _matches(suppression, finding)]
        if taken:
            left = [finding for finding in left if finding not in taken]
            matched.append(
                Suppressed(
                    suppression.pattern,
                    suppression.reason,
                    tuple(finding.sentence for finding in taken),
                    tuple(finding.fingerprint for finding in taken),
                    tuple(taken),
                )
            )
    return left, tuple(matched)


def _matches(suppression: Suppression, finding: Finding) -> bool:
    texts = [finding.fingerprint, finding.type or ""]
    texts += finding.other_containers
    if finding.container is not None:
        texts.append(finding.container.path)
    frames = [*(row.frame for row in finding.born_at), *(row.frame for row in finding.grown_at)]
    texts += [f"{frame.file}:{frame.line} {frame.function or ''}" for frame in frames]
    # Brackets are part of paths (`[*]`), not classes of characters; only `*` stands for anything.
    pattern = f"*{suppression.pattern}*".replace("[", "[[]").replace("?", "[?]")
    return any(fnmatchcase(text, pattern) for text in texts)
