"""What a finding gains, in its own unit: objects of a type, entries, bytes, memory blocks, descriptors, …"""

from __future__ import annotations

from collections.abc import Iterable

from snapdiff.analysis.model import Analysis, Container, Finding, Round, Verdict
from snapdiff.analysis.sentences import SIZED, gained_per_call, pace_of, units_of
from snapdiff.report import words


def per_call(finding: Finding) -> str:
    """Say what a call leaves: `+1 per call`, `+1 entry per call`, `+70 B per call`, `+1 per 40 calls`."""
    sign = "+" if gained_per_call(finding) > 0 else ""
    return f"{sign}{pace_of(finding)}"


def gained(finding: Finding, number: int) -> str:
    """Format what a round gained, in the unit of the finding."""
    return words.signed_size(number) if finding.unit == "bytes" else words.signed(number)


def rate(finding: Finding, value: float) -> str:
    """Format a rate without its sign, in the unit of the finding: `1`, `70 B`."""
    return words.size(value) if finding.unit == "bytes" else words.rate(value)


def counted(finding: Finding, limit: int) -> str | None:
    """Name what `growth` counts, None where that is nothing of one kind. Types are cut to `limit` characters."""
    if finding.verdict is Verdict.CYCLE:
        return "freed by the collector"
    if finding.unit in words.UNIT_WORDS:
        return words.UNIT_WORDS[finding.unit]
    if finding.type is None:
        return "bytes outside the Python heap" if finding.unit == "bytes" else None
    if finding.unit == "objects":
        return words.shorten(finding.type, limit)
    return f"{units_of(finding)[1] or finding.unit} of the {words.shorten(finding.type.rpartition('.')[2], limit)}"


def left_behind(rounds: Iterable[Round]) -> str:
    """Say what all rounds together left, the first call's initialisation too; empty where there was none."""
    rounds = tuple(rounds)
    if not rounds:
        return ""
    objects, size = sum(each.objects for each in rounds), sum(each.bytes for each in rounds)
    things = "object" if abs(objects) == 1 else "objects"
    return f"{words.signed(objects)} {things}, {words.signed_size(size)} after {words.calls(all_calls(rounds))}"


def held(container: Container) -> str:
    """Say how much a container holds: `dict of 464 entries`, `3 dict, together 464 entries`, `str of 9 characters`."""
    if container.size is None:
        return container.type if container.count == 1 else f"{words.count(container.count)} {container.type}"
    what = f"{words.count(container.size)} {SIZED.get(container.type, ('entry', 'entries'))[container.size != 1]}"
    if container.count == 1:
        return f"{container.type} of {what}"
    return f"{words.count(container.count)} {container.type}, together {what}"


def came(finding: Finding) -> int:
    """Return how many of what a container holds the rounds left, where it holds more than that; else 0.

    The others were there before the rounds, or are of other types.
    """
    size = None if finding.container is None else finding.container.size
    gained = sum(finding.growth)
    counts = finding.unit in ("objects", "entries") and not finding.traced
    return gained if counts and size is not None and 0 < gained < size else 0


def rounds_of(analysis: Analysis, finding: Finding | None) -> tuple[Round, ...]:
    """Return the rounds that the growth of a finding follows."""
    return analysis.traced_rounds if finding is not None and finding.traced else analysis.rounds


def all_calls(rounds: Iterable[Round]) -> int:
    """Return the calls of all completed rounds, extra ones too."""
    return sum(each.iterations for each in rounds)


def extra_calls(rounds: Iterable[Round]) -> int:
    """Return the calls of the extra rounds."""
    return sum(each.iterations for each in rounds if each.extra)
