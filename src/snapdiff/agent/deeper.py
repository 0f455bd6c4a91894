"""Callers beyond the depth of tracing: a few more calls, traced far deeper than the rounds could be.

Rounds are traced a few frames deep, because each frame costs every allocation. Below a deep call into a library all of
these are the library's. Such a birth keeps its place; what is added are the callers from there on of what came at the
same place in these calls and was kept as it was.
"""

from __future__ import annotations

import _tracemalloc
import gc
import time

from .own import FOLDER
from .resources import is_own

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    Frames = tuple[tuple[str, int], ...]

#: Frames that these calls are traced deep. A view of a web framework is 30 frames away from who asked, a recursive
#: parser's deepest rule 50.
_DEPTH = 80
#: Calls after which it is looked whether all was seen: requests take turns, and what comes once in fifty calls is slow.
_LOOKS = (20, 100)
#: Blocks of one birth that tell its callers well enough.
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

    A birth is {"frames": [[file, line], …], "count": objects}, `depth` the frames that were traced of each at most.
    """

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._kept: list[list[dict[str, Any]]] = []
        self._freed: list[list[dict[str, Any]]] = []
        self._found: dict[tuple[Frames, bool], dict[Frames, int]] = {}
        """Blocks by whole stack, by the part of it that was traced and whether it is of what only collections free."""

    def want(self, births: list[dict[str, Any]], freed: bool = False) -> None:
        """Complete these births, in place, by `seek`; `freed` says that only collections free the objects."""
        if any(self._is_cut(birth) for birth in births):
            (self._freed if freed else self._kept).append(births)

    def seek(self, call: Callable[[], int], seconds_per_call: float, few: bool) -> None:
        """Make as many calls as it takes, and complete what was seen in them. `few` says that each call is dear."""
        if not (self._kept or self._freed) or seconds_per_call > _LONGEST_CALL or _tracemalloc.is_tracing():
            return
        collecting = gc.isenabled()
        _tracemalloc.start(_DEPTH)
        try:
            # Garbage must still be there when it is looked at.
            gc.disable()
            self._call(call, (_FEW_CALLS,) if few else _LOOKS)
        finally:
            if collecting:
                gc.enable()
            _tracemalloc.stop()
        for freed, lists in ((False, self._kept), (True, self._freed)):
            for births in lists:
                births[:] = [part for birth in births for part in self._completed(birth, freed)]

    def _call(self, call: Callable[[], int], looks: tuple[int, ...]) -> None:
        until = time.monotonic() + _MOST_SECONDS
        made = 0
        for enough in looks:
            while made < enough and (not made or time.monotonic() < until):
                if not call():
                    return
                made += 1
            self._look(freed=True)
            gc.collect()
            self._look(freed=False)
            if made < enough or self._is_enough():
                return

    def _is_enough(self) -> bool:
        """Say whether the callers of most births are told well enough: a rare one may not come again."""
        total = known = 0
        for freed, lists in ((False, self._kept), (True, self._freed)):
            for birth in (birth for births in lists for birth in births if self._is_cut(birth)):
                total += birth["count"]
                blocks = sum(self._found.get((_stack(birth), freed), {}).values())
                known += birth["count"] if blocks >= _ENOUGH else 0
        return known >= _MOST * total

    def _look(self, freed: bool) -> None:
        """Count the live blocks of the births that are wanted by their whole stacks."""
        wanted = self._wanted(freed)
        if not wanted:
            return
        seen: dict[tuple[Frames, bool], dict[Frames, int]] = {}
        counts: dict[int, list[Any]] = {}
        # Equal tracebacks are one tuple within one call of _get_traces.
        for trace in _tracemalloc._get_traces():
            counts.setdefault(id(trace[2]), [trace[2], 0])[1] += 1
        for frames, blocks in counts.values():
            if frames[: self._depth] in wanted:
                whole = tuple(frame for frame in frames if not frame[0].startswith(FOLDER))
                found = seen.setdefault((frames[: self._depth], freed), {})
                found[whole] = found.get(whole, 0) + blocks
        # All that was kept is still there; of what was freed there is only what came since.
        self._found.update(seen)

    def _wanted(self, freed: bool) -> set[Frames]:
        lists = self._freed if freed else self._kept
        return {_stack(birth) for births in lists for birth in births if self._is_cut(birth)}

    def _is_cut(self, birth: dict[str, Any]) -> bool:
        """Say whether a birth has none of the program's own frames, and callers that were not traced."""
        frames = birth["frames"]
        return len(frames) == self._depth and not any(is_own(file) for file, _ in frames)

    def _completed(self, birth: dict[str, Any], freed: bool) -> list[dict[str, Any]]:
        """Return a birth with its callers: in as many parts as they differ, by the blocks of each."""
        found = self._found.get((_stack(birth), freed), {}) if self._is_cut(birth) else {}
        if not found:
            return [birth]
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        total, left = sum(found.values()), birth["count"]
        parts = []
        for frames, blocks in ranked:
            # Rounded upwards from the most on, so that the parts are the whole.
            count = min(left, -(-birth["count"] * blocks // total))
            left -= count
            if count:
                parts.append({**birth, "frames": [list(frame) for frame in frames], "count": count})
        return parts


def _stack(birth: dict[str, Any]) -> Frames:
    return tuple((file, line) for file, line in birth["frames"])
