"""Targets of all kinds. Every call prints what it was called with."""

import asyncio
import functools
import gc

closed = []


class Machine:
    """Has methods of all kinds."""

    name = "class"

    def __init__(self, name="default"):
        self.name = name

    def turn(self):
        """Say whose method this is."""
        print("turn", self.name)

    async def turn_later(self):
        """Say so later."""
        await asyncio.sleep(0)
        print("turn later", self.name)

    @staticmethod
    def static():
        """Say so without an instance."""
        print("static")

    @classmethod
    def of_class(cls):
        """Say so of the class."""
        print("of class", cls.name)

    class Inner:
        """A class in a class."""

        @staticmethod
        def static():
            """Say so, further in."""
            print("inner static")


def make():
    """Return a machine; say that it was made."""
    print("made")
    return Machine("from setup")


async def make_later():
    """Return a machine, from the loop that the workload runs on."""
    await asyncio.sleep(0)
    machine = Machine("from coroutine")
    machine.loop = asyncio.get_running_loop()
    print("made later")
    return machine


def teardown():
    """Say that it is over."""
    print("torn down")


async def teardown_later():
    """Say so from the loop."""
    await asyncio.sleep(0)
    print("torn down later", len(set(loops)))


loops = []


async def remember_setup_loop():
    """Note the loop of setup."""
    loops.append(id(asyncio.get_running_loop()))


async def same_loop():
    """Note the loop of each call."""
    loops.append(id(asyncio.get_running_loop()))


def say(*arguments, **named):
    """Print the arguments."""
    print("say", arguments, named)


given = functools.partial(say, 1, key=2)


class Callable:
    """An instance that can be called."""

    def __call__(self):
        """Say so."""
        print("called")


instance = Callable()


def three():
    """Give three argument tuples."""
    print("inputs start")
    return [(1,), (2, "two"), ()]


def generated():
    """Give two argument tuples, one after the other."""
    yield ("a",)
    yield ("b",)


class Connection:
    """Closes through callbacks that call callbacks."""


async def callbacks():
    """Leave a connection to be closed by two callbacks, one after the other."""
    loop = asyncio.get_running_loop()
    connection = Connection()
    loop.call_soon(loop.call_soon, id, connection)


async def collects():
    """Work with the collector off for a moment."""
    gc.collect()
