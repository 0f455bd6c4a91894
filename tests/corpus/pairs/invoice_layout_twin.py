"""Invoices are laid out for printing, the layout cached by a bounded cache on the method."""

import functools
import itertools

numbers = itertools.count(1000)


class Invoice:
    def __init__(self, number, amounts):
        self.number = number
        self.amounts = amounts

    @functools.lru_cache(maxsize=32)  # noqa: B019
    def layout(self, width):
        return [f"{amount:>{width}.2f}" for amount in self.amounts]

    def render(self, width=12):
        return "\n".join(self.layout(width))


def setup():
    pass


def iterate():
    number = next(numbers)
    invoice = Invoice(number, [number * 1.19, number * 0.07])
    assert invoice.render() == invoice.render()
