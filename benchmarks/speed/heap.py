"""The heap of few types that every tool is measured on: customers, their orders, and the lines of these.

Of sixteen tracked objects (instances with and without `__dict__`, dicts, lists) there are 37 untracked ones (strings,
ints, floats, tuples of these), so that a heap of one million has 3.3 million objects in all. There are cycles (an order
knows its customer) and objects with many holders (articles).

Built once it lies in memory in the order of its making, as after the start of a program. Scattered, a fifth of it was
replaced afterwards, as after some work: a collection, which goes by the order of making, then takes twice as long.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

IN_ORDER, SCATTERED = "in order", "scattered"
REPLACED = 5
"""Of a scattered heap every fifth is made anew."""

TRACKED_A_CUSTOMER = 16
"""Objects that the collector tracks, of one customer with two orders of three lines each."""

_ORDERS = 2
_LINES = 3
_ARTICLES = tuple(f"article {number}" for number in range(1000))


class Line:
    """One line of an order."""

    def __init__(self, number: int) -> None:
        self.article = _ARTICLES[number % len(_ARTICLES)]
        self.amount = number + 1000
        self.price = number * 0.25 + 0.5
        self.options = (f"colour {number}", number % 100)


class Order:
    """An order; one of the instances without a `__dict__`."""

    __slots__ = ("customer", "history", "lines", "number", "totals")

    def __init__(self, customer: Customer, number: int) -> None:
        self.customer = customer
        self.number = number + 1000
        self.lines = [Line(number + line) for line in range(_LINES)]
        self.history: list[object] = [f"made {number}", self.lines]
        self.totals = {"net": number * 1.5, "tax": number * 0.3, "lines": self.lines}


class Customer:
    """A customer with orders."""

    def __init__(self, number: int) -> None:
        self.name = f"customer {number}"
        self.address = (f"street {number}", "town", number + 10_000)
        self.orders = [Order(self, number * _ORDERS + order) for order in range(_ORDERS)]


CUSTOMERS: dict[str, Customer] = {}
"""All that was built, by name."""


def build(tracked: int, scattered: bool = False, below: int = 0) -> None:
    """Fill CUSTOMERS with so many tracked objects."""
    fill(_add, _remove, tracked // TRACKED_A_CUSTOMER, scattered, below)


def _add(number: int) -> None:
    customer = Customer(number)
    CUSTOMERS[customer.name] = customer


def _remove(number: int) -> None:
    del CUSTOMERS[f"customer {number}"]


def fill(
    add: Callable[[int], None], remove: Callable[[int], None], count: int, scattered: bool, below: int = 0
) -> None:
    """Add 0, 1, … up to a count, at least one, by calls from so many frames below this one.

    Tracebacks that are many frames deep cost tracemalloc more: `below` makes them as deep as it is set to record.
    """
    if below > 0:
        fill(add, remove, count, scattered, below - 1)
        return
    enabled = gc.isenabled()
    gc.disable()
    try:
        numbers = range(max(1, count))
        for number in numbers:
            add(number)
        if scattered:
            for number in numbers[::REPLACED]:
                remove(number)
            gc.collect()
            for number in numbers[::REPLACED]:
                add(number)
    finally:
        if enabled:
            gc.enable()
    # Twice: the first pass untracks the tuples, the second finds nothing to do.
    gc.collect()
    gc.collect()
