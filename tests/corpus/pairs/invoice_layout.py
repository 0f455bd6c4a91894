"""Invoices are laid out for printing, the layout cached by an unbounded cache on the method.

The cache's key contains `self`: every invoice ever laid out stays.
"""

import functools
import itertools

numbers = itertools.count(1000)


class Invoice:
    def __init__(self, number, amounts):
        self.number = number
        self.amounts = amounts

    @functools.lru_cache(maxsize=None)  # noqa: B019
    def layout(self, width):
        return [f"{amount:>{width}.2f}" for amount in self.amounts]  # born

    def render(self, width=12):
        return "\n".join(self.layout(width))  # grown


def setup():
    pass


def iterate():
    number = next(numbers)
    invoice = Invoice(number, [number * 1.19, number * 0.07])  # born
    assert invoice.render() == invoice.render()
