"""What a sweep says, as plain data: how peak memory, kept memory and time grow with the size of the input.

Memory is in bytes, time in seconds. Sizes are values of the swept parameter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from snapdiff.analysis.laws import VolumeLaw


class Stays(StrEnum):
    """What calls keep once they have returned and the garbage is collected."""

    NOTHING = "nothing"
    EACH_CALL = "each call"
    LARGEST = "largest"
    """As much as the largest size so far needs, and no more for further calls: a cache."""
    LAST = "last call"
    """As much as the last call needs: the next one replaces it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class SizeRow:
    """What was measured of the calls with one size. None where it was not measured."""

    size: int
    calls: int
    peak: int | None
    """Python's memory at its highest inside a call, above that before (traced calls; the middle one)."""
    peak_rss: int | None
    """Resident memory at its highest, above that before the first size, without Python objects kept since."""
    resident_after: int | None
    """Resident memory after the calls of this size on the way up, above that before the first size."""
    kept_objects: int | None
    """Objects that a call after the first of this size left (the middle one)."""
    kept_bytes: int | None
    level_bytes: int | None
    """Bytes of Python objects after the calls of this size on the way up, above those before the first size."""
    seconds: float | None
    """The quickest untraced call."""
    cpu_seconds: float | None


@dataclass(frozen=True)
class Forecast:
    """Where a measurement at a size is to be expected, in 95 of 100 cases, if the law holds there."""

    size: int
    low: float
    high: float


@dataclass(frozen=True)
class Growth:
    """The law of one measure."""

    measure: str
    """`peak` (Python), `peak resident`, `kept` (by each call), `level` (kept once), `time` or `processor time`."""
    unit: str
    """`bytes` or `seconds`."""
    law: VolumeLaw
    among: tuple[VolumeLaw, ...]
    """The laws that the sizes do not rule out, the likeliest first; one where it is decided."""
    confidence: float
    """Odds of the likeliest law among those tried, up to 1."""
    off: float
    """Relative root mean square of the measurements around the likeliest law."""
    why: str
    """Why nothing is decided, or why there is no forecast; may be empty."""
    terms: tuple[tuple[str, float], ...]
    """(term, coefficient) of the likeliest law: `n²` 2.5 is 2.5 units a squared n."""
    threshold: tuple[int, int] | None
    """The sizes between which a threshold lies."""
    floor: float
    """The least difference that the instrument shows."""
    points: tuple[tuple[int, float], ...]
    """(size, measured)"""
    line: tuple[tuple[float, float], ...]
    """(size, what the likeliest law says)"""
    forecast: Forecast | None

    @property
    def is_below_floor(self) -> bool:
        """True where no difference between the sizes could be measured."""
        return max(value for _, value in self.points) - min(value for _, value in self.points) <= self.floor


@dataclass(frozen=True)
class Sweep:
    """A sweep and what it says. `growths` has the measure that the sentence is about first."""

    parameter: str
    planned: tuple[int, ...]
    at: int
    """The size that is foretold."""
    rows: tuple[SizeRow, ...]
    growths: tuple[Growth, ...]
    stays: Stays
    retained: int | None
    """Resident bytes that stayed after the calls of the largest size though no Python object explains them; None where
    they are not worth a word."""
    control_objects: int
    """Objects that the calls of an empty function left; must be 0."""
    sampled: bool
    """True where peaks of resident memory are from samples outside, which miss what is short."""
    remarks: tuple[str, ...]
