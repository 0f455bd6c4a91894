"""Resident memory in words and in one picture: who holds it, what came and went, what came back when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from snapdiff.analysis.model import Analysis, Domain, GivenBack, Ledger, LedgerKind, Peak, Round
from snapdiff.report import charts, svg, words
from snapdiff.report.limits import PASSING_BYTES, PASSING_SHARE

#: What the sentence and the picture tell apart, from the ground up: (name, colour, owners). Each colour has a contrast
#: of at least 3:1 to white and to black, so that it serves both themes.
_GROUPS: Final = (
    ("mapped files", "#808080", ("files", "shared")),
    ("Python objects", svg.COOL, ("python.small", "python.large")),
    ("native code", "#c06a14", ("native", "chunks", "malloc", "arrow.mimalloc", "arrow.jemalloc")),
    ("kept for reuse", "#8a66cc", ("pymalloc.kept", "malloc.kept", "mimalloc.kept")),
    ("stacks", "#2a8f86", ("stacks",)),
    ("snapdiff itself", "#8a7d2c", ("snapdiff",)),
    ("unexplained", svg.HOT, ("unexplained",)),
)
_UNEXPLAINED: Final = "unexplained"
#: Gains that are named.
_MOST_GAINS: Final = 3
#: Below this a percentage needs a decimal.
_ONE_PERCENT: Final = 0.01
_TENTH: Final = 0.001


@dataclass(frozen=True)
class PeakRow:
    """A round and the most that it held."""

    round: Round
    peak: Peak


@dataclass(frozen=True)
class LedgerView:
    """What the page says of resident memory."""

    total: Ledger | None
    parts: tuple[Ledger, ...]
    told: tuple[Ledger, ...]
    """What owners say of themselves, within the parts or beside them."""
    heads: tuple[str, ...]
    """Names of the checkpoints: `start`, `1 call`, `11 calls`, …"""
    sentences: tuple[str, ...]
    picture: str | None
    peaks: tuple[PeakRow, ...]
    peak_sentences: tuple[str, ...]
    given_back: tuple[GivenBack, ...]
    given_back_sentence: str
    domains: tuple[Domain, ...]
    """Traced memory by domain."""
    domain_heads: tuple[str, ...]
    """Names of the checkpoints at which it was traced."""
    domain_sizes: tuple[int, ...]
    """Bytes of all domains together at these."""
    domain_blocks: int
    """Blocks of all domains together at the last of these."""
    domain_sentence: str


def ledger_view(analysis: Analysis, identity: str) -> LedgerView:
    """Return what the page says of resident memory; `identity` names the picture in the page."""
    total = next((row for row in analysis.ledger if row.kind is LedgerKind.TOTAL), None)
    return LedgerView(
        total=total,
        parts=tuple(row for row in analysis.ledger if row.kind is LedgerKind.PART),
        told=tuple(row for row in analysis.ledger if row.kind in (LedgerKind.WITHIN, LedgerKind.BESIDE)),
        heads=_heads(analysis.rounds),
        sentences=ledger_sentences(analysis),
        picture=_picture(analysis, identity),
        peaks=tuple(PeakRow(each, peak) for each, peak in zip(analysis.rounds, analysis.peaks, strict=False)),
        peak_sentences=peak_sentences(analysis),
        given_back=tuple(row for row in analysis.given_back if row.before != row.after),
        given_back_sentence=_given_back_sentence(analysis.given_back),
        domains=analysis.domains or (),
        domain_heads=_heads(analysis.line_rounds),
        domain_sizes=tuple(map(sum, zip(*(domain.bytes for domain in analysis.domains or ()), strict=True))),
        domain_blocks=sum(domain.blocks[-1] for domain in analysis.domains or ()),
        domain_sentence=_domain_sentence(analysis),
    )


def ledger_sentences(analysis: Analysis) -> tuple[str, ...]:
    """Say where the memory is at the last checkpoint, and where it grew since the first; nothing without a ledger."""
    total = next((row for row in analysis.ledger if row.kind is LedgerKind.TOTAL), None)
    if total is None or not total.bytes or total.bytes[-1] <= 0:
        return ()
    groups = _groups(analysis)
    held = sorted(
        ((numbers[-1], name) for name, _, numbers in groups if numbers[-1] and name != _UNEXPLAINED), reverse=True
    )
    rest = next((numbers[-1] for name, _, numbers in groups if name == _UNEXPLAINED), 0)
    named = [f"{name} {words.size(size)} ({share(size, total.bytes[-1])})" for size, name in held]
    named.append(f"{_UNEXPLAINED} {share(rest, total.bytes[-1])}")
    said = [f"Resident memory {words.size(total.bytes[-1])} at the last checkpoint: {', '.join(named)}."]
    gained = total.bytes[-1] - total.bytes[0]
    gains = sorted(((numbers[-1] - numbers[0], name) for name, _, numbers in groups), reverse=gained > 0)
    risen = [f"{name} {words.signed_size(size)}" for size, name in gains[:_MOST_GAINS] if size * gained > 0]
    if risen:
        moved = f"grew by {words.size(gained)}" if gained > 0 else f"shrank by {words.size(-gained)}"
        said.append(f"Since the first checkpoint it {moved}: {', '.join(risen)}.")
    return tuple(said)


def share(size: int, whole: int) -> str:
    """Return a part as a percentage, of less than one too."""
    part = size / whole if whole else None
    if part is not None and 0 < part < _ONE_PERCENT:
        return f"{part * 100:.1f} %" if part >= _TENTH else "under 0.1 %"
    return words.percent(part)


def _groups(analysis: Analysis) -> list[tuple[str, str, tuple[int, ...]]]:
    """Return (name, colour, bytes at each checkpoint) of the groups that hold anything."""
    parts = {row.owner: row.bytes for row in analysis.ledger if row.kind is LedgerKind.PART}
    found = []
    for name, colour, owners in _GROUPS:
        columns = [parts[owner] for owner in owners if owner in parts]
        if columns:
            found.append((name, colour, tuple(map(sum, zip(*columns, strict=True)))))
    return found


def _heads(rounds: Sequence[Round]) -> tuple[str, ...]:
    """Name the checkpoints by the calls made until then."""
    heads = ["start"]
    done = 0
    for each in rounds:
        done += each.iterations
        heads.append(words.calls(done))
    return tuple(heads)


def _picture(analysis: Analysis, identity: str) -> str | None:
    """Draw the groups upon each other, a column a checkpoint."""
    groups = _groups(analysis)
    if not groups:
        return None
    sentences = ledger_sentences(analysis)
    return charts.stacked_columns(
        identity,
        title="Resident memory by owner at each checkpoint",
        description=" ".join(sentences),
        columns=_heads(analysis.rounds),
        layers=groups,
    )


def peak_sentences(analysis: Analysis) -> tuple[str, ...]:
    """Name the rounds that took much more than they kept."""
    said = []
    for each, peak in zip(analysis.rounds, analysis.peaks, strict=False):
        if peak.passing >= max(PASSING_BYTES, PASSING_SHARE * max(peak.before, peak.after)):
            mark = "" if peak.exact else " at least"
            said.append(
                f"Round {each.number} ({words.calls(each.iterations)}) rose to{mark} {words.size(peak.peak)} "
                f"and gave {words.size(peak.passing)} of it back before its end."
            )
    return tuple(said)


def _domain_sentence(analysis: Analysis) -> str:
    """Say what the numbers by domain are, or why there are none."""
    if analysis.domains:
        when = " in the second, traced plan" if analysis.traced_rounds else ""
        return (
            f"Allocated{when} since tracing began, and not freed: what was there before has no trace, and snapdiff’s "
            "own is left out. It must not be added to the lines above, for it lies in them: Python’s own blocks of up "
            "to 512 bytes mostly in pymalloc’s, larger ones and NumPy’s in malloc’s. Where a library that is not known "
            "has the memory of its domain, tracemalloc does not say."
        )
    why = "this recording does not have it"
    if analysis.method.traced == "nothing":
        why = "allocations were not traced (--trace rounds traces them)"
    return f"How much of it came from Python’s own allocators and how much from NumPy’s or others is not known: {why}."


def _given_back_sentence(steps: tuple[GivenBack, ...]) -> str:
    """Say what is held and what was only kept."""
    if not steps:
        return ""
    before, after = steps[0].before, steps[-1].after
    back = max(0, before - after)
    tried = ", ".join(step.action for step in steps)
    if not back:
        return (
            f"Asked to give memory back after the last checkpoint ({tried}), it gave back nothing: all of it is held."
        )
    return (
        f"Asked to give memory back after the last checkpoint, it gave back {words.size(back)} of {words.size(before)} "
        f"({share(back, before)}): that was kept for reuse. The other {words.size(after)} are held. Tried: {tried}."
    )
