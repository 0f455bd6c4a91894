"""The chain of references that keeps survivors alive, as text that can be pasted anywhere."""

from __future__ import annotations

from typing import Final

from snapdiff.analysis.model import Finding
from snapdiff.report.words import count, rate

_FIRST: Final = "\N{BOX DRAWINGS LIGHT DOWN AND HORIZONTAL} "
_STEP: Final = "\N{BOX DRAWINGS LIGHT VERTICAL AND RIGHT}\N{RIGHTWARDS ARROW} "
_LAST: Final = "\N{BOX DRAWINGS LIGHT ARC UP AND RIGHT}\N{RIGHTWARDS ARROW} "


def chain_steps(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return (label, detail) from the root down to the survivor; empty where no chain is known.

    The chain of a finding ends at the container; the survivor, with what it gains a call, is the last step.
    """
    if not finding.chain:
        return ()
    steps = [(node.label, node.type) for node in finding.chain]
    if finding.container is not None and finding.container.size is not None:
        label, kind = steps[-1]
        steps[-1] = (label, f"{kind}, {count(finding.container.size)} entries")
    # A root says what it is in its own label (`module app`), so its type would only repeat it.
    label, kind = steps[0]
    if label.split(" ", 1)[0] == kind:
        steps[0] = (label, "")
    if finding.type is not None:
        steps.append((finding.type, per_call(finding)))
    return tuple(steps)


def per_call(finding: Finding) -> str:
    """Say what a call leaves: `+1 per call`."""
    sign = "+" if finding.objects_per_iteration > 0 else ""
    return f"{sign}{rate(finding.objects_per_iteration)} per call"


def chain_text(finding: Finding) -> str:
    """Return the chain, one step a line, or an empty text where no chain is known."""
    steps = chain_steps(finding)
    lines = []
    for index, (label, detail) in enumerate(steps):
        mark = _FIRST if index == 0 else _LAST if index == len(steps) - 1 else _STEP
        lines.append(f"{mark}{label}" + (f"  ({detail})" if detail else ""))
    return "\n".join(lines)
