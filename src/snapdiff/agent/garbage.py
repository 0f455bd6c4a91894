"""What only the cyclic collector frees, with its types and births."""

from __future__ import annotations

import gc

from .births import Births
from .names import type_name

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: Types of garbage that are told, those of the most objects first.
_MOST_TYPES = 20


def cyclic_garbage(call: Callable[[], int], calls: int, births: Births) -> dict[str, Any] | None:
    """Make some calls without the collector, and say what it then finds: objects by type, and where they were born."""
    flags = gc.get_debug()
    if flags or gc.garbage:
        return None
    enabled = gc.isenabled()
    gc.disable()
    try:
        gc.collect()
        made = 0
        for _ in range(calls):
            made += call()
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
