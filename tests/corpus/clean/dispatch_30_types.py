"""A serialiser is a singledispatch function; the 30 message types of the protocol arrive one by one."""

import functools


class Message:
    def __init__(self, number):
        self.number = number


TYPES = [type("Message%02d" % number, (Message,), {"code": number}) for number in range(30)]
_n = 0


def setup():
    pass


@functools.singledispatch
def serialise(value):
    return str(value)


@serialise.register
def _(value: Message):
    return "%d:%d" % (value.code, value.number)


@serialise.register
def _(value: list):
    return ",".join(serialise(item) for item in value)


def iterate():
    global _n
    _n += 1
    serialise([TYPES[_n % 30](_n), _n])
