"""A program with a large heap: one workload keeps an order a call, the other keeps nothing.

`SNAPDIFF_BENCH_OBJECTS` says how many objects the collector tracks after `setup`.
"""

from __future__ import annotations

import itertools
import os

from speed import heap

KEPT: list[heap.Order] = []
_NUMBERS = itertools.count(1_000_000_000)


def setup() -> None:
    """Build the heap."""
    heap.build(int(os.environ["SNAPDIFF_BENCH_OBJECTS"]))


def _order() -> heap.Order:
    return heap.Order(heap.CUSTOMERS["customer 1"], next(_NUMBERS))


def leak() -> None:
    """Keep one order."""
    KEPT.append(_order())


def clean() -> None:
    """Make one order and keep nothing."""
    _order()
