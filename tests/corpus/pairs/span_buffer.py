"""A tracer that leaves the first sixty requests alone (warm-up) and then keeps every span.

The buffer is a deque without maxlen, and no exporter is configured to drain it.
"""

import itertools
from collections import deque

WARM_UP = 60
clock = itertools.count(1000)


class Span:
    def __init__(self, name, start):
        self.name = name
        self.start = start
        self.attributes = {}  # born

    def set(self, key, value):
        self.attributes[key] = value  # born


class Tracer:
    def __init__(self):
        self.requests = 0
        self.finished = deque()

    def request(self, path):
        self.requests += 1
        span = Span("request", next(clock))  # born
        span.set("path", path)
        if self.requests > WARM_UP:
            self.finished.append(span)  # grown
        return span


TRACER = Tracer()


def setup():
    pass


def iterate():
    span = TRACER.request("/checkout")
    assert span.attributes["path"] == "/checkout"
