"""Feature flags as attributes: every fortieth request brings a new experiment with a name of its own."""

import itertools

requests = itertools.count(1)


class Rule:
    def __init__(self, share):
        self.share = share
        self.groups = ["a", "b"]  # born


class Flags:
    def enable(self, name, share):
        setattr(self, name, Rule(share))  # born, grown

    def share(self, name):
        return getattr(self, name).share


FLAGS = Flags()


def refresh(number):
    name = f"experiment_{number // 40}"  # born
    FLAGS.enable(name, number % 100)
    return FLAGS.share(name)


def setup():
    pass


def iterate():
    number = next(requests)
    if number % 40 == 0:
        assert refresh(number) < 100
