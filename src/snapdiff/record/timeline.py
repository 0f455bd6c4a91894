"""Resident memory over time, sampled from outside."""

from __future__ import annotations

from typing import NamedTuple

from snapdiff.agent import spool

#: Seconds between samples: 20 Hz, twice what the page promises.
INTERVAL = 0.05
#: Samples kept; beyond this every other one goes and the interval doubles, so a day's run stays small.
_MOST_SAMPLES = 40_000


class Sample(NamedTuple):
    """Resident memory (bytes) at a moment (monotonic seconds), and what the target was doing."""

    monotonic: float
    rss: int
    phase: str
    series: str
    round: int


class Timeline:
    """Collects samples, thinning them when there are many."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._interval = INTERVAL
        self._due = 0.0

    def offer(self, monotonic: float, rss: int, state: memoryview) -> None:
        """Take a sample if one is due."""
        if monotonic < self._due:
            return
        self._due = monotonic + self._interval * 0.9
        phase = spool.PHASES[_within(state[spool.PHASE], len(spool.PHASES))]
        series = spool.ALL_SERIES[_within(state[spool.SERIES], len(spool.ALL_SERIES))]
        self.samples.append(Sample(monotonic, rss, phase, series, int(state[spool.ROUND])))
        if len(self.samples) > _MOST_SAMPLES:
            del self.samples[1::2]
            self._interval *= 2


def _within(value: int, size: int) -> int:
    # The target can write anything into memory it shares with us.
    return min(max(value, 0), size - 1)
