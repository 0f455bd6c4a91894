"""Views watch the model with a weak reference whose callback closes over the view's state.

The references are kept in a list, the model never dies, so the callbacks stay.
"""

import itertools
import weakref

numbers = itertools.count(1000)


class Model:
    def __init__(self):
        self.value = 0


MODEL = Model()
watchers = []


def watch(model, state):
    def gone(reference):
        state["open"] = False

    reference = weakref.ref(model, gone)  # born
    watchers.append(reference)  # grown
    return reference


def show(number):
    state = {"view": number, "open": True}  # born
    reference = watch(MODEL, state)  # born
    return reference() is not None and state["open"]


def setup():
    pass


def iterate():
    assert show(next(numbers))
