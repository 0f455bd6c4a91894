"""What owners hold at a checkpoint, one row each: [owner, unit, value, peak, source].

Nothing is imported to ask an owner: one whose library is not loaded holds nothing.
"""

from __future__ import annotations

import gc

from . import resources

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

BYTES, COUNT = "bytes", "count"


def counts(fields: dict[str, Any]) -> list[list[Any]]:
    """Return the rows of what is counted and not weighed; `fields` are the checkpoint's counters so far."""
    tasks = resources.unfinished_tasks()
    rows = [
        ["fds", COUNT, fields["fds"], None, "/proc/self/fd"],
        ["threads", COUNT, fields["threads"], None, "/proc/self/task"],
        ["tasks", COUNT, None if tasks is None else len(tasks), None, "asyncio"],
        ["children", COUNT, len(resources.children()), None, "/proc"],
        ["garbage", COUNT, len(gc.garbage), None, "gc.garbage"],
    ]
    return [row for row in rows if row[2] is not None]
