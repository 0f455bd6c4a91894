"""Workspaces that clean up at exit: every workspace registers its own `close` with atexit.

A workspace that is closed long before stays registered.
"""

import atexit
import itertools

numbers = itertools.count(1000)


class Workspace:
    def __init__(self, number):
        self.number = number
        self.files = {"main.txt": b"x" * 200}  # born
        atexit.register(self.close)  # born, grown

    def close(self):
        return self.number


def build(number):
    workspace = Workspace(number)  # born
    size = len(workspace.files["main.txt"])
    workspace.close()
    return size


def setup():
    pass


def iterate():
    assert build(next(numbers)) == 200
