"""Views watch the model with a weak reference whose callback closes over the view's state, while they are shown."""

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

    reference = weakref.ref(model, gone)
    watchers.append(reference)
    return reference


def show(number):
    state = {"view": number, "open": True}
    reference = watch(MODEL, state)
    shown = reference() is not None and state["open"]
    watchers.remove(reference)
    return shown


def setup():
    pass


def iterate():
    assert show(next(numbers))
