"""An application with a large heap: one workload keeps an order a call, the other keeps nothing.

`SNAPDIFF_BENCH_OBJECTS` says how many objects the collector tracks after `setup`; `SNAPDIFF_BENCH_HEAP` how they lie.
"""

from __future__ import annotations

import itertools
import os

from speed import application, heap

KEPT: list[heap.Order] = []
_CUSTOMER = heap.Customer(0)
_NUMBERS = itertools.count(1_000_000_000)


def setup() -> None:
    """Build the heap."""
    scattered = os.environ["SNAPDIFF_BENCH_HEAP"] == heap.SCATTERED
    application.build(int(os.environ["SNAPDIFF_BENCH_OBJECTS"]), scattered)


def _order() -> heap.Order:
    return heap.Order(_CUSTOMER, next(_NUMBERS))


def leak() -> None:
    """Keep one order."""
    KEPT.append(_order())


def clean() -> None:
    """Make one order and keep nothing."""
    _order()
