"""Leaks that are known: a file of fingerprints, so that only new ones fail. It is text, sorted, one leak a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from snapdiff.analysis.model import Finding, Verdict

FORMAT = "snapdiff-baseline/1"
ACCUSED = (Verdict.LEAK, Verdict.SLOW_LEAK)
_FIELDS = ("target", "fingerprint", "verdict", "sentence")


@dataclass(frozen=True, order=True)
class Known:
    """A known leak: of what target, and its sentence when it was noted."""

    target: str
    fingerprint: str
    verdict: str
    sentence: str


def known_leaks(target: str, findings: Iterable[Finding]) -> list[Known]:
    """Return the leaks among findings, as a baseline has them."""
    return [
        Known(target, each.fingerprint, str(each.verdict), each.sentence)
        for each in findings
        if each.verdict in ACCUSED
    ]


def parse_baseline(text: str, where: str) -> tuple[Known, ...]:
    """Parse a baseline. Raises ValueError, saying where it stands."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError(f"{where} is not a baseline: it is not JSON") from None
    rows = content.get("known") if isinstance(content, dict) else None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(rows, list):
        raise ValueError(f"{where} is not a baseline: it has no `format` {FORMAT} with a list `known`")
    known = []
    for number, row in enumerate(rows, 1):
        values = [row.get(name) for name in _FIELDS] if isinstance(row, dict) else [None]
        if not all(isinstance(value, str) for value in values):
            raise ValueError(f"{where}: entry {number} lacks one of the texts {', '.join(_FIELDS)}")
        known.append(Known(*values))
    return tuple(known)


def render_baseline(known: Iterable[Known]) -> str:
    """Return the text of a baseline: equal leaks give equal text, one line each."""
    rows = [
        "  " + json.dumps(dict(zip(_FIELDS, astuple(each), strict=True)), ensure_ascii=False)
        for each in sorted(set(known))
    ]
    body = "[\n" + ",\n".join(rows) + "\n ]" if rows else "[]"
    return f'{{"format": "{FORMAT}",\n "known": {body}}}\n'


def gone(known: Iterable[Known], checked: Iterable[str], found: Iterable[Known]) -> list[Known]:
    """Return the known leaks of the targets that were checked which are found nowhere any more."""
    fingerprints = {each.fingerprint for each in found}
    targets = set(checked)
    return sorted(each for each in known if each.target in targets and each.fingerprint not in fingerprints)


def updated(known: Iterable[Known], checked: Iterable[str], found: Iterable[Known]) -> list[Known]:
    """Return a baseline with the targets that were checked as they are now, and the others as they were."""
    targets = set(checked)
    return sorted({*(each for each in known if each.target not in targets), *found})
