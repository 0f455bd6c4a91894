"""Sentences of a comparison that can be pasted into a ticket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from snapdiff.analysis.comparison import Change, Growth, Match, Outcome, Side, Status
from snapdiff.analysis.model import Finding, Verdict
from snapdiff.analysis.sentences import amount, gained_per_call, pace, pace_of, rate

_HEADS = ("Leak: ", "Slow leak: ", "Inconclusive: ", "Not a leak: ")
#: A status in the middle of a sentence, after a number.
_COUNTED = {
    Status.NEW: "new",
    Status.WORSE: "worse",
    Status.UNSURE: "that cannot be told",
    Status.FIXED: "fixed",
    Status.BETTER: "better",
    Status.UNCHANGED: "unchanged",
}


def change_sentence(change: Change) -> str:
    """Return what became of a cause, in one sentence."""
    text = _SAY[change.status](change)
    if change.matched_by is Match.LIKENESS:
        text += f" (recognised by its {' and '.join(change.alike)}; its fingerprint is another one now)"
    return f"{text}."


def run_sentence(outcome: Outcome, changes: Sequence[Change], old: Side, new: Side, blind: Sequence[bool]) -> str:
    """Return what the comparison says, in one sentence or two. `blind` says which sides cannot tell what is absent."""
    if outcome is Outcome.CLEAN:
        return "Clean before and after: nothing grows with the calls."
    if outcome is Outcome.INCONCLUSIVE and (not changes or changes[0].status is not Status.UNSURE):
        side, word = (new, "after") if blind[1] else (old, "before")
        return f"Inconclusive: {_why_blind(side, word)}, so what is missing there proves nothing.{_tally(changes)}"
    return changes[0].sentence + _tally(changes[1:])


def doubt(word: str, side: Side, findings: Sequence[Finding | None], wanted: Sequence[Verdict]) -> str:
    """Say why a side does not tell whether a cause is there."""
    found = [finding for finding in findings if finding is not None]
    has = sum(finding.verdict in wanted for finding in found)
    if has:
        return f"found in {has} of {len(findings)} runs {word}"
    if any(finding.verdict is Verdict.INCONCLUSIVE for finding in found):
        return f"{word} it grew, and could not be told from noise"
    if any(run.suppressed for run in side.runs):
        return f"{word} it is suppressed"
    return _why_blind(side, word)


def span(low: float, high: float) -> str:
    """Return a range of rates: `1`, or `0.97 to 1.2`."""
    return rate(low) if rate(low) == rate(high) else f"{rate(low)} to {rate(high)}"


def size_span(values: Sequence[float]) -> str:
    """Return a range of sizes: `144 B`, or `144 B to 1.2 KiB`."""
    low, high = amount(min(values)), amount(max(values))
    return low if low == high else f"{low} to {high}"


def _why_blind(side: Side, word: str) -> str:
    run = side.runs[0]
    if not run.complete:
        return f"the run {word} ended early ({run.ended})"
    if run.control.ran and (run.control.objects or run.control.blocks):
        return f"the control {word} grew without any call"
    return f"the run {word} has too few calls to show it"


def _tally(changes: Sequence[Change]) -> str:
    counts = Counter(change.status for change in changes)
    parts = [f"{counts[status]} {_COUNTED[status]}" for status in Status if counts[status]]
    return f" And {', '.join(parts)}." if parts else ""


def _fixed(change: Change) -> str:
    was, now = _one(change.before), change.after
    if now is not None and now.verdict is not Verdict.CYCLE:
        bare = _bare(now)
        bare = f"it{bare.removeprefix(_who(was))}" if bare.startswith(f"{_who(was)} ") else bare
        return f"Fixed: {_who(was)} {_did(was)}, and now {bare}{_numbers(change)}"
    growth = change.after_growth
    if growth is not None and _flat(growth):
        return f"Fixed: {_who(was)} {_did(was)}, now 0{_numbers(change)}"
    return f"Fixed: {_who(was)} {_did(was)}{_numbers(change)}, and now nothing there grows with the calls"


def _new(change: Change) -> str:
    now = _one(change.after)
    head = "New slow leak" if now.verdict is Verdict.SLOW_LEAK else "New cycles" if _cyclic(now) else "New leak"
    growth = change.before_growth
    before = f"; before 0{_numbers(change)}" if growth is not None and _flat(growth) else _numbers(change)
    return f"{head}: {_bare(now)}{before}"


def _moved(change: Change) -> str:
    was, now = _one(change.before), _one(change.after)
    head = "Worse" if change.status is Status.WORSE else "Better"
    then = _pace(was).replace(f" `{was.type}`", "") if was.type == now.type else _pace(was)
    sizes = f"{amount(was.bytes_per_iteration)} a call before, now {amount(now.bytes_per_iteration)}"
    return f"{head}: {_who(now)} {_does(now)}, before {then}; {sizes}{_numbers(change)}"


def _unchanged(change: Change) -> str:
    now = _one(change.after)
    return f"Unchanged: {_who(now)} still {_does(now)}{_numbers(change)}"


def _unsure(change: Change) -> str:
    found = change.finding
    verb = _did(found) if change.gone else _does(found)
    return f"Cannot be told: {_who(found)} {verb}; {change.reason}"


_SAY = {
    Status.NEW: _new,
    Status.WORSE: _moved,
    Status.UNSURE: _unsure,
    Status.FIXED: _fixed,
    Status.BETTER: _moved,
    Status.UNCHANGED: _unchanged,
}


def _one(finding: Finding | None) -> Finding:
    if finding is None:
        raise ValueError("this status has a finding on that side")
    return finding


def _cyclic(finding: Finding) -> bool:
    return finding.verdict is Verdict.CYCLE


def _bare(finding: Finding) -> str:
    """Return a finding's sentence without the word of its verdict and the full stop."""
    text = finding.sentence
    for head in _HEADS:
        text = text.removeprefix(head)
    return text.removesuffix(".")


