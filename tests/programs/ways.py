"""Ways to be held that were named wrongly once, or not at all."""

import asyncio
import contextvars
import functools
import threading
from collections import ChainMap

LOCAL = threading.local()
LOCAL.seen = []
scope = ChainMap({})
numbers = iter(range(1000, 10**9))


class Key:
    """A key whose slot is cached for ever, under a property."""

    def __init__(self, number):
        self.number = number

    @property
    @functools.cache  # noqa: B019  that is the defect
    def slot(self):
        """Return a slot."""
        return [self.number]


class Timer:
    """What a timer calls."""

    def ring(self):
        """Do nothing."""


async def timers():
    """Start a timer that rings in an hour."""
    asyncio.get_running_loop().call_later(3600, Timer().ring)


def variable_per_call():
    """Set a context variable that is made here."""
    contextvars.ContextVar("request").set([next(numbers)])


def owner_replaced():
    """Replace the scope by a child of it."""
    global scope
    scope = scope.new_child({"a": next(numbers)})


def cached_under_a_property():
    """Ask a new key for its slot."""
    return Key(next(numbers)).slot


@functools.lru_cache(maxsize=5000)
def half(number):
    """Return a dict, of which the cache keeps five thousand."""
    return {"half": number / 2}


def bounded():
    """Ask for a new half."""
    half(next(numbers))


def decorate(function):
    """Return the function as it is."""
    return function


handlers = []


def decorated_per_call():
    """Register a handler that is defined here."""

    @decorate
    def handler():
        return None

    handlers.append(handler)


class Store:
    """Keeps rows up to a capacity, and what failed for ever."""

    def __init__(self):
        self.capacity = 3000
        self.rows = []
        self.failed = []

    def add(self, row):
        """Keep a row in place of the oldest."""
        self.rows.append(row)
        if len(self.rows) > self.capacity:
            del self.rows[0]

    def fail(self, row):
        """Keep a row to try again."""
        self.failed.append(row)


store = Store()


def bounded_by_a_neighbour():
    """Keep a row."""
    store.add([next(numbers)])


def beside_a_limit_of_something_else():
    """Keep a row that failed."""
    store.fail([next(numbers)])
