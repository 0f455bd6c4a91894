"""The rules of the judgement in words, for the section on the method: what a reader may hold a verdict against."""

from __future__ import annotations

from typing import Final

from snapdiff.analysis import limits
from snapdiff.analysis.model import Verdict

#: Verdict → what growth has to do to get it. Numbers come from the thresholds that decide.
RULES: Final[dict[Verdict, str]] = {
    Verdict.LEAK: (
        "The last rounds, the longer ones after the plan among them, gained at least one object a call, at a rate that "
        f"they keep (it differs by no more than a factor of {limits.RATE_FACTOR:g}) or that rises. Without such a "
        "longer round to confirm it, nothing is called a leak."
    ),
    Verdict.SLOW_LEAK: (
        f"The same with fewer objects: at least {limits.SLOW_LEAST} gained in the last round, at rates that differ by "
        f"no more than a factor of {limits.SLOW_FACTOR:g}."
    ),
    Verdict.SATURATING: (
        f"The rate fell to {limits.SATURATED:.0%} of what it was, or less, or nothing more came: it fills up."
    ),
    Verdict.INCONCLUSIVE: (
        "It grew and cannot be told: the rate falls, but not by half, or changes; no longer round was "
        "there to confirm it; or the "
        "control, the same plan around an empty function, grew too."
    ),
    Verdict.CYCLE: "The collector freed it after the round: it was garbage that refers to itself, and nothing kept it.",
    Verdict.ONE_TIME: "The first round left it, and all later rounds together at most half as much.",
    Verdict.CLEAN: (
        "Nothing of the above. What loses more than "
        f"{limits.DRAWDOWN:.0%} of its growth again on the way is taken to be emptied now and then."
    ),
}