def _who(finding: Finding) -> str:
    if finding.container is not None:
        return f"`{finding.container.path}`"
    if _cyclic(finding):
        return "the program"
    return "native code" if finding.held_natively else "the process"


def _did(finding: Finding) -> str:
    return f"{'left' if _cyclic(finding) else 'kept'} {_pace(finding)}"


def _does(finding: Finding) -> str:
    return f"{'leaves' if _cyclic(finding) else 'keeps'} {_pace(finding)}"


def _pace(finding: Finding) -> str:
    """Return what a call leaves and of what kind: "1 `Item` per call", "70 B per call"."""
    if _cyclic(finding):
        freed = pace(finding.objects_per_iteration, "object", "objects")
        return f"{freed} in cycles" + (f", some of them `{finding.type}`" if finding.type else "")
    if finding.unit == "objects" and finding.type is not None:
        return pace(gained_per_call(finding), f"`{finding.type}`", f"`{finding.type}`")
    return pace_of(finding)


def _flat(growth: Growth) -> bool:
    return all(gained <= 0 for _, gained in growth.rounds[1:])


def _numbers(change: Change) -> str:
    """Return the planned rounds side by side; nothing where a side has no number that is about this cause alone."""
    was, now = change.before_growth, change.after_growth
    if was is None or now is None or not was.rounds or not now.rounds:
        return ""
    if any(growth.counted != "finding" and not _flat(growth) for growth in (was, now)):
        return ""
    if change.finding.unit == "bytes":
        return ""
    plans = [", ".join(f"{calls:,}" for calls, _ in growth.rounds) for growth in (was, now)]
    gains = [" ".join(f"{gained:+,}" if gained else "0" for _, gained in growth.rounds) for growth in (was, now)]
    if plans[0] == plans[1] and gains[0] == gains[1]:
        return f" ({plans[0]} calls: {gains[0]}, before and after)"
    if plans[0] == plans[1]:
        return f" ({plans[0]} calls: {gains[0]} \N{RIGHTWARDS ARROW} {gains[1]})"
    return f" ({plans[0]} calls: {gains[0]}, now {plans[1]} calls: {gains[1]})"
