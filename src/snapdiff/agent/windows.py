"""How a round is divided by sub-checkpoints."""

from __future__ import annotations

import math

_GOLDEN = (math.sqrt(5) - 1) / 2


def even(iterations: int, parts: int) -> list[int]:
    """Split a round into so many windows, as equal as they can be; none is empty."""
    parts = max(1, min(parts, iterations))
    edges = [iterations * part // parts for part in range(parts + 1)]
    return [end - start for start, end in zip(edges, edges[1:])]


def uneven(iterations: int, parts: int) -> list[int]:
    """Split an extra round at multiples of the golden section, which no period of a buffer aligns with.

    Six equal windows of 302, 604 and 1,208 calls are 50, 101 and 201 long: a buffer that is emptied every fifty calls
    has the same length at the end of each.
    """
    edges = sorted({0, iterations, *(int(iterations * (part * _GOLDEN % 1)) for part in range(1, parts))})
    return [end - start for start, end in zip(edges, edges[1:])]
