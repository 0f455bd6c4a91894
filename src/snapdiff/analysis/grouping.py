"""Findings of one cause, put together: containers that hold the same survivors, or that grow at the same line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from snapdiff.analysis.model import Finding
from snapdiff.analysis.paths import Grown
from snapdiff.analysis.sentences import finding_sentence


def holding_the_same(found: list[tuple[Grown, Finding]], causes: dict[int, Any]) -> list[Finding]:
    """Put containers that hold the same survivors together: the first that is reached is named, the others beside it.

    The second container gains entries and no objects of its own, at the rate of the first, and reaches more than it
    would free.
    """
    kept: list[tuple[Grown, Finding]] = []
    for grown, finding in sorted(found, key=lambda each: (each[1].unit != "objects", each[0].node.number)):
        first = next((at for at, (other, _) in enumerate(kept) if _holds_the_same(grown, finding, other, causes)), None)
        if first is None:
            kept.append((grown, finding))
        elif finding.container is not None:
            other, named = kept[first]
            kept[first] = (other, replace(named, other_containers=(*named.other_containers, finding.container.path)))
    return [finding for _, finding in kept]


def on_one_line(findings: list[Finding]) -> list[Finding]:
    """Put containers of one type that grow at one line by one type together: lists under several keys are one cause."""
    kept: dict[object, Finding] = {}
    for at, finding in enumerate(findings):
        key: object = at
        if finding.grown_at and finding.container is not None:
            frame = finding.grown_at[0].frame
            key = (finding.verdict, finding.type, finding.container.type, finding.unit, frame.file, frame.line)
        kept[key] = _together(kept[key], finding) if key in kept else finding
    return _of_one_owner(list(kept.values()))


def _of_one_owner(findings: list[Finding]) -> list[Finding]:
    """Put attributes of one owner that grow at one line by as much together: the parts of one structure."""
    kept: dict[object, Finding] = {}
    for at, finding in enumerate(sorted(findings, key=lambda each: -each.bytes_per_iteration)):
        key: object = at
        if finding.grown_at and finding.container is not None:
            owner = finding.container.path.rpartition(".")[0]
            frame = finding.grown_at[0].frame
            key = (finding.verdict, owner, frame.file, frame.line, finding.growth[-1]) if owner else at
        first = kept.setdefault(key, finding)
        if first is not finding and finding.container is not None:
            kept[key] = replace(first, other_containers=(*first.other_containers, finding.container.path))
    return list(kept.values())


def _together(first: Finding, second: Finding) -> Finding:
    shares = (first.leak_share_bytes, second.leak_share_bytes)
    alone = (first.not_shared_bytes, second.not_shared_bytes)
    path = second.container.path if second.container is not None else ""
    more = {row.frame: row.born or 0 for row in second.born_at}
    born = tuple(
        replace(row, born=None if row.born is None else row.born + more.get(row.frame, 0)) for row in first.born_at
    )
    together = replace(
        first,
        objects_per_iteration=first.objects_per_iteration + second.objects_per_iteration,
        bytes_per_iteration=first.bytes_per_iteration + second.bytes_per_iteration,
        growth=summed([first.growth, second.growth]),
        born_at=born,
        leak_share_bytes=None if None in shares else sum(each or 0 for each in shares),
        not_shared_bytes=None if None in alone else sum(each or 0 for each in alone),
        other_containers=(*first.other_containers, path),
        rise=_both(first.rise, second.rise),
        bytes_rise=_both(first.bytes_rise, second.bytes_rise),
        curve=tuple((calls, one + two) for (calls, one), (_, two) in zip(first.curve, second.curve, strict=False)),
    )
    return with_sentence(together)


def _both(one: tuple[float, float] | None, other: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if one is None or other is None else (one[0] + other[0], one[1] + other[1])


def _holds_the_same(grown: Grown, finding: Finding, other: Grown, causes: dict[int, Any]) -> bool:
    row = causes.get(grown.node.number)
    if grown.unit != "entries" or row is None or pd.isna(row.share) or row.share <= row.alone:
        return False
    if pd.isna(row.partner) or int(row.partner) != other.node.number:
        return False
    keys_only = all(node.edge == "{key}" for node in grown.below if any(node.objects[1:]))
    return (finding.unit == "entries" or keys_only) and other.growth[-1] == grown.growth[-1]


def with_sentence(finding: Finding) -> Finding:
    """Return the finding with its sentence."""
    return replace(finding, sentence=finding_sentence(finding))


def summed(rows: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """Return the sum of some rows of numbers, one a round."""
    return tuple(sum(column) for column in zip(*rows, strict=False))
