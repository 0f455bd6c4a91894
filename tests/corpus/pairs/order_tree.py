"""Orders hang as branches in a tree: the region, the order, its lines.

A node knows its parent and the parent its children; shipped orders are not taken off.
"""

import itertools

numbers = itertools.count(1000)


class Node:
    def __init__(self, name, parent=None):
        self.name = name
        self.parent = parent
        self.children = {}  # born
        if parent is not None:
            parent.children[name] = self  # grown

    def detach(self):
        del self.parent.children[self.name]


ROOT = Node("orders")
NORTH = Node("north", ROOT)


def place(number):
    order = Node(f"order-{number}", NORTH)  # born
    for line in ("line-1", "line-2"):
        Node(line, order)  # born
    return order


def ship(order):
    return len(order.children)


def setup():
    pass


def iterate():
    order = place(next(numbers))
    assert ship(order) == 2
