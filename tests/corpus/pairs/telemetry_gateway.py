"""A gateway that keeps device states by region and device, and raw samples in an array.

Both grow for reasons of their own: devices get a new number with every start, and
the samples are never sent on.
"""

import itertools
from array import array

starts = itertools.count(1000)
states = {"north": {}, "south": {}}
samples = array("d")


def report(region, device, temperature):
    states[region].setdefault(device, {})  # born, grown
    states[region][device]["status"] = {"temperature": temperature, "alarm": False}  # born, grown


def sample(values):
    samples.extend(values)  # born, grown


def start(number):
    for region in ("north", "south"):
        report(region, f"device-{number}", 20.5)  # born
    sample(value / 8 for value in range(16))


def setup():
    pass


def iterate():
    start(next(starts))
    assert len(samples) >= 16
