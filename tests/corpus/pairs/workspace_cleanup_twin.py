"""Workspaces that clean up at exit: one function is registered with atexit and closes those still open."""

import atexit
import itertools

numbers = itertools.count(1000)
OPEN = set()


@atexit.register
def close_all():
    for workspace in list(OPEN):
        workspace.close()


class Workspace:
    def __init__(self, number):
        self.number = number
        self.files = {"main.txt": b"x" * 200}
        OPEN.add(self)

    def close(self):
        OPEN.discard(self)
        return self.number


def build(number):
    workspace = Workspace(number)
    size = len(workspace.files["main.txt"])
    workspace.close()
    return size


def setup():
    pass


def iterate():
    assert build(next(numbers)) == 200
