"""Objects of some types, among all that the collector tracks."""

from __future__ import annotations

import gc
from itertools import compress

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any


def with_subclasses(cls: type) -> list[type]:
    """Return a class and all classes below it, without asking their metaclasses."""
    found = [cls]
    for each in found:
        found += type.__subclasses__(each)
    # By address: a metaclass of the program's may have a hash of its own.
    return list({id(each): each for each in found}.values())


def tracked_of(classes: list[type], native: Any = None) -> list[Any]:
    """Return the tracked objects whose type is one of these, and not one below.

    `native` is the native walker's module, if there is one; without it this is slower.
    """
    if native is not None:
        return list(native.tracked_of(classes))
    known = {id(cls) for cls in classes}
    objects = gc.get_objects()
    return list(compress(objects, map(known.__contains__, map(id, map(type, objects)))))
