"""The section of the terminal summary: what leaks, what cannot be told, what was not measured, and the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from snapdiff.analysis.baseline import Known
from snapdiff.pytest_measure.result import NOT_MEASURED, Result

#: Tests that are named for not having been measured; all of them with -v.
_MOST_NAMED = 20
_TOLD = ("leak", "slow-leak", "inconclusive", NOT_MEASURED)


def lines(results: Sequence[Result], gone: Iterable[Known], verbose: bool) -> list[str]:
    """Return the lines of the section."""
    counts = Counter(result.verdict for result in results)
    order = [*_TOLD, *sorted(set(counts) - set(_TOLD))]
    head = ", ".join(f"{counts[verdict]} {verdict}" for verdict in order if counts[verdict])
    found = [f"{len(results)} test{'s' if len(results) != 1 else ''} measured: {head}"]
    for verdict in _TOLD:
        members = [result for result in results if result.verdict == verdict]
        shown = members if verbose or verdict != NOT_MEASURED else members[:_MOST_NAMED]
        found += [_line(result) for result in shown]
        if len(members) > len(shown):
            found.append(f"{verdict}: and {len(members) - len(shown)} more, named with -v")
    for result in results:
        found += [f"suppressed in {result.test}: {text}" for text in result.tools]
    found += [f"gone from the baseline: {each.target}: {each.sentence}" for each in gone]
    return found


def _line(result: Result) -> str:
    accepted = f" ({result.why_accepted})" if result.why_accepted else ""
    page = f" {result.page}" if result.page else ""
    return f"{result.verdict}{accepted}: {result.test}: {result.sentence}{page}"


def result_of(fields: Any) -> Result | None:
    """Return the result that a report carries, None when it carries none."""
    return Result(**fields) if isinstance(fields, dict) else None
