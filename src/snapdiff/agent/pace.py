"""What tracing costs the calls, measured where it took long: the last round's time beside that of calls without it."""

from __future__ import annotations

import time

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: Seconds that all traced calls took from which on it is worth another call to know what they would take untraced.
_LONG = 20.0
#: Calls without which another one would be no small part of the time.
_LEAST_CALLS = 20
#: Untraced calls that are made, and the seconds after which no further one is begun.
_MOST_CALLS = 5
_MOST_SECONDS = 1.0


def compare(call: Callable[[], int], traced: float, calls: int) -> dict[str, Any] | None:
    """Return {"traced", "untraced"}, seconds per call, None where it is not worth the time or no call could be made.

    `traced` are the seconds that each of so many `calls` took; tracing has stopped by now.
    """
    if calls < _LEAST_CALLS or traced * calls < _LONG:
        return None
    started = time.perf_counter()
    made = 0
    while made < _MOST_CALLS and (not made or time.perf_counter() - started < _MOST_SECONDS):
        if not call():
            break
        made += 1
    return {"traced": traced, "untraced": (time.perf_counter() - started) / made} if made else None
