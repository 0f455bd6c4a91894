"""The chain of references that keeps survivors alive, as text that can be pasted anywhere."""

from __future__ import annotations

from typing import Final

from snapdiff.analysis.model import Finding
from snapdiff.report.gains import held, per_call
from snapdiff.report.words import one_line

#: Below what holds it, and two columns further in: of a chain each step holds the next one.
_STEP: Final = "\N{BOX DRAWINGS LIGHT ARC UP AND RIGHT}\N{RIGHTWARDS ARROW} "
_INDENT: Final = "  "


def chain_steps(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return (label, detail) from the root down to the survivor; empty where no chain is known.

    The chain of a finding ends at the container; the survivor, with what it gains a call, is the last step. A
    container that gains entries or bytes, and no objects, is the last step itself.
    """
    if not finding.chain:
        return ()
    steps = [(node.label, node.type) for node in finding.chain]
    label, kind = steps[-1]
    details = [kind] if kind else []
    if finding.container is not None and finding.container.size is not None:
        # What is between the type and its size is said by the comma: `dict, 464 entries`.
        details = [held(finding.container).replace(" of ", ", ", 1)]
    if finding.unit != "objects":
        details.append(per_call(finding))
    steps[-1] = (label, ", ".join(details))
    # A root says what it is in its own label (`module app`), so its type would only repeat it.
    label, kind = steps[0]
    if label.split(" ", 1)[0] == kind:
        steps[0] = (label, "")
    if finding.type is not None and finding.unit == "objects":
        steps.append((finding.type, per_call(finding)))
    return tuple(steps)


def chain_text(finding: Finding) -> str:
    """Return the chain, one step a line, or an empty text where no chain is known."""
    steps = chain_steps(finding)
    lines = []
    for index, (label, detail) in enumerate(steps):
        mark = _INDENT * (index - 1) + _STEP if index else ""
        # A name with a line break in it must not begin a line: in a log it could begin a command.
        lines.append(
            f"{mark}{one_line(label.removeprefix('→ ') if index else label)}"
            + (f"  ({one_line(detail)})" if detail else "")
        )
    return "\n".join(lines)
