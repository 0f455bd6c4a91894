"""Curves with fewer points and the same look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Point = TypeVar("Point")

#: Points kept of each stretch: its first, its lowest and its highest.
_KEPT_OF_A_STRETCH = 3


def thin(points: Sequence[Point], limit: int, height: Callable[[Point], float]) -> tuple[Point, ...]:
    """Return at most `limit` of `points`, in order, with the first, the last and every peak of `height`.

    The curve is cut into equal stretches, and of each the first, the lowest and the highest point are
    kept: a spike that lasted one sample out of 200,000 is still there, which plain striding would lose.
    """
    if len(points) <= limit:
        return tuple(points)
    stretches = max(1, (limit - 1) // _KEPT_OF_A_STRETCH)
    kept = {len(points) - 1}
    for stretch in range(stretches):
        begin = len(points) * stretch // stretches
        end = len(points) * (stretch + 1) // stretches
        kept.add(begin)
        kept.add(min(range(begin, end), key=lambda index: height(points[index])))
        kept.add(max(range(begin, end), key=lambda index: height(points[index])))
    return tuple(points[index] for index in sorted(kept))
