"""Memory that no object explains: blocks whose last reference was lost in C.

Such a block is reachable from nothing, so neither the collector nor a walk sees it. It is still a live traced block at
its line, and live blocks per line are as exact as objects. A line is only accused when next to none of its blocks are
objects that can be reached, and when the sizes of all objects leave that much traced memory over.
"""

from __future__ import annotations

from snapdiff.analysis import limits
from snapdiff.analysis.frames import Frames
from snapdiff.analysis.grouping import with_sentence
from snapdiff.analysis.growth import Judgement
from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import BornAt, Finding, Frame, LineRow, Round
from snapdiff.analysis.naming import fingerprint
from snapdiff.analysis.paths import ACCUSED, CAUSES


def lost_in_native_code(
    findings: list[Finding],
    lines: list[tuple[LineRow, Judgement]],
    rounds: tuple[Round, ...],
    matrices: Matrices,
    frames: Frames,
) -> list[Finding]:
    """Return findings for lines that keep memory which no growing object explains. `rounds` are those of the lines."""
    accused = [(row, judgement) for row, judgement in lines if row.verdict in ACCUSED]
    if not accused or not matrices.is_traced:
        return []
    others = [finding for finding in findings if finding.verdict in CAUSES]
    left = _unexplained(rounds[-1], matrices)
    total = sum(row.bytes_per_iteration for row, _ in accused)
    least = max(limits.UNEXPLAINED_BYTES, limits.UNEXPLAINED_SHARE * total) if others else limits.LINE_BYTES_RATE
    if left < least:
        return []
    reachable = {
        (int(row.file), int(row.line)): int(row.objects) for row in records(matrices.table("alive"))
    }  # fmt: skip
    numbers = {str(row.path): int(row.file) for row in records(matrices.table("files"))}
    blamed = {row.frame for finding in others for row in finding.born_at}
    blamed |= {row.frame for finding in others for row in finding.grown_at}
    known = {(frame.file, frame.function) for frame in blamed}
    found = []
    for row, judgement in accused:
        place = (row.frame.file, row.frame.function)
        key = (numbers.get(row.frame.file, -1), row.frame.line)
        gained = sum(row.blocks)
        if place in known or not least <= row.bytes_per_iteration <= left * limits.ALL_OF_IT or key not in reachable:
            continue
        if reachable[key] >= limits.REACHABLE_SHARE * gained or _line_on_behalf_of(row, matrices, frames, blamed):
            continue
        if not _allocators_gained(row, matrices):
            continue
        born = (BornAt(row.frame, 1.0, gained, None, ()),)
        finding = Finding(
            fingerprint=fingerprint(None, (), born), verdict=row.verdict, law=row.law, domain="python", type=None,
            other_types=(), objects_per_iteration=row.blocks_per_iteration, bytes_per_iteration=row.bytes_per_iteration,
            growth=row.blocks, container=None, chain=(), born_at=born, grown_at=(), leak_share_bytes=None,
            not_shared_bytes=None, sentence="",
            reasons=(*judgement.reasons, f"{reachable[key]:,} of its {gained:,} blocks are reachable objects"),
            graph=None, excerpts=(row.excerpt,) if row.excerpt else (), curve=(), unit="blocks", held_natively=True,
            traced=matrices.has_traced_plan,
        )  # fmt: skip
        found.append(with_sentence(finding))
        known.add(place)
    return found


def _unexplained(last: Round, matrices: Matrices) -> float:
    """Return the traced bytes a call, over all lines, that the sizes of all objects leave over.

    Only the lines of the program: tracemalloc's own total has the agent's memory in it. The array of attribute values
    that 3.11 and 3.12 keep beside an instance is in no size: it is taken off by estimate, so that rather too little is
    left than too much. A block that the interpreter reuses keeps the line of its first use, so a line alone proves
    nothing: keys of dictionaries that a cache keeps were traced to where an earlier dictionary was made.
    """
    traced = int(matrices.lines("bytes", matrices.traced).iloc[:, -1].sum())
    gained = matrices.types("objects", matrices.traced)
    instances = sum(max(0, int(row.iloc[-1])) for name, row in gained.iterrows() if "." in str(name))
    return (traced - last.bytes - instances * limits.INLINE_VALUES) / last.iterations


def _allocators_gained(row: LineRow, matrices: Matrices) -> bool:
    """Say whether the allocators themselves have gained what a line seems to have lost in the last round.

    What replaces memory from before tracing began looks like growth: a cache that was full by then kept 465 dicts
    untraced, and each call put a traced one in the place of one of them.
    """
    if row.bytes[-1] <= limits.SMALL_BLOCK * row.blocks[-1]:
        return matrices.traced.growth("allocated_blocks")[-1] >= limits.REALLY_GAINED * row.blocks[-1]
    malloc = matrices.outside("malloc")
    before, after = matrices.traced.ids[-2:]
    if before not in malloc.index or after not in malloc.index:
        return True
    return int(malloc[after] - malloc[before]) >= limits.REALLY_GAINED * row.bytes[-1]


def _line_on_behalf_of(row: LineRow, matrices: Matrices, frames: Frames, blamed: set[Frame]) -> bool:
    """Say whether a line allocates while a line is called that is blamed already: it makes parts of those survivors."""
    stacks = matrices.table("stacks")
    tops = stacks[(stacks["depth"] == 0) & (stacks["line"] == row.frame.line)]
    for number in tops["stack"]:
        stack = frames.stack(int(number))
        if stack and stack[0] == row.frame and not blamed.isdisjoint(stack):
            return True
    return False
