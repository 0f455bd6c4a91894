"""What else differs between two sides, so that a difference in growth is not blamed on the wrong thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations

from snapdiff.analysis.comparable import same_target
from snapdiff.analysis.comparison import Side
from snapdiff.analysis.model import Analysis
from snapdiff.analysis.sentences import number_of

#: What differs from run to run and says nothing.
_EXPECTED = ("hash_seed",)


def caveats(before: Side, after: Side) -> tuple[str, ...]:
    """Return one sentence for each thing that is not the same on both sides, and for each run that cannot tell all."""
    said = [
        _target(before, after),
        _differs(
            "The plan", before, after, lambda run: ", ".join(f"{calls:,}" for calls in run.method.plan) + " calls"
        ),
        _differs("Tracing", before, after, lambda run: run.method.trace),
        _differs("The setup", before, after, lambda run: run.method.setup or "none"),
    ]
    names = sorted({name for run in (*before.runs, *after.runs) for name, _ in run.environment} - {*_EXPECTED})
    for name in names:
        if name == "libraries":
            said += _libraries(before, after)
        else:
            said.append(_differs(name, before, after, lambda run, key=name: dict(run.environment).get(key, "unknown")))
    for word, side in (("before", before), ("after", after)):
        for name, run in zip(side.names, side.runs, strict=True):
            said += _of_run(f"{word}, {name}", run)
    if any(run.method.traced == "nothing" for run in (*before.runs, *after.runs)):
        said.append("Allocations were not traced in every run, so lines are not compared.")
    return tuple(text for text in said if text)


def _target(before: Side, after: Side) -> str:
    """Say that one target has two names; of different ones (comparable.py) nothing is compared."""
    names = list(dict.fromkeys(run.method.target for run in (*before.runs, *after.runs)))
    if len(names) == 1 or not all(same_target(one, other) for one, other in combinations(names, 2)):
        return ""
    return f"The target has more than one name, and is taken for one: {' and '.join(names)}."


def _differs(what: str, before: Side, after: Side, of: Callable[..., str]) -> str:
    was, now = (_together(of(run) for run in side.runs) for side in (before, after))
    return "" if was == now else f"{what} is not the same: {was} before, {now} after."


def _together(values: Iterable[str]) -> str:
    return " or ".join(dict.fromkeys(values))


def _libraries(before: Side, after: Side) -> list[str]:
    """Name the libraries that differ, and not all that are the same."""
    was, now = ({part for run in side.runs for part in dict(run.environment).get("libraries", "").split(", ")}
                for side in (before, after))  # fmt: skip
    if was == now:
        return []
    gone, come = (", ".join(sorted(part for part in parts if part)) or "nothing" for parts in (was - now, now - was))
    return [f"Libraries are not the same: {gone} only before, {come} only after."]


def _of_run(name: str, run: Analysis) -> list[str]:
    said = []
    if not run.complete:
        said.append(f"{name}: the run is incomplete: {run.ended}.")
    if run.control.ran and (run.control.objects or run.control.blocks):
        blocks = f" and {number_of(run.control.blocks, 'block')}" if run.control.blocks else ""
        said.append(
            f"{name}: the control gained {number_of(run.control.objects, 'object')}{blocks}; it should gain none."
        )
    if count := sum(len(row.fingerprints) for row in run.suppressed):
        said.append(f"{name}: {number_of(count, 'suppressed finding')} not compared.")
    return said
