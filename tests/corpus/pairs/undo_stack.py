"""The undo steps of an editor: a linked list, newest first, that is never cut."""

import itertools

numbers = itertools.count(1000)
head = None


class Step:
    def __init__(self, action, position, next):
        self.action = action
        self.position = position
        self.next = next


def push(action, position):
    global head
    head = Step(action, position, head)  # born, grown
    return head


def setup():
    pass


def iterate():
    step = push("insert", next(numbers))
    assert step is head
