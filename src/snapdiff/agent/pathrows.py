"""What a checkpoint tells the spool about paths: those that changed, with all they measured so far.

Each checkpoint that is written is complete: a target that is killed later leaves everything up to it.
"""

from __future__ import annotations

from .book import BYTES, ENTRIES, OBJECTS, Book
from .screen import BYTES_WORTH_CONFIRMING

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_MEASURES = (OBJECTS, BYTES, ENTRIES)
#: Paths written at one checkpoint, those whose bytes changed most first.
_MOST_ROWS = 4000
#: Paths are written from the second round on: the first one changes most of them once.
_FIRST = 3


class PathRows:
    """Remembers which nodes the spool has names for."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._named = bytearray()

    def take(self) -> dict[str, Any]:
        """Return {"nodes": [[node, parent, edge, type]], "rows": [[node, falls, objects, bytes, entries]], …}.

        The measures of a row are lists, one number a checkpoint of the workload so far; `falls` has the largest fall
        of each measure.
        """
        book = self._book
        checkpoints = range(len(book.history))
        if len(checkpoints) < _FIRST:
            return {"nodes": [], "rows": [], "left_out": 0}
        changed = book.changed()
        left_out = max(0, len(changed) - _MOST_ROWS)
        if left_out:
            changed.sort(key=lambda node: -abs(book.measure(BYTES, -1, node) - book.measure(BYTES, -2, node)))
            changed = sorted(changed[:_MOST_ROWS])
        nodes = []
        self._named.extend(bytes(len(book.parents) - len(self._named)))
        for node in changed:
            for step in book.ancestors(node):
                if not self._named[step]:
                    self._named[step] = 1
                    nodes.append([step, book.parents[step], book.edges[step], book.kinds[step]])
        falls = [[measure[node] if node < len(measure) else 0 for measure in book.falls] for node in changed]
        rows = [
            [node, fall, *([book.measure(which, at, node) for at in checkpoints] for which in _MEASURES)]
            for node, fall in zip(changed, falls)
        ]  # fmt: skip
        return {"nodes": nodes, "rows": rows, "left_out": left_out}


def grew(book: Book, enough: float, iterations: int) -> bool:
    """Say whether the last round made any path grow by so many objects or entries, or in size."""
    if not iterations:
        return False
    return bool(
        book.risen(OBJECTS, enough)
        or book.risen(ENTRIES, enough)
        or book.risen(BYTES, iterations * BYTES_WORTH_CONFIRMING / 2)
    )
