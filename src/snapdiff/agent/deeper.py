"""Callers beyond the depth of tracing: a few more calls, traced far deeper than the rounds could be.

Rounds are traced a few frames deep, because each frame costs every allocation. Below a deep call into a library all of
these are the library's. Such a birth keeps its place; what is added are the callers from there on of survivors of the
same cause that came at the same place in these calls. Not of all blocks from there: a cache with a bound that is filled
through the same function of a library would be taken for the leak.
"""

from __future__ import annotations

import _tracemalloc
import time

from .births import Births
from .resources import is_own

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    Frames = tuple[tuple[str, int], ...]
    #: Cause and type.
    Key = tuple[int, str]

#: Frames that these calls are traced deep. A view of a web framework is 30 frames away from who asked, a recursive
#: parser's deepest rule 50.
_DEPTH = 80
#: Calls after which it is looked whether all was seen: requests take turns, and what comes once in fifty calls is slow.
_LOOKS = (20, 100)
#: Survivors of one birth that tell its callers well enough.
_ENOUGH = 20
#: Part of the births of which they are to be told, before one stops.
_MOST = 0.9
#: The same where each call leaves a thread or a process.
_FEW_CALLS = 3
#: Seconds after which no further call is made.
_MOST_SECONDS = 5.0
#: Seconds of a call in the rounds above which none is made: traced this deep, one took 2 to 6 times as long.
_LONGEST_CALL = 1.0


class Callers:
    """Births that are all a library's as far as they were traced, and the callers that such had in deeper calls.

    A birth is {"cause": number, "type": name, "frames": [[file, line], …], "count": objects}; `depth` are the frames
    that were traced of each at most. They are completed in place, by `seek`.
    """

    def __init__(self, depth: int, births: list[dict[str, Any]]) -> None:
        self._depth = depth
        self._births = births
        self._found: dict[Key, list[dict[str, Any]]] = {}
        """Births of the survivors that came in the deeper calls."""

    def seek(
        self,
        call: Callable[[], int],
        seconds_per_call: float,
        survivors: Callable[[list[Key]], dict[Key, list[Any]]],
        few: bool = False,
    ) -> None:
        """Make as many calls as it takes, and complete what was seen in them.

        `survivors` gives the objects of causes and types as they are then. `few` says that each call is dear.
        """
        wanted = sorted({_key(birth) for birth in self._births if self._is_cut(birth)})
        if not wanted or seconds_per_call > _LONGEST_CALL or _tracemalloc.is_tracing():
            return
        _tracemalloc.start(_DEPTH)
        try:
            until = time.monotonic() + _MOST_SECONDS
            made = 0
            for enough in (_FEW_CALLS,) if few else _LOOKS:
                while made < enough and (not made or time.monotonic() < until):
                    if not call():
                        return
                    made += 1
                # Objects from before these calls have no birth now.
                births = Births()
                self._found = {key: births.of(objects) for key, objects in survivors(wanted).items()}
                if made < enough or self._is_enough():
                    break
        finally:
            _tracemalloc.stop()
        self._births[:] = [part for birth in self._births for part in self._completed(birth)]

    def _is_enough(self) -> bool:
        """Say whether the callers of most births are told well enough: a rare one may not come again."""
        cut = [birth for birth in self._births if self._is_cut(birth)]
        known = sum(birth["count"] for birth in cut if sum(each["count"] for each in self._seen(birth)) >= _ENOUGH)
        return bool(known >= _MOST * sum(birth["count"] for birth in cut))

    def _is_cut(self, birth: dict[str, Any]) -> bool:
        """Say whether a birth has none of the program's own frames, and callers that were not traced."""
        frames = birth["frames"]
        return len(frames) == self._depth and not any(is_own(file) for file, _ in frames)

    def _seen(self, birth: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the births that are the same as far as this one was traced, the most first."""
        found = self._found.get(_key(birth), [])
        return [each for each in found if each["frames"][: self._depth] == birth["frames"]]

    def _completed(self, birth: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a birth with its callers: in as many parts as they differ, by the survivors of each."""
        found = self._seen(birth) if self._is_cut(birth) else []
        if not found:
            return [birth]
        total, left = sum(each["count"] for each in found), birth["count"]
        parts = []
        for each in found:
            # Rounded upwards from the most on, so that the parts are the whole.
            count = min(left, -(-birth["count"] * each["count"] // total))
            left -= count
            if count:
                parts.append({**birth, "frames": each["frames"], "count": count})
        return parts


def _key(birth: dict[str, Any]) -> Key:
    return birth["cause"], birth["type"]
