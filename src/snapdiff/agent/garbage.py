"""What only the cyclic collector frees, with its types and births."""

from __future__ import annotations

import gc

from .births import Births
from .names import type_name
from .resident import resident

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: Types of garbage that are told, those of the most objects first.
_MOST_TYPES = 20
#: Resident memory gained by these calls, from which on no other is made: twenty that make 300 MB of cycles each took
#: 6 GB.
_MOST_BYTES = 256 * 1024 * 1024


def cyclic_garbage(call: Callable[[], int], calls: int, births: Births) -> dict[str, Any] | None:
    """Make some calls without the collector, and say what it then finds: objects by type, and where they were born."""
    flags = gc.get_debug()
    if flags or gc.garbage:
        return None
    enabled = gc.isenabled()
    gc.disable()
    try:
        gc.collect()
        made, before = 0, resident()[0] or 0
        while made < calls and (resident()[0] or 0) - before < _MOST_BYTES:
            if not call():
                break
            made += 1
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found = list(gc.garbage)
        gc.garbage.clear()
    finally:
        gc.set_debug(flags)
        if enabled:
            gc.enable()
    groups: dict[str, list[Any]] = {}
    for obj in found:
        groups.setdefault(type_name(type(obj)), []).append(obj)
    rows: list[dict[str, Any]] = [
        {"type": name, "objects": len(members), "births": births.of(members)} for name, members in groups.items()
    ]  # fmt: skip
    del found, groups
    gc.collect()
    rows.sort(key=lambda row: (-row["objects"], row["type"]))
    return {"calls": made, "types": rows[:_MOST_TYPES]} if made and rows else None
