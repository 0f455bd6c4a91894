"""Sums of results, the one table, and the list of what snapdiff gets wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from accuracy.corpus import KINDS, LEAKS
from accuracy.verdicts import CLEAN, CYCLE, FAILED, INCONCLUSIVE, LEAK, SKIPPED, Result, Tool

LEGEND = (
    "Leaks: how many were found, of how many; cycles, twins and clean programs: how many were accused, of how many. "
    "Undecided is neither; failed gave no answer and counts as not found."
)

TOTALS = ("found", "missed", "accused", "undecided", "failed", "precision", "recall")
NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """Rows under a head; the first cell of each is what the row is about."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def right_verdict(result: Result) -> bool:
    """Whether the run's verdict is right: a leak accused, a clean program not, a cycle called one by snapdiff.

    `inconclusive` is never right. The peers have no word for a cycle: not to accuse it is right.
    """
    if result.expected in LEAKS:
        return result.answer == LEAK
    if result.expected == "cycle" and result.tool == "snapdiff":
        return result.answer == CYCLE
    return result.answer in (CLEAN, CYCLE)


def build(results: Sequence[Result], tools: Iterable[Tool]) -> Table:
    """Build the table: a row a tool, a column a kind of program, and the sums.

    Under a kind of leaks stands how many were found of how many, under a kind of clean programs how many were accused
    of how many. Only snapdiff's reports say more than that; the rows below it say how much of it is right.
    """
    counted = [result for result in results if result.answer != SKIPPED]
    kinds = [kind for kind in KINDS if any(result.kind == kind for result in results)]
    rows: list[tuple[str, ...]] = []
    for tool in tools:
        own = [result for result in counted if result.tool == tool.name]
        if tool.skipped is not None or not own:
            reason = tool.skipped or "not measured"
            rows.append((f"{tool.title} (skipped: {reason})", *[NOTHING] * (len(kinds) + len(TOTALS))))
            continue
        by_kind = {kind: [result for result in own if result.kind == kind] for kind in kinds}
        rows.append((tool.title, *(_accused(by_kind[kind]) for kind in kinds), *_totals(own)))
        if tool.name == "snapdiff":
            rows += _detail_rows(by_kind, own)
    return Table(("", *kinds, *TOTALS), tuple(rows))


def as_markdown(table: Table) -> str:
    """Write the table for the README."""
    lines = [table.head, tuple("---" if column == 0 else "---:" for column in range(len(table.head))), *table.rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '∣') for cell in line)} |" for line in lines)


def wrong(results: Iterable[Result]) -> list[str]:
    """Name every program that snapdiff gets wrong, what is wrong, and what it said."""
    lines = []
    for result in results:
        if result.tool != "snapdiff" or result.answer == SKIPPED:
            continue
        faults = [] if right_verdict(result) else [f"verdict (is {result.expected})"]
        faults += _wrong_parts(result)
        if faults:
            lines.append(f"{result.program} [{result.kind}]: wrong {', '.join(faults)}\n    said {result.said}")
    return lines


def _wrong_parts(result: Result) -> list[str]:
    score = result.score
    parts = {"cause": score.cause, "type": score.type, "born at": score.born, "grown at": score.grown}
    faults = [name for name, right in parts.items() if right is False]
    if score.causes_found is not None and score.causes_found[0] < score.causes_found[1]:
        faults.append(f"causes ({score.causes_found[0]} of {score.causes_found[1]})")
    if score.causes_count is False:
        faults.append("number of leaks")
    if score.causes_order is False:
        faults.append("order of causes")
    return faults


def _accused(results: Sequence[Result]) -> str:
    if not results:
        return NOTHING
    return f"{sum(result.answer == LEAK for result in results)}/{len(results)}"


def _totals(results: Sequence[Result]) -> tuple[str, ...]:
    leaks = [result for result in results if result.expected in LEAKS]
    clean = [result for result in results if result.expected not in LEAKS]
    found = sum(result.answer == LEAK for result in leaks)
    accused = sum(result.answer == LEAK for result in clean)
    undecided = sum(result.answer == INCONCLUSIVE for result in results)
    failed = sum(result.answer == FAILED for result in results)
    missed = sum(result.answer in (CLEAN, CYCLE) for result in leaks)
    return (
        str(found),
        str(missed),
        str(accused),
        str(undecided),
        str(failed),
        _share(found, found + accused),
        _share(found, len(leaks)),
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else NOTHING


def _detail_rows(by_kind: dict[str, list[Result]], own: list[Result]) -> list[tuple[str, ...]]:
    """Return snapdiff's further rows: how often each part of the first finding is right, of all leaks with a truth."""
    cells: dict[str, Callable[[list[Result]], str]] = {
        "– first cause": lambda results: _rights(result.score.cause for result in results),
        "– main type": lambda results: _rights(result.score.type for result in results),
        "– born at": lambda results: _rights(result.score.born for result in results),
        "– grown at": lambda results: _rights(result.score.grown for result in results),
        "– all causes found": _causes_found,
        "– as many leaks as causes": lambda results: _rights(result.score.causes_count for result in results),
        "– causes in order": lambda results: _rights(result.score.causes_order for result in results),
        "– called a cycle": lambda results: _rights(
            result.answer == CYCLE if result.expected == "cycle" else None for result in results
        ),
    }
    rows = []
    for title, cell in cells.items():
        whole = cell(own)
        if whole != NOTHING:
            sums = [whole, *[""] * (len(TOTALS) - 1)]
            rows.append((title, *(cell(results).replace(NOTHING, "") for results in by_kind.values()), *sums))
    return rows


def _rights(answers: Iterable[bool | None]) -> str:
    known = [answer for answer in answers if answer is not None]
    return f"{sum(known)}/{len(known)}" if known else NOTHING


def _causes_found(results: list[Result]) -> str:
    pairs = [result.score.causes_found for result in results if result.score.causes_found is not None]
    return f"{sum(found for found, _ in pairs)}/{sum(whole for _, whole in pairs)}" if pairs else NOTHING
