"""Thumbnails in an ordered dict that is an LRU cache of 64 entries."""

import itertools
from collections import OrderedDict

pictures = itertools.count(1000)


class ThumbnailCache:
    def __init__(self, capacity):
        self.capacity = capacity
        self.entries = OrderedDict()

    def get(self, key):
        if key in self.entries:
            self.entries.move_to_end(key)
            return self.entries[key]
        value = self.render(key)
        self.entries[key] = value
        if len(self.entries) > self.capacity:
            self.entries.popitem(last=False)
        return value

    def render(self, key):
        return [key[-1], *range(30)]


CACHE = ThumbnailCache(64)


def setup():
    pass


def iterate():
    name = f"picture-{next(pictures)}"
    assert CACHE.get(name) is CACHE.get(name)
