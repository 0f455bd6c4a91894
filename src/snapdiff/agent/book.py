"""Names for how objects are reached, and what was counted under each at every checkpoint.

A node is a step of a path: (parent, edge, type). It stands for all objects that are first reached that way, so it
lasts when containers are replaced and addresses reused. A node's measures are its objects, their bytes and, for
collections, their entries.
"""

from __future__ import annotations

from array import array

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: Measures of a node, in this order.
OBJECTS, BYTES, ENTRIES = range(3)
#: Nodes that a program may have; what lies beyond is counted on the nodes above. A program of 390 thousand objects
#: has 60 thousand.
MOST_NODES = 400_000
#: Steps of a path: what lies deeper is counted on the last one. Linked structures are folded, so only those of more
#: than two kinds of links come near.
DEEPEST = 100
#: Attributes that may come up below one node after the first calls: names that a program makes up as it runs
#: (`setattr(obj, f"x{n}", …)`) would each be a node of their own.
_MOST_NEW = 8
#: Checkpoints of the workload after which new names are counted together: the first call and the round after it
#: may still make what is there for good.
_SETTLED = 3
OTHER = ".*"


class Nodes(dict):  # type: ignore[type-arg]
    """{(parent, edge, type name): node}, in a class of its own so that the agent's state is not searched through it."""

    __slots__ = ()


class Names(list):  # type: ignore[type-arg]
    """Texts by node, likewise."""

    __slots__ = ()


