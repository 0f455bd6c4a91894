"""Sentences that can be pasted into a ticket."""

from __future__ import annotations

from snapdiff.analysis.model import Control, Finding, Round, Verdict


def amount(size: float) -> str:
    """Return bytes for people, in the binary units that the page uses: `144 B`, `2.5 KiB`, `1.3 MiB`."""
    for unit, power in (("GiB", 3), ("MiB", 2), ("KiB", 1)):
        if abs(size) >= 1024**power:
            return f"{size / 1024**power:.1f} {unit}"
    return f"{size:.0f} B"


def rate(value: float) -> str:
    """Return a rate without false precision."""
    if value == round(value):
        return f"{value:.0f}"
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 0.01 else f"{value:.2g}"  # noqa: PLR2004


def _who(finding: Finding) -> str:
    return f"`{finding.container.path}`" if finding.container is not None else "the process"


def _what(finding: Finding) -> str:
    name = finding.type
    if name is None:
        line = finding.born_at[0].frame if finding.born_at else None
        blocks = f"{rate(finding.objects_per_iteration)} memory blocks per call ({amount(finding.bytes_per_iteration)})"
        return blocks if line is None else f"{blocks} allocated at {line.file}:{line.line}"
    if finding.objects_per_iteration > 0:
        return f"{rate(finding.objects_per_iteration)} `{name}` per call ({amount(finding.bytes_per_iteration)})"
    return f"{amount(finding.bytes_per_iteration)} per call in one `{name}`"


def _born(finding: Finding) -> str:
    if not finding.born_at or finding.type is None:
        return ""
    frame = finding.born_at[0].frame
    return f", born at {frame.file}:{frame.line}" + (f" in {frame.function}" if frame.function else "")


def finding_sentence(finding: Finding) -> str:
    """Return what a finding is, in one sentence."""
    if finding.verdict is Verdict.ONE_TIME:
        return (
            f"Initialisation: the first round left {finding.growth[0]:,} objects behind once; that is not a leak."
        )  # fmt: skip
    if finding.verdict is Verdict.SATURATING:
        bound = finding.container.bound if finding.container is not None else None
        if bound is not None:
            return f"Not a leak: {_who(finding)} fills up; it holds {finding.container.size} of at most {bound}."  # type: ignore[union-attr]
        where = f" in {_who(finding)}" if finding.container is not None else ""
        return f"Not a leak: `{finding.type}`{where} grew and then stopped growing."
    text = f"{_who(finding)} gains {_what(finding)}{_born(finding)}"
    if finding.container is None and finding.type is not None and any("no reference" in r for r in finding.reasons):
        text += "; no reference to them from a module or frame was found"
    if finding.type is None:
        text += "; no object that Python can reach explains them"
    head = {Verdict.LEAK: "Leak", Verdict.SLOW_LEAK: "Slow leak"}.get(finding.verdict, "Inconclusive")
    return f"{head}: {text}."


def _filling(finding: Finding) -> str:
    container = finding.container
    if container is not None and container.bound is not None:
        return f"{_who(finding)} holds {container.size} of at most {container.bound}"
    return f"`{finding.type}` grew and then stopped or slowed down"


def control_sentence(control: Control) -> str:
    """Return why nothing can be said when the control grew."""
    blocks = f" and {control.blocks:,} memory blocks" if control.blocks else ""
    return (
        f"Inconclusive: the control, the same rounds around an empty function, gained {control.objects:,} objects"
        f"{blocks}; something beside the calls grows or shrinks (other threads?), so growth cannot be told from it."
    )


def run_sentence(findings: tuple[Finding, ...], rounds: tuple[Round, ...], complete: bool, ended: str) -> str:
    """Return what the run says, in one sentence (two when it ended early)."""
    early = "" if complete else f"Incomplete, {ended}. "
    if not rounds:
        return f"{early}No round was completed, so nothing can be said."
    worst = [finding for finding in findings if finding.verdict in (Verdict.LEAK, Verdict.SLOW_LEAK)]
    if worst:
        more = len(worst) - 1
        return early + worst[0].sentence + (f" And {more} more." if more else "")
    if findings and findings[0].verdict is Verdict.INCONCLUSIVE:
        return early + findings[0].sentence
    first, calls = rounds[0], sum(each.iterations for each in rounds)
    if len(rounds) == 1:
        return f"{early}Only the first round was completed, which proves nothing."
    text = f"Clean: nothing grows with the calls ({calls:,} calls)"
    if not complete:
        text = f"Nothing grew with the calls in the {len(rounds)} rounds that were completed ({calls:,} calls)"
    grown = [finding for finding in findings if finding.verdict is Verdict.SATURATING]
    if grown:
        text += f"; {_filling(grown[0])}"
    if any(finding.verdict is Verdict.ONE_TIME for finding in findings):
        what = "call" if first.iterations == 1 else "round"
        text += f"; the first {what} left {first.objects:,} objects once (initialisation)"
    return f"{early}{text}."
