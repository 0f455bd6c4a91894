"""The bookkeeping of a crawler: links of the present page, the last timings, one histogram for the fetches."""

import itertools
import random

rng = random.Random(11)
pages = itertools.count(1000)
HOSTS = ("alpha", "beta", "gamma", "delta")


class Histogram:
    def __init__(self):
        self.total = 0.0
        self.buckets = [0.0] * 6

    def observe(self, seconds):
        self.total += seconds
        self.buckets[min(5, int(seconds * 6))] += 1.0


class Metrics:
    def __init__(self):
        self.series = {}

    def observe(self, labels, seconds):
        histogram = self.series.get(labels)
        if histogram is None:
            histogram = Histogram()
            self.series[labels] = histogram
        histogram.observe(seconds)


METRICS = Metrics()
LINKS = set()
TIMINGS = {host: [] for host in HOSTS}


def crawl(number):
    page = f"/page/{number}"
    LINKS.clear()
    for target in range(7):
        LINKS.add((number, f"{page}/chapter/{target}"))
    for host in HOSTS:
        for _ in range(5):
            TIMINGS[host].append(rng.random())
        del TIMINGS[host][:-100]
    METRICS.observe(("fetch", "page"), rng.random())


def setup():
    pass


def iterate():
    crawl(next(pages))
