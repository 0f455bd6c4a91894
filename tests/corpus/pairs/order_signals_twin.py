"""Signals of a shop: a basket connects a lambda that closes over it and is disconnected at the end."""

import itertools

baskets = itertools.count(1000)


class Signal:
    def __init__(self, name):
        self.name = name
        self.slots = []

    def connect(self, slot):
        self.slots.append(slot)
        return slot

    def disconnect(self, slot):
        self.slots.remove(slot)


SIGNALS = {name: Signal(name) for name in ("paid", "shipped")}


class Basket:
    def __init__(self, number):
        self.number = number
        self.state = "new"


def check_out(number):
    basket = Basket(number)
    slot = SIGNALS["paid"].connect(lambda state: setattr(basket, "state", state))
    slot("paid")
    SIGNALS["paid"].disconnect(slot)
    return basket.state


def setup():
    pass


def iterate():
    assert check_out(next(baskets)) == "paid"
