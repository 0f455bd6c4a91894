"""Keeps one item a call in a module-level list."""

ITEMS = []


class Item:
    pass


def keep():
    ITEMS.append(Item())
