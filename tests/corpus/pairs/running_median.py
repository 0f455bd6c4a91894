"""A running median of sensor values, computed by one generator that lives for ever.

Its sorted list of values is a local variable of the generator.
"""

import bisect
import random

rng = random.Random(5)


def running_median():
    values = []
    median = 0.0
    while True:
        value = yield median
        bisect.insort(values, value)  # grown
        median = values[len(values) // 2]


class Sensor:
    def __init__(self):
        self.median = running_median()
        next(self.median)

    def read(self):
        return rng.random()  # born

    def update(self):
        return self.median.send(self.read())


SENSOR = Sensor()


def setup():
    pass


def iterate():
    for _ in range(3):
        assert 0.0 <= SENSOR.update() <= 1.0
