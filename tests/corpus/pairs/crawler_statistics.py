"""The bookkeeping of a crawler. Three parts of it grow, for three reasons:

the set of link pairs is never reset between crawls, the timings of every host are
all kept, and the histogram is labelled with the page's own address.
"""

import itertools
import random

rng = random.Random(11)
pages = itertools.count(1000)
HOSTS = ("alpha", "beta", "gamma", "delta")


class Histogram:
    def __init__(self):
        self.total = 0.0
        self.buckets = [0.0] * 6  # born

    def observe(self, seconds):
        self.total += seconds
        self.buckets[min(5, int(seconds * 6))] += 1.0


class Metrics:
    def __init__(self):
        self.series = {}

    def observe(self, labels, seconds):
        histogram = self.series.get(labels)
        if histogram is None:
            histogram = Histogram()  # born
            self.series[labels] = histogram  # grown
        histogram.observe(seconds)


METRICS = Metrics()
LINKS = set()
TIMINGS = {host: [] for host in HOSTS}


def crawl(number):
    page = f"/page/{number}"
    for target in range(7):
        LINKS.add((number, f"{page}/chapter/{target}"))  # born, grown
    for host in HOSTS:
        for _ in range(5):
            TIMINGS[host].append(rng.random())  # born, grown
    METRICS.observe(("fetch", page), rng.random())  # born


def setup():
    pass


def iterate():
    crawl(next(pages))
