"""Feature flags as attributes: every fortieth request brings an experiment for one of two slots."""

import itertools

requests = itertools.count(1)
SLOTS = ("experiment_a", "experiment_b")


class Rule:
    def __init__(self, share):
        self.share = share
        self.groups = ["a", "b"]


class Flags:
    def enable(self, name, share):
        setattr(self, name, Rule(share))

    def share(self, name):
        return getattr(self, name).share


FLAGS = Flags()


def refresh(number):
    name = SLOTS[number // 40 % 2]
    FLAGS.enable(name, number % 100)
    return FLAGS.share(name)


def setup():
    pass


def iterate():
    number = next(requests)
    if number % 40 == 0:
        assert refresh(number) < 100
