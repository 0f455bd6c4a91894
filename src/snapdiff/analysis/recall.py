"""Have we seen this leak before? A cause, and what is remembered that is like it, with what was done about it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from snapdiff.analysis.model import Frame
from snapdiff.analysis.past import Note, PastFinding, PastRun
from snapdiff.analysis.sentences import some_of


@dataclass(frozen=True)
class Alike:
    """A cause that is remembered, and how it is like the one that was asked for."""

    finding: PastFinding
    """As the last run that has it says it."""
    same: bool
    """True where it has the same fingerprint: it is the same cause."""
    likeness: float
    """Cosine of the two vectors, at most 1."""
    reasons: tuple[str, ...]
    """What both have, in words."""
    runs: int
    first: PastRun
    last: PastRun
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Recall:
    """A cause, and what is remembered that is like it: the same one first, then by likeness."""

    finding: PastFinding
    alike: tuple[Alike, ...]


def in_common(one: PastFinding, other: PastFinding) -> tuple[str, ...]:
    """Say in words what two causes have in common; empty where that is nothing that tells."""
    said = []
    if one.container and one.container == other.container:
        said.append(f"the same container, `{one.container}`")
    elif steps := _common_steps(one, other):
        said.append(f"the same way to it: {' '.join(steps)}")
    same_type = one.type is not None and one.type == other.type
    # A class of somebody's own tells; that two leaks are of `dict` does not.
    if same_type and "." in str(one.type):
        said.append(f"the same type, `{one.type}`")
    lines = (
        ("grown at", one.grown_at, other.grown_at),
        ("born at", one.born_at, other.born_at),
        ("waiting at", one.waits_at, other.waits_at),
    )
    for name, these, those in lines:
        if place := _first_common(these, those):
            said.append(f"{name} the same place, {_place(place)}")
    types = [name for name in one.other_types if name in other.other_types]
    if not said:
        return ()
    if same_type and "." not in str(one.type):
        said.append(f"`{one.type}` in both")
    if kinds := [kind for kind in one.kinds if kind in other.kinds]:
        said.append(f"{some_of(kinds)} in both")
    if types:
        said.append(f"other types that grow with it: {some_of([f'`{name}`' for name in types])}")
    if one.container_type and one.container_type == other.container_type and one.container != other.container:
        said.append(f"a `{one.container_type}` in both")
    return tuple(said)


def _common_steps(one: PastFinding, other: PastFinding) -> list[str]:
    """Return the steps that two chains begin with; none where that is only the root."""
    steps = []
    for here, there in zip(one.chain, other.chain, strict=False):
        if here != there:
            break
        steps.append(here.label)
    return steps if len(steps) > 1 else []


def _first_common(these: Sequence[Frame], those: Sequence[Frame]) -> Frame | None:
    known = {_where(frame) for frame in those}
    return next((frame for frame in these if _where(frame) in known), None)


def _where(frame: Frame) -> tuple[str, str | int]:
    # Lines move with every edit; the function is what stays.
    return frame.file, frame.function or frame.line


def _place(frame: Frame) -> str:
    return frame.file + (f" in {frame.function}" if frame.function else f":{frame.line}")
