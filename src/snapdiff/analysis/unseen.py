"""Blocks that no walk reaches and that objects of an extension hold all the same: the locals of a suspended coroutine.

An extension need not tell the collector what its objects refer to. A greenlet that waits has its frames on a stack of
its own, and all that these hold looks lost in C, beside the greenlets that a list keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from snapdiff.analysis import limits
from snapdiff.analysis.frames import Frames
from snapdiff.analysis.grouping import with_sentence
from snapdiff.analysis.joining import in_step, types_of
from snapdiff.analysis.matrices import Matrices
from snapdiff.analysis.model import Finding
from snapdiff.analysis.paths import ACCUSED
from snapdiff.analysis.sentences import amount, pace_of, place

_Bottom = tuple[str, str | None]


def with_unseen(
    findings: Sequence[Finding], lost: Sequence[Finding], matrices: Matrices, frames: Frames
) -> list[Finding]:
    """Return findings of objects with the lost blocks that are theirs, and the other ones after them.

    A block is theirs if it comes in step with them, they are an extension's, and it was made by a function that is not
    called, however indirectly, by what makes them.
    """
    found = list(findings)
    left = []
    for blocks in lost:
        bottoms = _bottoms_of_line(blocks, matrices, frames)
        at = next(
            (
                at
                for at, each in enumerate(found)
                if _born_elsewhere(each, bottoms, matrices)
                and any(map(frames.is_extension, types_of(each)))
                and in_step(each, blocks)
            ),
            None,
        )
        if at is None:
            left.append(blocks)
        else:
            found[at] = _with_blocks(found[at], blocks)
    return [*found, *left]


def _born_elsewhere(objects: Finding, bottoms: set[_Bottom], matrices: Matrices) -> bool:
    """Say whether leaking objects are made where other functions end the tracebacks.

    Of a traceback that was cut the end is what every call begins with, in whichever file that is.
    """
    stacks = [(row.frame, *row.callers) for row in objects.born_at]
    if objects.verdict not in ACCUSED or not bottoms or not stacks:
        return False
    if max(map(len, stacks)) < matrices.trace_depth:
        return bottoms.isdisjoint((stack[-1].file, stack[-1].function) for stack in stacks)
    called = matrices.called.rpartition(".")[2]
    names = {str(function).rpartition(".")[2] for _, function in bottoms}
    through = {(frame.file, frame.function) for stack in stacks for frame in stack}
    return bool(called) and called not in names and bottoms.isdisjoint(through)


def _bottoms_of_line(blocks: Finding, matrices: Matrices, frames: Frames) -> set[_Bottom]:
    """Return the functions at which the tracebacks of a line end; none where one of them was cut."""
    frame = blocks.born_at[0].frame
    table = matrices.table("stacks")
    numbers = table[(table["depth"] == 0) & (table["line"] == frame.line)]["stack"]
    stacks = [stack for stack in (frames.stack(int(number)) for number in numbers) if stack[0] == frame]
    if any(len(stack) >= matrices.trace_depth for stack in stacks):
        return set()
    return {(stack[-1].file, stack[-1].function) for stack in stacks}


def _with_blocks(objects: Finding, blocks: Finding) -> Finding:
    where = place(blocks.born_at[0].frame)
    beside = (
        f"with it: {pace_of(blocks)} ({amount(blocks.bytes_per_iteration)}), allocated at {where}, that no object is "
        "seen to hold; probably these do, as an extension need not say what its objects refer to"
    )
    # Larger ones are malloc's, of which all that was gained is told with the objects.
    small = blocks.bytes_per_iteration <= limits.SMALL_BLOCK * blocks.objects_per_iteration
    return with_sentence(
        replace(
            objects,
            bytes_per_iteration=objects.bytes_per_iteration + (blocks.bytes_per_iteration if small else 0),
            bytes_rise=None if small else objects.bytes_rise,
            reasons=(*objects.reasons, beside),
            excerpts=tuple(dict.fromkeys((*objects.excerpts, *blocks.excerpts))),
        )
    )
