"""Counts and bytes per type over all live objects."""

from __future__ import annotations

from .names import key_of, type_name
from .own import Own
from .sizes import SMALL_REQUEST, sizer
from .walk import tracked_by_type, walk

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any


def census(own: Own) -> tuple[dict[str, list[int]], int, int]:
    """Return ({type name: [objects, bytes]} for every live object, how many the collector tracks, bytes of large ones).

    Types of one name are one row: a class that is made anew in each call is still the same class to a person.
    """
    tally: dict[Any, list[Any]] = {}
    large = [0]

    def count(cls: type, objects: list[Any]) -> None:
        row = tally.get(key_of(cls))
        if row is None:
            row = tally[key_of(cls)] = [0, 0, cls, *sizer(cls)]
        row[0] += len(objects)
        base, measure = row[3:]
        row[1] += base * len(objects)
        if measure is not None:
            sizes = list(map(measure, objects))
            row[1] += sum(sizes)
            large[0] += sum([base + size for size in sizes if base + size > SMALL_REQUEST])
        elif base > SMALL_REQUEST:
            large[0] += base * len(objects)

    tracked = walk(count, own)
    by_name: dict[str, list[int]] = {}
    for objects, size, cls, _, _ in tally.values():
        row = by_name.setdefault(type_name(cls), [0, 0])
        row[0] += objects
        row[1] += size
    return by_name, tracked, large[0]


def tracked_census(own: Own) -> dict[str, int]:
    """Return {type name: objects} for the objects that the collector tracks: cheap, for sub-checkpoints."""
    groups = tracked_by_type(own)
    by_name: dict[str, int] = {}
    for objects in groups.values():
        name = type_name(type(objects[0]))
        by_name[name] = by_name.get(name, 0) + len(objects)
    return by_name
