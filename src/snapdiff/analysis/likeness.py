"""Which findings of two sides are one cause: by fingerprint, else by what else is the same of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from snapdiff.analysis.comparison import WEIGHING, Match
from snapdiff.analysis.model import Finding, Verdict

#: A fingerprint, and which of several findings of a run that have the same one.
Key = tuple[str, int]
_Runs = Sequence[Finding | None]
_Pair = tuple[_Runs | None, _Runs | None, Match, tuple[str, ...]]

#: Of container, type and line so many must agree. One alone is not enough: many leaks are of `dict`, and one function
#: can leak in several ways.
_ENOUGH = 2
_DIGITS = re.compile(r"\d+")


def pair_up(before: dict[Key, list[Finding | None]], after: dict[Key, list[Finding | None]]) -> list[_Pair]:
    """Pair what the runs of two sides found; each finding is in one pair, those without a partner alone."""
    before, after = _garbage_as_one(before), _garbage_as_one(after)
    pairs: list[_Pair] = [
        (findings, after[key], Match.FINGERPRINT, ()) for key, findings in before.items() if key in after
    ]
    left = [findings for key, findings in before.items() if key not in after]
    right = [findings for key, findings in after.items() if key not in before]
    close = [
        (-_weight(was) - _weight(now), -len(alike), first, second, alike)
        for first, was in enumerate(left)
        for second, now in enumerate(right)
        if _is_enough(alike := _alike(was, now), was, now)
    ]
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, _, first, second, alike in sorted(close):
        if first not in taken[0] and second not in taken[1]:
            taken[0].add(first)
            taken[1].add(second)
            pairs.append((left[first], right[second], Match.LIKENESS, alike))
    pairs += [(was, None, Match.NONE, ()) for at, was in enumerate(left) if at not in taken[0]]
    pairs += [(None, now, Match.NONE, ()) for at, now in enumerate(right) if at not in taken[1]]
    return pairs


def _garbage_as_one(found: dict[Key, list[Finding | None]]) -> dict[Key, list[Finding | None]]:
    """Put cyclic garbage of one type together where runs that were not traced do not know its line.

    Under `--trace auto` it depends on what else grows in a run whether it is traced.
    """
    kept = dict(found)
    for key, findings in found.items():
        for other, more in kept.items():
            apart = all(one is None or two is None for one, two in zip(findings, more, strict=True))
            if apart and _is_same_garbage(findings, more) and _places(_first(more)):
                kept[other] = [one or two for one, two in zip(findings, more, strict=True)]
                del kept[key]
                break
    return kept


def _is_same_garbage(one: _Runs, other: _Runs) -> bool:
    """Say whether both are cyclic garbage of one type, where one has no line. A run has one such finding."""
    first, second = _first(one), _first(other)
    cycles = first.verdict is second.verdict is Verdict.CYCLE
    return cycles and first.type is not None and first.type == second.type and not (_places(first) and _places(second))


def _first(findings: _Runs) -> Finding:
    return next(finding for finding in findings if finding is not None)


def _weight(findings: _Runs) -> int:
    """Leaks look for their like before harmless growth does."""
    return int(any(finding is not None and finding.verdict in WEIGHING for finding in findings))


def _is_enough(alike: tuple[str, ...], before: _Runs, after: _Runs) -> bool:
    """Where one side only is a leak, its container is enough: it is what the other says that it does not leak."""
    return (
        len(alike) >= _ENOUGH
        or ("container" in alike and _weight(before) != _weight(after))
        or _is_same_garbage(before, after)
    )


def _alike(before: _Runs, after: _Runs) -> tuple[str, ...]:
    """Return what two findings have in common, of `container`, `type` and `line`."""
    was, now = _first(before), _first(after)
    if was.domain != now.domain or (was.unit != now.unit and _weight(before) == _weight(after)):
        return ()
    agree = {
        "container": bool(_path(was)) and _path(was) == _path(now),
        "type": was.type is not None and was.type == now.type,
        "line": bool(_places(was) & _places(now)),
    }
    return tuple(name for name, same in agree.items() if same)


def _path(finding: Finding) -> str:
    return "" if finding.container is None else _DIGITS.sub("#", finding.container.path)


def _places(finding: Finding) -> set[tuple[str, str]]:
    """Return the functions in which it grows or is born: numbers of lines change with every edit."""
    frames = [*(row.frame for row in finding.grown_at), *(row.frame for row in finding.born_at)]
    return {(frame.file, frame.function or str(frame.line)) for frame in frames}
