"""A recency list of seven lookups a call: doubly linked entries with __slots__, and no bound."""

import itertools

keys = itertools.count(1000)


class Entry:
    __slots__ = ("key", "next", "prev", "value")

    def __init__(self, key, value):
        self.key = key
        self.value = value
        self.prev = self
        self.next = self


class Recency:
    def __init__(self):
        self.root = Entry(None, None)
        self.size = 0

    def add(self, key, value):
        entry = Entry(key, value)  # born
        entry.prev = self.root.prev  # grown
        entry.next = self.root
        entry.prev.next = entry  # grown
        self.root.prev = entry  # grown
        self.size += 1
        return entry


RECENT = Recency()


def setup():
    pass


def iterate():
    for _ in range(7):
        key = next(keys)
        assert RECENT.add(key, key % 10).next is RECENT.root
