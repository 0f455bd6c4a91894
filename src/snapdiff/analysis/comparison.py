"""What two sides of a comparison say, as plain data: recordings before a change to the program, and after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from snapdiff.analysis.model import Analysis, Finding, Frame, Verdict

#: Verdicts that a comparison is about; of the others only cycles are compared, and they weigh nothing.
WEIGHING = (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE)


class Status(StrEnum):
    """What became of one cause. Listed in this order."""

    NEW = "new"
    WORSE = "worse"
    UNSURE = "unsure"
    FIXED = "fixed"
    BETTER = "better"
    UNCHANGED = "unchanged"


class Outcome(StrEnum):
    """What the whole comparison says: that of its gravest change, or `clean` where no side leaks."""

    WORSE = "worse"
    INCONCLUSIVE = "inconclusive"
    FIXED = "fixed"
    BETTER = "better"
    UNCHANGED = "unchanged"
    CLEAN = "clean"


class Match(StrEnum):
    """How the findings of a change were recognised as one."""

    FINGERPRINT = "fingerprint"
    LIKENESS = "likeness"
    """The fingerprint changed, but two of container, type and line are the same; of cyclic garbage, whose line is known
    of one side only, the type."""
    NONE = "none"
    """There is a finding on one side only."""


@dataclass(frozen=True)
class Side:
    """The runs of one side, and what they are called."""

    names: tuple[str, ...]
    runs: tuple[Analysis, ...]


@dataclass(frozen=True)
class Growth:
    """What the planned rounds of one run gained: (calls, gained) of each."""

    rounds: tuple[tuple[int, int], ...]
    counted: str
    """`finding`: what the finding counts; `type`: all objects of its type; `line`: all blocks of its line."""


@dataclass(frozen=True)
class Change:
    """One cause, before and after."""

    status: Status
    matched_by: Match
    alike: tuple[str, ...]
    """What is the same where the fingerprint is not: `container`, `type`, `line`."""
    before: Finding | None
    """The finding of the run whose rate is the middle one; None where no run of the side has it."""
    after: Finding | None
    before_rates: tuple[float | None, ...]
    """What a call gained in each run, in the unit of the finding; None in a run that did not find it."""
    after_rates: tuple[float | None, ...]
    before_growth: Growth | None
    """None where nothing was counted that can be stood behind."""
    after_growth: Growth | None
    reason: str
    """The rule that decided, with its numbers."""
    sentence: str

    @property
    def gone(self) -> bool:
        """True where there is nothing after, or only something harmless in the place of a leak."""
        if self.before is None or self.after is None:
            return self.after is None
        return self.before.verdict in WEIGHING and self.after.verdict not in WEIGHING

    @property
    def finding(self) -> Finding:
        """The finding after, or where it is gone that before."""
        found = self.before if self.gone else self.after
        if found is None:
            raise ValueError("a change has a finding on one side at least")
        return found


@dataclass(frozen=True)
class TypeChange:
    """A type that grew on a side. Growth of the planned rounds of the first run; rates of every run."""

    type: str
    status: Status
    before: tuple[int, ...]
    after: tuple[int, ...]
    before_rates: tuple[float | None, ...]
    """None in a run that did not find it and cannot tell that it is not there."""
    after_rates: tuple[float | None, ...]


@dataclass(frozen=True)
class LineChange:
    """An allocation line that grew on a side, in live blocks. The frame is that after, else that before."""

    frame: Frame
    moved_from: int | None
    """Its line number before, where it is another one now."""
    status: Status
    before: tuple[int, ...]
    after: tuple[int, ...]
    before_rates: tuple[float | None, ...]
    """None in a run that did not find it and cannot tell that it is not there."""
    after_rates: tuple[float | None, ...]


@dataclass(frozen=True)
class Comparison:
    """All that a comparison says."""

    outcome: Outcome
    sentence: str
    before: Side
    after: Side
    changes: tuple[Change, ...]
    """Causes that weigh, the gravest first."""
    cycles: tuple[Change, ...]
    """Cyclic garbage that only the collector frees: no leak, and no part of the outcome."""
    types: tuple[TypeChange, ...]
    lines: tuple[LineChange, ...]
    caveats: tuple[str, ...]
    """What else differs between the sides, and what could not be compared."""
    void: str = ""
    """Why the sides cannot be compared at all, and what to do; then nothing is compared. Empty where they can."""


def proves_absence(run: Analysis) -> bool:
    """Say whether what a run did not find was not there: it ran to its end and its control stood still."""
    doubtful = run.restless or (run.verdict is Verdict.INCONCLUSIVE and bool(run.control.blocks))
    return run.complete and len(run.rounds) > 1 and not doubtful
