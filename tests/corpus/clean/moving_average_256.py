"""A load monitor averages the last 256 samples; the window is a list of floats that is cut at its front."""


class MovingAverage:
    def __init__(self, window):
        self.window = window
        self.samples = []

    def add(self, value):
        self.samples.append(value)
        if len(self.samples) > self.window:
            self.samples.pop(0)
        return sum(self.samples) / len(self.samples)


load = MovingAverage(256)
_n = 0


def setup():
    pass


def iterate():
    global _n
    _n += 1
    load.add(_n % 17 / 16.0 + 1000.0)
