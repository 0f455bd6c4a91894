"""The settings of a program: a singleton that keeps the history of all changes in a UserList."""

import itertools
from collections import UserList

changes = itertools.count(1000)


class History(UserList):
    def record(self, key, old, new):
        self.append({"key": key, "old": old, "new": new})  # born, grown


class Settings:
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.values = {}
            cls._instance.history = History()
        return cls._instance

    def set(self, key, value):
        self.history.record(key, self.values.get(key), value)
        self.values[key] = value


def setup():
    pass


def iterate():
    number = next(changes)
    Settings().set("volume", number)
    assert Settings().values["volume"] == number
