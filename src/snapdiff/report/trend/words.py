"""The words of a trend. Every renderer uses these."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from snapdiff.analysis.past import LEAKS, Note, PastFinding, PastRun, day
from snapdiff.analysis.trend import State, Trend
from snapdiff.report import words

#: State → (word, sign, the class of its colour in the style). The sign stands beside the word.
STATE: Final[dict[State, tuple[str, str, str]]] = {
    State.THERE: ("There", "\N{BLACK UP-POINTING TRIANGLE}", "leak"),
    State.GONE: ("Gone", "\N{CHECK MARK}", "clean"),
    State.ACCEPTED: ("Accepted", "=", "slow-leak"),
    State.UNKNOWN: ("Cannot be told", "?", "inconclusive"),
}
_UNITS: Final = {"objects": "", "entries": " entries", "blocks": " memory blocks"}
_COMMIT: Final = 10


def unit(finding: PastFinding) -> str:
    """Name what the rate of a cause counts, as an axis is named: `bytes per call`, `app.Item per call`."""
    if finding.unit == "objects" and finding.type:
        return f"{words.shorten(finding.type, 40)} per call"
    return f"{finding.unit} per call"


def rate(finding: PastFinding, value: float | None) -> str:
    """Format a rate in the unit of its cause: `+1`, `+70 B`, `0`; `?` where a run cannot tell."""
    if value is None:
        return "?"
    if finding.unit == "bytes":
        return words.signed_size(value)
    return f"{words.signed_rate(value)}{_UNITS.get(finding.unit, f' {finding.unit}') if value else ''}"


def commit(run: PastRun) -> str:
    """Name the commit of a run: `0123456789`, with a `+` where files differed from it."""
    if run.origin.commit is None:
        return words.NOTHING
    return run.origin.commit[:_COMMIT] + ("+" if run.origin.changed else "")


def moment(text: str) -> str:
    """Return a moment of ISO 8601 without what all have in common: `2026-11-03 09:30`."""
    return text[:16].replace("T", " ")


def seen(first: PastRun, last: PastRun, runs: int) -> str:
    """Say when a cause was seen: `seen on 3 November 2026`, or from when to when and how often."""
    if runs == 1 or day(first.started) == day(last.started):
        return f"seen on {day(last.started)}{'' if runs == 1 else f' in {words.count(runs)} runs'}"
    return f"seen in {words.count(runs)} runs, from {day(first.started)} to {day(last.started)}"


def known(notes: Sequence[Note], last: PastRun) -> str:
    """Say what was written down: `ticket ABC-123, fixed in 4.2.1`. Of each thing the latest note tells."""
    said = []
    if ticket := _latest(notes, "ticket"):
        said.append(f"ticket {ticket}")
    if fixed_in := _latest(notes, "fixed_in"):
        said.append(f"fixed in {fixed_in}")
        noted = max(note.at for note in notes if note.fixed_in)
        # Both are UTC in ISO 8601, of which the seconds sort as text.
        if last.started[:19] > noted[:19]:
            said.append(f"seen again after that was written down ({day(noted)})")
    if text := _latest(notes, "text"):
        said.append(text)
    return ", ".join(said)


def link(notes: Sequence[Note]) -> str | None:
    """Return the ticket where it is an address of the web that a page may link to."""
    ticket = _latest(notes, "ticket") or ""
    return ticket if ticket.startswith(("https://", "http://")) else None


def _latest(notes: Sequence[Note], field: str) -> str | None:
    return next((value for note in reversed(notes) if (value := getattr(note, field))), None)


def place(trend: Trend, at: int) -> str:
    """Name a run of a trend: `run 7, 2026-11-03 09:30, commit 0123456789`."""
    run = trend.runs[at]
    named = f", commit {commit(run)}" if run.origin.commit else ""
    return f"run {number(trend, at)}, {moment(run.started)}{named}"


def turn(trend: Trend, at: int) -> str:
    """Say what changed in a run: `began to leak in run 7, …`."""
    return f"{'began' if trend.runs[at].verdict in LEAKS else 'ceased'} to leak in {place(trend, at)}"


def number(trend: Trend, at: int) -> int:
    """Return the number of a run among all of its target, also those that are not shown."""
    return trend.older + at + 1


def chain(finding: PastFinding) -> str:
    """Return the chain that keeps a cause alive on one line."""
    return " \N{RIGHTWARDS ARROW} ".join(node.label for node in finding.chain)
