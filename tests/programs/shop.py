"""A shop that somebody works on: each function is what one version does in a call; `serve` is the one in use."""


class Item:
    def __init__(self, name):
        self.name = name


class Cart:
    by_id = {}  # noqa: RUF012 - the leak

    @classmethod
    def add(cls, name):
        item = Item(name)
        cls.by_id[id(item)] = item
        return item


visits = []


def keeps():
    """Keep every item."""
    Cart.add("book")


def lets_go():
    """Keep no item: what was kept before is mended."""
    item = Cart.add("book")
    del Cart.by_id[id(item)]


def keeps_two():
    """Keep twice as many items, and something else."""
    Cart.add("book")
    Cart.add("lamp")
    visits.append(object())


def dies():
    """End the process in the round of twenty calls."""
    import os

    visits.append(object())
    if len(visits) > 10:
        os._exit(9)


serve = keeps
