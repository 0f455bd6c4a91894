"""A thumbnail service keeps the 1000 most recently used thumbnails in an OrderedDict."""

import collections


class ThumbnailCache:
    KEEP = 1000

    def __init__(self):
        self._items = collections.OrderedDict()
        self.hits = self.misses = 0

    def get(self, key, make):
        try:
            item = self._items[key]
        except KeyError:
            self.misses += 1
            item = self._items[key] = make(key)
            if len(self._items) > self.KEEP:
                self._items.popitem(last=False)
        else:
            self.hits += 1
            self._items.move_to_end(key)
        return item


thumbnails = ThumbnailCache()
_n = 0


def setup():
    pass


def render(key):
    return [key, bytearray(24), {"format": "webp", "quality": 80}]


def iterate():
    global _n
    _n += 1
    thumbnails.get(_n, render)
    thumbnails.get(max(1, _n - 3), render)