class Book:
    """Knows every node there ever was, and its measures at each checkpoint."""

    def __init__(self) -> None:
        self._nodes = Nodes()
        """{(parent, edge, type name): node}; what the native walker made known comes in when Python first asks."""
        self.parents = array("i")
        self.roots = array("i")
        self.depths = array("H")
        self.edges = Names()
        self.kinds = Names()
        self.collections = bytearray()
        """1 for nodes whose objects are collections (lists, dicts, caches), not instances with attributes."""
        self.named_keys = Nodes()
        """{(node, edge): None} of dictionaries whose keys were short names at the first checkpoint."""
        self.history: list[list[array[int]]] = []
        """For each checkpoint the three measures of every node known then."""
        self.now: list[array[int]] = [array("q"), array("q"), array("q")]
        self.peaks = [array("q"), array("q"), array("q")]
        self.falls = [array("q"), array("q"), array("q")]
        """How far each measure of each node fell below its peak since `follow` was first called."""
        self.fresh_edges = Nodes()
        """How many new names each node got since the first calls."""
        self.attributes = Nodes()
        """{type name: attributes that its instances were seen to have}."""

    def begin(self) -> None:
        """Start a checkpoint: everything is counted again."""
        empty = bytes(8 * len(self.parents))
        self.now = [array("q", empty), array("q", empty), array("q", empty)]

    def keep(self) -> None:
        """End a checkpoint that counts."""
        self.history.append(self.now)

    def follow(self) -> None:
        """Take in what was counted last for the largest falls: what is emptied again and again falls far."""
        known = len(self.parents)
        for now, peaks, falls in zip(self.now, self.peaks, self.falls):
            missing = bytes(8 * (known - len(peaks)))
            peaks.frombytes(missing)
            falls.frombytes(missing)
            for node, value in enumerate(now):
                peak = peaks[node]
                if value > peak:
                    peaks[node] = value
                elif peak - value > falls[node]:
                    falls[node] = peak - value

    @property
    def settled(self) -> bool:
        """True from when on new names are counted together."""
        return len(self.history) >= _SETTLED

    @property
    def opening(self) -> bool:
        """True at the first checkpoint: names that are there now were not made up by the workload."""
        return not self.history

    def knows(self, parent: int, edge: str, kind: str) -> bool:
        """Say whether a node is there already."""
        return (parent, edge, kind) in self._steps()

    def _steps(self) -> Nodes:
        nodes = self._nodes
        for number in range(len(nodes), len(self.parents)):
            nodes[(self.parents[number], self.edges[number], self.kinds[number])] = number
        return nodes

    def node(self, parent: int, edge: str, kind: str) -> int:
        """Return the node of a step, made when it is new."""
        nodes = self._nodes
        if len(nodes) < len(self.parents):
            nodes = self._steps()
        found = nodes.get((parent, edge, kind))
        if found is not None:
            return int(found)
        if self.settled and edge[:1] == "." and edge != OTHER and self._is_made_up(parent):
            return self.node(parent, OTHER, kind)
        number = self._add(parent, edge, kind)
        if number == len(nodes):
            nodes[(parent, edge, kind)] = number
        return number

    def _is_made_up(self, parent: int) -> bool:
        """Say whether a node has got so many new names that they are made as the program runs."""
        made = self.fresh_edges.get(parent, 0)
        self.fresh_edges[parent] = made + 1
        return bool(made >= _MOST_NEW)

    def _add(self, parent: int, edge: str, kind: str) -> int:
        number = len(self.parents)
        depth = self.depths[parent] + 1 if parent >= 0 else 0
        if parent >= 0 and (number >= MOST_NODES or depth > DEEPEST):
            return parent
        self.parents.append(parent)
        self.depths.append(depth)
        self.roots.append(number if parent < 0 else self.roots[parent])
        self.edges.append(edge)
        self.kinds.append(kind)
        self.collections.append(0)
        for measure in self.now:
            measure.append(0)
        return number

    def add(self, node: int, objects: int, size: int, entries: int) -> None:
        """Count objects on a node."""
        now = self.now
        now[OBJECTS][node] += objects
        now[BYTES][node] += size
        now[ENTRIES][node] += entries

    def learn(
        self, *, nodes: tuple[bytes, bytes, bytes, list[str], list[str]], measures: list[bytes], collections: bytes,
        keys: list[Any], fresh: list[int], attributes: list[Any],
    ) -> None:  # fmt: skip
        """Take in what the native walker made of a checkpoint: new nodes, all measures, and what else it learnt.

        `nodes` are parents, roots and depths, as numbers of the size that they have here, edges and kinds.
        """
        parents, roots, depths, edges, kinds = nodes
        self.parents.frombytes(parents)
        self.roots.frombytes(roots)
        self.depths.frombytes(depths)
        self.edges.extend(edges)
        self.kinds.extend(kinds)
        self.now = [array("q", each) for each in measures]
        self.collections[:] = collections
        for node, edge in keys:
            self.named_keys[(node, edge)] = None
        for node in fresh:
            self.fresh_edges[node] = self.fresh_edges.get(node, 0) + 1
        for kind, names in attributes:
            self.attributes[kind] = tuple(names)

    def measure(self, which: int, checkpoint: int, node: int) -> int:
        """Return a measure of a node at a kept checkpoint; 0 before it was known."""
        values = self.history[checkpoint][which]
        return values[node] if node < len(values) else 0

    def risen(self, which: int, enough: float, until: int | None = None) -> list[int]:
        """Return the nodes whose measure rose by so much between the last two checkpoints, of so many or of all."""
        last = self.history[:until][-2:]
        if len(last) < 2:  # noqa: PLR2004
            return []
        before, after = last[0][which], last[1][which]
        known = len(before)
        return [
            node for node, value in enumerate(after) if value - (before[node] if node < known else 0) >= enough
        ]  # fmt: skip

    def changed(self) -> list[int]:
        """Return the nodes that the last round changed in any measure."""
        if len(self.history) < 2:  # noqa: PLR2004
            return []
        before, after = self.history[-2], self.history[-1]
        found: set[int] = set()
        for old, new in zip(before, after):
            known = len(old)
            found.update(node for node, value in enumerate(new) if value != (old[node] if node < known else 0))
        return sorted(found)

    def ancestors(self, node: int) -> list[int]:
        """Return a node's path from the root, itself last."""
        path = []
        while node >= 0:
            path.append(node)
            node = self.parents[node]
        return path[::-1]
