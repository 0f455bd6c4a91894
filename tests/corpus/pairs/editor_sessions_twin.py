"""Editing sessions, found through a WeakValueDictionary; a session that closes stops listening to the bus."""

import itertools
import weakref

numbers = itertools.count(1000)


class Bus:
    def __init__(self):
        self.listeners = []

    def subscribe(self, callback):
        self.listeners.append(callback)
        return callback

    def unsubscribe(self, callback):
        self.listeners.remove(callback)


class Session:
    def __init__(self, number, bus):
        self.number = number
        self.undo = ["open"]
        self.bus = bus
        bus.subscribe(self.on_change)

    def on_change(self, change):
        self.undo.append(change)

    def close(self):
        self.undo.append("close")
        self.bus.unsubscribe(self.on_change)


BUS = Bus()
SESSIONS = weakref.WeakValueDictionary()


def setup():
    pass


def iterate():
    number = next(numbers)
    session = Session(number, BUS)
    SESSIONS[number] = session
    session.on_change("typed")
    session.close()
