"""The order in which causes are looked for after the last checkpoint: while tracing runs, after it, with more calls."""

from __future__ import annotations

import _tracemalloc
import time
from functools import partial

from . import born
from .calls import Calls
from .checkpoint import Measurer
from .deeper import Callers
from .explain import Explainer
from .garbage import cyclic_garbage
from .own import own_state
from .screen import Screen
from .spool import GROWING, RETRACING, SEEKING

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .births import Births

#: Calls in which cyclic garbage is gathered, and the seconds that they may take.
_GARBAGE_CALLS = 20
_GARBAGE_SECONDS = 5.0
#: Objects a call that only the collector frees, from which on it is worth saying.
_GARBAGE_WORTH_TELLING = 0.5


class Speed:
    """What the rounds showed of the calls: how long one takes, and what only the collector frees of it.

    `extra` are the calls of the last extra round, 0 when there was none, and `decided` the checkpoints up to its end.
    """

    def __init__(self, extra: int, decided: int, seconds_per_call: float, garbage: float) -> None:
        self.extra = extra
        self.decided = decided
        self.seconds_per_call = seconds_per_call
        self.garbage = garbage


def explain(  # noqa: PLR0917
    measurer: Measurer, screen: Screen, workload: Calls, speed: Speed, births: Births,
    stop_tracing: Callable[[], None], tell: Callable[[int], None],
) -> dict[str, Any] | None:  # fmt: skip
    """Return the fields of the `explained` frame, None when there is nothing to explain. `tell` is told each step."""
    extra = speed.extra
    gathered = min(_GARBAGE_CALLS, int(_GARBAGE_SECONDS / max(speed.seconds_per_call, 1e-6)))
    if speed.garbage < _GARBAGE_WORTH_TELLING:
        gathered = 0
    if not extra and not gathered:
        return None

    def call() -> int:
        made = workload.run(1, 0, time.monotonic() + 60)
        workload.settle()
        return made

    frame: dict[str, Any] = {
        "causes": [], "births": [], "nameless": [], "lines": [], "graphs": [], "suspended": [], "grown": [],
        "garbage": None, "outside": None, "note": None,
    }  # fmt: skip
    tell(SEEKING)
    depth = _tracemalloc.get_traceback_limit()
    if not extra:
        frame["garbage"] = cyclic_garbage(call, gathered, births)
        stop_tracing()
        return frame
    explainer = Explainer(
        measurer.book, [*measurer.keep, frame], measurer.owners, extra, speed.decided, measurer.exits
    )  # fmt: skip
    explainer.gather(measurer.snapshots, measurer.untraced)
    frame["births"] = explainer.births(births)
    if screen.lines:
        own = explainer.own.also(own_state(measurer.keep))
        alive = measurer.snapshots.alive_at(screen.lines, own, measurer.untraced)
        if alive is None:
            alive = births.alive_at(screen.lines, own)
        frame["lines"] = [[*line, count] for line, count in zip(screen.lines, alive)]
    frame["nameless"] = explainer.nameless(births)
    if gathered:
        frame["garbage"] = cyclic_garbage(call, gathered, births)
    stop_tracing()
    frame["causes"] = explainer.causes(measurer.snapshots)
    frame["graphs"] = explainer.graphs()
    frame["suspended"] = explainer.suspended()
    tell(RETRACING)
    try:
        survivors = partial(explainer.survivors, measurer.snapshots)
        Callers(depth, frame["births"]).seek(call, speed.seconds_per_call, survivors, screen.dear)
        things, memory = born.watchers(set(screen.risen), screen.outside, measurer.memory.allocators)
        tell(GROWING)
        frame["grown"], frame["note"] = explainer.grown_at(call, [*things, *memory], screen.dear)
        frame["outside"] = born.explain(things, memory)
    except Exception as error:
        # The program's own, in one call more than it was made for: what was found before stays.
        frame["note"] = f"A call to find lines at which it grows raised {type(error).__name__}: lines may be missing."
    return frame
