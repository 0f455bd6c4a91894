"""A device driver and its channels refer to each other, and each has a __del__ that releases a slot."""

slots = set()
released = 0
_n = 0


def setup():
    pass


class Channel:
    def __init__(self, driver, slot):
        self.driver = driver
        self.slot = slot
        slots.add(slot)

    def __del__(self):
        global released
        slots.discard(self.slot)
        released += 1


class Driver:
    def __init__(self, number):
        self.channels = [Channel(self, (number, index)) for index in range(3)]

    def __del__(self):
        self.channels = []


def iterate():
    global _n
    _n += 1
    Driver(_n)
