"""Nodes of a graph are registered weakly and carry a finalizer.

The graph is cyclic, so they go at a collection only.
"""

import weakref

nodes = weakref.WeakSet()
annotations = weakref.WeakKeyDictionary()
finalized = 0


def setup():
    pass


def note(_name):
    global finalized
    finalized += 1


class Node:
    def __init__(self, name):
        self.name = name
        self.links = []
        nodes.add(self)
        annotations[self] = {"name": name}
        weakref.finalize(self, note, name).atexit = False


def iterate():
    a, b, c = Node("a"), Node("b"), Node("c")
    a.links += [b, c]
    b.links += [c, a]
    c.links += [a]
