"""A gateway that keeps device states by region and device, and the last samples in an array."""

import itertools
from array import array

starts = itertools.count(1000)
states = {"north": {}, "south": {}}
samples = array("d")


def report(region, device, temperature):
    states[region].setdefault(device, {})
    states[region][device]["status"] = {"temperature": temperature, "alarm": False}


def sample(values):
    samples.extend(values)
    del samples[:-160]


def start(number):
    for region in ("north", "south"):
        report(region, f"device-{number % 5}", 20.5)
    sample(value / 8 for value in range(16))


def setup():
    pass


def iterate():
    start(next(starts))
    assert len(samples) >= 16
