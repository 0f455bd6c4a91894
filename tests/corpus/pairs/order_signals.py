"""Signals of a shop: a basket connects a lambda that closes over it, and nobody disconnects it."""

import itertools

baskets = itertools.count(1000)


class Signal:
    def __init__(self, name):
        self.name = name
        self.slots = []

    def connect(self, slot):
        self.slots.append(slot)  # grown
        return slot

    def disconnect(self, slot):
        self.slots.remove(slot)


SIGNALS = {name: Signal(name) for name in ("paid", "shipped")}


class Basket:
    def __init__(self, number):
        self.number = number
        self.state = "new"


def check_out(number):
    basket = Basket(number)  # born
    slot = SIGNALS["paid"].connect(lambda state: setattr(basket, "state", state))  # born
    slot("paid")
    return basket.state


def setup():
    pass


def iterate():
    assert check_out(next(baskets)) == "paid"
