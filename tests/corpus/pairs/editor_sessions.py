"""Editing sessions, found by their number through a WeakValueDictionary.

Each session listens to the bus with a bound method and is never taken off, so
the weak dictionary forgets nobody.
"""

import itertools
import weakref

numbers = itertools.count(1000)


class Bus:
    def __init__(self):
        self.listeners = []

    def subscribe(self, callback):
        self.listeners.append(callback)  # grown
        return callback

    def unsubscribe(self, callback):
        self.listeners.remove(callback)


class Session:
    def __init__(self, number, bus):
        self.number = number
        self.undo = ["open"]  # born
        self.bus = bus
        bus.subscribe(self.on_change)  # born

    def on_change(self, change):
        self.undo.append(change)

    def close(self):
        self.undo.append("close")


BUS = Bus()
SESSIONS = weakref.WeakValueDictionary()


def setup():
    pass


def iterate():
    number = next(numbers)
    session = Session(number, BUS)  # born
    SESSIONS[number] = session
    session.on_change("typed")
    session.close()
