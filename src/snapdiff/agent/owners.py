"""What owners hold at a checkpoint, one row each: [owner, unit, value, peak, source].

Nothing is imported to ask an owner: one whose library is not loaded holds nothing.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

BYTES, COUNT = "bytes", "count"


def counts(fields: dict[str, Any]) -> list[list[Any]]:
    """Return the rows of what is counted and not weighed; `fields` are the checkpoint's counters so far."""
    rows = [
        ["fds", COUNT, fields["fds"], None, "/proc/self/fd"],
        ["threads", COUNT, fields["threads"], None, "/proc/self/task"],
        ["tasks", COUNT, unfinished_tasks(), None, "asyncio"],
        ["children", COUNT, children(), None, "/proc/self/task"],
        ["garbage", COUNT, len(gc.garbage), None, "gc.garbage"],
    ]
    return [row for row in rows if row[2] is not None]


def unfinished_tasks() -> int | None:
    """Return how many asyncio tasks are not done, of all loops; None where that cannot be told."""
    tasks, native = sys.modules.get("asyncio.tasks"), sys.modules.get("_asyncio")
    if tasks is None or native is None:
        return 0
    # Of 3.12 on: tasks that were started at once are in a set of their own.
    lazy = getattr(tasks, "_scheduled_tasks", getattr(tasks, "_all_tasks", None))
    references = getattr(lazy, "data", None)
    if references is None:
        return None
    is_done = native.Future.done
    alive = [task for task in [reference() for reference in list(references)] if task is not None]
    alive += list(getattr(tasks, "_eager_tasks", ()))
    # A task that is not C's own would run the program's code.
    return sum(not issubclass(type(task), native.Future) or not is_done(task) for task in alive)


def children() -> int | None:
    """Return how many child processes there are, ended ones that nobody waited for too; None where Linux hides it."""
    found = 0
    try:
        for thread in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{thread}/children", "rb") as file:
                found += len(file.read().split())
    except OSError:
        return None
    return found
