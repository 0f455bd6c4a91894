"""A size histogram has one bucket for each power of two; the sizes grow with the number of calls.

One more bucket comes whenever the number of calls has doubled: growth that fades and never adds up.
"""


class Bucket:
    def __init__(self, low):
        self.low = low
        self.count = 0
        self.examples = []

    def add(self, value):
        self.count += 1
        if len(self.examples) < 2:
            self.examples.append(value)


buckets = {}
_n = 0


def setup():
    pass


def observe(value):
    index = value.bit_length()
    if index not in buckets:
        buckets[index] = Bucket(1 << index >> 1)
    buckets[index].add(value)


def iterate():
    global _n
    _n += 1
    observe(_n)
