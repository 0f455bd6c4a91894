"""Hooks of a plug-in system; the dispatcher forgets a callback once it was called."""

import functools
import itertools

events = itertools.count(1000)
hooks = []


class Subscription:
    def __init__(self, number):
        self.number = number
        self.callback = functools.partial(divmod, number)


class Dispatcher:
    def __init__(self):
        self.callbacks = []

    def dispatch(self, event):
        self.callbacks.append(event.callback)
        return self.callbacks.pop()(10)


def setup():
    hooks.append(Dispatcher().dispatch)


def iterate():
    event = Subscription(next(events))
    for hook in hooks:
        quotient, rest = hook(event)
        assert quotient * 10 + rest == event.number
