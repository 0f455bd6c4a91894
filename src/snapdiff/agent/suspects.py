"""Which paths to look at after the last checkpoint: the topmost that grew. Errs towards looking; judges nothing."""

from __future__ import annotations

from .book import BYTES, ENTRIES, OBJECTS, Book
from .screen import BYTES_WORTH_CONFIRMING, LEAST_OBJECTS, RATE_WORTH_CONFIRMING

#: Containers that are looked at, those whose content grew most first.
MOST_SUSPECTS = 24
_ABSTRACT = "_abc._abc_data"
#: Collections that are full now, of which the bound is read.
_MOST_FULL = 8
#: The checkpoint after the second round: what grew before may have been made for good.
_FIRST_LATER = 3
#: Growing paths below one container of which objects are gathered.
_MOST_BELOW = 24


class Suspect:
    """A container that grew in the last round, and the paths below it that grew with it."""

    def __init__(self, node: int, by_entries: bool, in_size: bool) -> None:
        self.node = node
        self.by_entries = by_entries
        self.in_size = in_size
        self.below: list[int] = []
        self.full = False
        """True for a collection that grew in an earlier round and does no more: only its bound is of interest."""
        self.bytes = 0
        self.entries: int | None = None
        """How many entries it has at the last checkpoint; None where it has no length."""


def find(book: Book, iterations: int, decided: int) -> list[Suspect]:
    """Return the topmost growing containers after a round of so many iterations, which ended at checkpoint `decided`.

    Checkpoints are counted from 1. Later ones are of a plan that was run again, traced: no verdict rests on those.
    """
    enough = max(LEAST_OBJECTS, iterations * RATE_WORTH_CONFIRMING)
    by_objects = set(book.risen(OBJECTS, enough, decided))
    by_entries = set(book.risen(ENTRIES, enough, decided))
    in_size = set(book.risen(BYTES, iterations * BYTES_WORTH_CONFIRMING / 2, decided)) - by_objects
    grown = by_objects | by_entries
    found: dict[int, Suspect] = {}
    for node in sorted(grown | in_size):
        path = book.ancestors(node)
        top = next((each for each in path if each in grown), node)
        if top == node and node not in grown and book.measure(ENTRIES, decided - 1, node):
            # A collection with spare room, and no more entries than before.
            continue
        # More instances have more attributes: only of collections do entries say something beside objects.
        entries = top in by_entries and (top not in by_objects or bool(book.collections[top]))
        container = top
        if not entries and top in by_objects and book.parents[top] >= 0:
            container = book.parents[top]
        suspect = found.setdefault(container, Suspect(container, entries, top not in grown))
        if node in by_objects:
            suspect.below.append(node)
        suspect.bytes += book.measure(BYTES, decided - 1, node) - book.measure(BYTES, decided - 2, node)
    ranked = sorted(found.values(), key=lambda each: (-each.bytes, each.node))[:MOST_SUSPECTS]
    for suspect in ranked:
        suspect.below = sorted(suspect.below, key=lambda node: (len(book.ancestors(node)), node))[:_MOST_BELOW]
    return ranked + _full(book, enough, found, decided)


def _full(book: Book, enough: float, growing: dict[int, Suspect], decided: int) -> list[Suspect]:
    """Return collections that grew in N or later, and not in the last round."""
    before, after = book.history[_FIRST_LATER - 1], book.history[decided - 2]
    found = []
    for node, entries in enumerate(after[ENTRIES]):
        gained = entries - (before[ENTRIES][node] if node < len(before[ENTRIES]) else 0)
        if gained < enough or not book.collections[node]:
            continue
        path = book.ancestors(node)
        # Abstract classes keep sets of what was compared with them: hundreds, which mirror the classes made.
        if not any(step in growing or book.kinds[step] == _ABSTRACT for step in path):
            suspect = Suspect(node, True, False)
            suspect.full = True
            found.append((-gained, node, suspect))
    return [suspect for _, _, suspect in sorted(found)[:_MOST_FULL]]
