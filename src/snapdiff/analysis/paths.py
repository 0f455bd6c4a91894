"""What grows, by path: every step judged, and the topmost of what grew.

A path is judged twice: by the entries of the collection that it is, and by the objects that are reached at it (entries
of the collection above). Only the topmost growing container is a cause; what grows below it belongs to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from snapdiff.analysis import limits
from snapdiff.analysis.growth import Judgement, judge
from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import Verdict

#: Verdicts that are looked at as causes.
CAUSES = (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE, Verdict.SATURATING)
ACCUSED = (Verdict.LEAK, Verdict.SLOW_LEAK)
#: Collections whose bytes are a table for entries, and no more.
_TABLES = (
    "dict", "list", "set", "collections.deque", "collections.OrderedDict", "collections.defaultdict",
    "collections.Counter",
)  # fmt: skip
#: Roots below which nothing is named.
NAMELESS = ("code", "unreached")


@dataclass
class Node:
    """A step of a path. Growth per round of the objects that are first reached there."""

    number: int
    parent: int
    edge: str
    type: str
    objects: tuple[int, ...] = ()
    bytes: tuple[int, ...] = ()
    entries: tuple[int, ...] = ()
    is_collection: bool = False
    traced: int = 0
    """Objects gained while allocations were traced."""
    falls: tuple[int, int, int] = (0, 0, 0)
    """How far objects, bytes and entries fell below their peaks in the extra rounds."""
    by_objects: Judgement | None = None
    by_entries: Judgement | None = None
    by_size: Judgement | None = None


@dataclass
class Grown:
    """A container that grew, and the steps below it that grew with it."""

    node: Node
    judgement: Judgement
    growth: tuple[int, ...]
    """Of the measure that was judged, one number a round."""
    unit: str
    """`objects`, `entries` or `bytes`."""
    below: list[Node] = field(default_factory=list)


class Paths:
    """The tree of paths that changed, with growth per round."""

    def __init__(self, matrices: Matrices) -> None:
        self._spans = matrices.workload.spans
        self._looked_at = {int(number) for number in matrices.table("causes")["cause"]}
        self.nodes: dict[int, Node] = {
            int(row.node): Node(
                int(row.node),
                int(row.parent),
                str(row.edge),
                str(row.type),
                falls=(int(row.falls[0]), int(row.falls[1]), int(row.falls[2])),
            )
            for row in records(matrices.table("paths"))
        }
        self._found: dict[int, Grown] = {}
        self._below: dict[int, list[Node]] = {}
        self._read(matrices)
        self._judge()

    def grown(self) -> list[Grown]:
        """Return the causes: topmost growing containers, accused ones first, then others that are not part of one."""
        found = self._found
        if found:
            return list(found.values())
        for verdicts in (ACCUSED, (Verdict.INCONCLUSIVE,), (Verdict.SATURATING,)):
            # Parents have smaller numbers, so the topmost come first.
            for node in sorted(self._growing(verdicts), key=lambda each: each.number):
                path = self.chain(node)
                if verdicts == (Verdict.INCONCLUSIVE,) and any(_fills_up(each) for each in path[:-1]):
                    # It is judged with the container above it.
                    continue
                above = next((each for each in path if each.number in found), None)
                cause = self._cause(node) if above is None else found[above.number]
                cause = found.setdefault(cause.node.number, cause)
                if node is not cause.node:
                    cause.below.append(node)
        return list(found.values())

    def chain(self, node: Node) -> list[Node]:
        """Return a node's path from its root, itself last."""
        path = [node]
        while path[-1].parent >= 0:
            path.append(self.nodes[path[-1].parent])
        return path[::-1]

    def below(self, holder: Node) -> list[Node]:
        """Return the steps below a cause's container, but for those below the container of another cause."""
        if not self._below:
            self._share_out()
        return self._below.get(holder.number, [])

    def root(self, node: Node) -> Node:
        """Return the first step of a node's path."""
        return self.chain(node)[0]

    def _share_out(self) -> None:
        """Give every step to the nearest cause above it: all at once, for there may be thousands."""
        causes = {each.node.number for each in self.grown()}
        nearest: dict[int, int] = {}
        # Parents have smaller numbers.
        for number in sorted(self.nodes):
            node = self.nodes[number]
            above = node.parent if node.parent in causes else nearest.get(node.parent, -1)
            nearest[number] = above
            if above >= 0:
                self._below.setdefault(above, []).append(node)

    # -- judging ------------------------------------------------------------------------------------------

    def _read(self, matrices: Matrices) -> None:
        counts = matrices.table("path_counts")
        ids = matrices.workload.ids
        wanted = counts[counts["checkpoint"].isin(ids)].sort_values(["node", "checkpoint"])
        for number, rows in wanted.groupby("node", sort=True):
            node = self.nodes[int(str(number))]
            table = rows[["objects", "bytes", "entries"]].to_numpy()
            if len(table) < len(ids):
                # The target ended before the last checkpoint was written: what there is, is from the beginning.
                table = np.pad(table, ((0, len(ids) - len(table)), (0, 0)), mode="edge")
            node.objects, node.bytes, node.entries = (
                tuple(int(gain) for gain in np.diff(column)) for column in table.T
            )  # fmt: skip
            # One that is empty whenever it is looked at is one too: its table is as large as it ever was full.
            node.is_collection = bool(table[:, 2].any()) or node.type in _TABLES
            node.traced = sum(node.objects)
        if matrices.has_traced_plan:
            self._read_traced(counts, matrices.traced.ids)

    def _read_traced(self, counts: pd.DataFrame, ids: list[int]) -> None:
        """Take what was gained from the first to the last checkpoint of the second plan."""
        first, last = (counts[counts["checkpoint"] == at].set_index("node")["objects"] for at in (ids[0], ids[-1]))
        for number, gained in last.sub(first, fill_value=0).items():
            self.nodes[int(str(number))].traced = int(gained)

    def _judge(self) -> None:
        spans = self._spans
        for node in self.nodes.values():
            if not node.objects:
                continue
            if any(node.objects[1:]):
                node.by_objects = judge(node.objects, spans, "objects", limits.STRICT_RATE, node.falls[0])
            if node.is_collection and any(node.entries[1:]):
                node.by_entries = judge(node.entries, spans, "entries", limits.STRICT_RATE, node.falls[2])
            if not node.is_collection and not any(node.objects[-2:]) and any(node.bytes[1:]):
                node.by_size = judge(node.bytes, spans, "bytes", limits.TYPE_BYTES_RATE, node.falls[1])

    def _growing(self, verdicts: tuple[Verdict, ...]) -> list[Node]:
        return [node for node in self.nodes.values() if _verdict(node) in verdicts]

    def _cause(self, top: Node) -> Grown:
        """Return what a topmost growing node says about its container: itself, or what it is reached from."""
        entries = _rank(top.by_entries) < len(CAUSES) and _rank(top.by_entries) <= _rank(top.by_objects)
        objects = _rank(top.by_objects) < len(CAUSES)
        parent_is_known = top.number not in self._looked_at and top.parent in self._looked_at
        if entries and not (objects and parent_is_known):
            cause = Grown(top, _known(top.by_entries), top.entries, "entries")
        elif objects:
            holder = self.nodes[top.parent] if top.parent >= 0 else top
            cause = Grown(holder, _known(top.by_objects), top.objects, "objects")
        else:
            cause = Grown(top, _known(top.by_size), top.bytes, "bytes")
        filling = self._still_filling(self.chain(top)[:-1])
        if filling is not None and cause.judgement.verdict in ACCUSED:
            cause.judgement = _as_part_of(cause.judgement, filling)
        return cause

    def _still_filling(self, above: list[Node]) -> Node | None:
        """Return a container above that itself still fills: what grows in it grows no longer than it does."""
        for node in above:
            judgement = node.by_entries or node.by_objects
            gained = node.entries if node.by_entries is not None else node.objects
            if judgement is not None and judgement.verdict in CAUSES[2:] and gained[-1] > 0:
                return node
        return None


def _fills_up(node: Node) -> bool:
    judgement = node.by_entries or node.by_objects
    return judgement is not None and judgement.verdict is Verdict.SATURATING


def _rank(judgement: Judgement | None) -> int:
    return CAUSES.index(judgement.verdict) if judgement is not None and judgement.verdict in CAUSES else len(CAUSES)


def _verdict(node: Node) -> Verdict:
    """Return the worst verdict of a node's measures."""
    rank = min(map(_rank, (node.by_entries, node.by_objects, node.by_size)))
    return CAUSES[rank] if rank < len(CAUSES) else Verdict.CLEAN


def _as_part_of(judgement: Judgement, holder: Node) -> Judgement:
    above = _known(holder.by_entries or holder.by_objects)
    reason = f"what holds it ({holder.edge} of type {holder.type}) may fill up and stop: it is judged with that"
    return Judgement(above.law, above.verdict, judgement.rate, (*judgement.reasons, *above.reasons, reason))


def _known(judgement: Judgement | None) -> Judgement:
    if judgement is None:
        raise ValueError("a growing path was judged")
    return judgement
