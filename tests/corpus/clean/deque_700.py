"""A tracer keeps the last 700 finished spans in memory for the debug page."""

import collections


class Span:
    def __init__(self, name, started, ended):
        self.name = name
        self.started = started
        self.ended = ended
        self.tags = {"component": "http"}


class Tracer:
    def __init__(self):
        self.finished = collections.deque(maxlen=700)
        self.clock = 0

    def span(self, name):
        self.clock += 3
        self.finished.append(Span(name, self.clock - 3, self.clock))


tracer = Tracer()


def setup():
    pass


def iterate():
    tracer.span("GET /")
