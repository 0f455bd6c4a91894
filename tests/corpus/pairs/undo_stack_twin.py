"""The undo steps of an editor: a linked list, newest first, cut behind the fiftieth."""

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
    head = Step(action, position, head)
    step = head
    for _ in range(49):
        step = step.next or step
    step.next = None
    return head


def setup():
    pass


def iterate():
    step = push("insert", next(numbers))
    assert step is head
