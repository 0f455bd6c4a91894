"""Whether two sides can be compared at all: they called the same workload, with the same input, in rounds.

What one function keeps says nothing about another: the absence of a cause in a recording of something else is no fix.
All else that may differ (Python, plan, tracing, libraries, setup, machine) only weakens a comparison; see caveats.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

from snapdiff.analysis.comparison import Side
from snapdiff.analysis.model import Method

_AGAIN = "Record the same {} before and after the change, and compare those."


def why_not(before: Side, after: Side) -> str:
    """Return why nothing can be told from these sides, and what to do; empty where they can be compared."""
    runs = (*before.runs, *after.runs)
    if any(run.sweep is not None for run in runs):
        return (
            "a sweep (`--sweep`) has no rounds and no findings to compare. Record both sides in rounds, without "
            "`--sweep`; the laws of two sweeps are read side by side with `snapdiff report`."
        )
    methods = [run.method for run in runs]
    if not all(same_target(one.target, other.target) for one, other in combinations(methods, 2)):
        return (
            f"the recordings are of different targets, {_named(before)} before and {_named(after)} after; what is "
            f"missing in one is not fixed and what is there is not new. {_AGAIN.format('target')} Of one target in two "
            "folders, name it from the top of each checkout, with a relative path."
        )
    for what, option, of in (
        ("other requests", "--request", _requests),
        ("arguments from another function", "--inputs", _inputs),
    ):
        was, now = (_together(of(run.method) for run in side.runs) for side in (before, after))
        if len({*was, *now}) > 1:
            told = f"{' or '.join(was)} before and {' or '.join(now)} after"
            return f"the calls were given {what} (`{option}`: {told}). {_AGAIN.format('target and input')}"
    # Their values are not said: an argument may be anything.
    if len({method.arguments for method in methods}) > 1:
        return f"the program was given other arguments (`-- ARGS`). {_AGAIN.format('target and arguments')}"
    return ""


def same_target(one: str, other: str) -> bool:
    """Say whether two names of targets are of the same one: from other folders, as a file or as a module."""
    if one == other:
        return True
    (places, called), (others, called_too) = _parts(one), _parts(other)
    shorter, longer = sorted((places, others), key=len)
    return called == called_too and bool(shorter) and longer[-len(shorter) :] == shorter


def _parts(target: str) -> tuple[tuple[str, ...], str]:
    """Return the dotted name of a target's file or module in parts, and what is called in it (or nothing)."""
    place, mark, called = target.partition("::")  # a test of pytest
    if not mark:
        place, _, called = target.rpartition(":")
        if not place or called[:1] in ("/", "\\"):  # a script; C:\x.py has a colon too
            place, called = target, ""
    if not place.endswith(".py") and "/" not in place and "\\" not in place:
        return tuple(place.split(".")), called
    parts: list[str] = []
    for part in re.split(r"[/\\]", place.removesuffix(".py")):
        if part == "..":
            parts[-1:] = []
        elif part not in ("", "."):
            parts.append(part)
    return tuple(parts[:-1] if parts[-1:] == ["__init__"] else parts), called


def _named(side: Side) -> str:
    return " or ".join(f"`{target}`" for target in _together(run.method.target for run in side.runs))


def _requests(method: Method) -> str:
    return "none" if method.requests is None else re.split(r"[/\\]", method.requests)[-1]


def _inputs(method: Method) -> str:
    return method.inputs or "none"


def _together(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
