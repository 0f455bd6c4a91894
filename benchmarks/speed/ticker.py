"""The longest time for which another thread of the process could not run, less the collections in it."""

from __future__ import annotations

import gc
import threading
import time
from itertools import pairwise
from types import TracebackType
from typing import Any

INTERVAL = 0.001
"""Seconds between two ticks."""


class Ticker:
    """A context in which a thread ticks each millisecond and collections are noted."""

    def __init__(self) -> None:
        self._ticks: list[float] = []
        self._collections: list[list[float]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Ticker:
        gc.callbacks.append(self._note)
        self._thread.start()
        while not self._ticks:
            time.sleep(INTERVAL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # One more tick, or a gap that lasts to the end would go unseen.
        seen = len(self._ticks)
        while len(self._ticks) == seen:
            time.sleep(INTERVAL)
        self._over.set()
        self._thread.join()
        gc.callbacks.remove(self._note)

    def longest(self) -> float:
        """Return the seconds of the longest gap between two ticks, without the collections that fell into it."""
        return max((self._without_collections(*gap) for gap in pairwise(self._ticks)), default=0.0)

    def _without_collections(self, begin: float, end: float) -> float:
        collecting = sum(max(0.0, min(end, stop) - max(begin, start)) for start, stop in self._collections)
        return end - begin - collecting

    def _tick(self) -> None:
        clock, ticks = time.perf_counter, self._ticks
        while not self._over.is_set():
            ticks.append(clock())
            time.sleep(INTERVAL)

    def _note(self, phase: str, info: dict[str, Any]) -> None:
        now = time.perf_counter()
        if phase == "start":
            self._collections.append([now, now])
        elif self._collections:
            self._collections[-1][1] = now
