"""What a person can get wrong in a target."""

from functools import partial

number = 7


def work():
    """Is fine."""


def wants(first, second=None, *, third):
    """Wants arguments."""


def gives_all():
    """Is a generator function."""
    yield


async def gives_all_later():
    """Is an asynchronous generator function."""
    yield


def returns_coroutine():
    """Returns a coroutine that nobody awaits."""

    async def inner():
        pass

    return inner()


class Machine:
    """Has a method."""

    def turn(self):
        """Turn."""


given = partial(wants, 1)


def fails():
    """Fails as a setup."""
    raise LookupError("no database here")


def exits():
    """Exits as a setup."""
    raise SystemExit(4)


def lists():
    """Gives lists instead of tuples."""
    return [[1], [2]]


def nothing():
    """Gives no arguments at all."""
    return []


def one_number():
    """Is not iterable."""
    return 7


def other_instance():
    """Returns what has no such method."""
    return object()


def one(value):
    """Take a value."""
