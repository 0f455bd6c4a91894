"""Hooks of a plug-in system. The only thing that refers to the dispatcher is a bound method of it.

Subscriptions are delivered as events; the dispatcher keeps their callbacks after use.
"""

import functools
import itertools

events = itertools.count(1000)
hooks = []


class Subscription:
    def __init__(self, number):
        self.number = number
        self.callback = functools.partial(divmod, number)  # born


class Dispatcher:
    def __init__(self):
        self.callbacks = []

    def dispatch(self, event):
        self.callbacks.append(event.callback)  # grown
        return self.callbacks[-1](10)


def setup():
    hooks.append(Dispatcher().dispatch)


def iterate():
    event = Subscription(next(events))
    for hook in hooks:
        quotient, rest = hook(event)
        assert quotient * 10 + rest == event.number
