"""A heap with one of everything that a walk could stumble over."""

# ruff: noqa: B905, E501, RUF012

import array
import collections
import contextvars
import ctypes
import dataclasses
import datetime
import decimal
import enum
import functools
import io
import mmap
import re
import sqlite3
import ssl
import sys
import threading
import types
import weakref
import xml.etree.ElementTree

import numpy

KEPT = []


class Refuses(type):
    """A class that may not be asked, compared, or used as a key."""

    def __getattribute__(cls, name):
        raise RuntimeError(name)

    def __eq__(cls, other):
        raise RuntimeError("compared")

    def __hash__(cls):
        raise RuntimeError("hashed")


Guarded = Refuses("Guarded", (), {"__slots__": ("held",)})


class Plain:
    shared = ["of the class"]

    def __init__(self, number):
        self.number = number + 1000
        self.name = f"plain {number}"
        if number % 3 == 0:
            self.sometimes = [number]
        if number % 4 == 0:
            del self.name

    @property
    def computed(self):
        raise RuntimeError("called")

    def use(self):
        return self.number, self.name, self.sometimes, self.computed, self.shared, self.never


class Slots:
    __slots__ = ("__dict__", "__weakref__", "filled", "never")

    def __init__(self):
        self.filled = [1]
        self.extra = {"a": [2]}


class Wide:
    def __init__(self):
        for number in range(60):
            setattr(self, f"attribute_{number}", [number])


class Texts(str):
    pass


class Numbers(int):
    pass


class Names(dict):
    def __init__(self):
        super().__init__({1: "one", (2, 3): [4]})
        self.beside = ["dict"]


class Row(list):
    __slots__ = ("label",)


class Pair(tuple):
    pass


class Bag(set):
    pass


class Line(collections.deque):
    pass


class Colour(enum.Enum):
    RED = [1]
    BLUE = [2]


@dataclasses.dataclass(slots=True)
class Point:
    x: float
    y: list


Both = collections.namedtuple("Both", "left right")


class Same:
    """Keys of one hash."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return 7


def generate(data):
    local = [data]
    yield local
    yield data


async def wait(data):
    local = [data]
    await types.coroutine(lambda: (yield local))()


async def emit(data):
    yield [data]


def nest(depth):
    linked = inner = []
    for _ in range(depth):
        inner.append([])
        inner = inner[0]
    return linked


class Link:
    def __init__(self, following):
        self.following = following


def chain(length):
    first = None
    for _ in range(length):
        first = Link(first)
    return first


def caught():
    try:
        try:
            raise ValueError([1])
        except ValueError as error:
            raise KeyError("second") from error
    except KeyError as error:
        error.detail = ["noted"]
        return error


def cached():
    bounded = functools.lru_cache(maxsize=3)(lambda key: [key])
    unbounded = functools.lru_cache(maxsize=None)(lambda key: [key])
    unbounded.attribute = ["beside"]
    for number in range(1000, 1010):
        bounded(number)
        unbounded(number)
    return bounded, unbounded


def context():
    made = contextvars.copy_context()
    variables = [contextvars.ContextVar(f"variable_{number}") for number in range(300)]
    made.run(lambda: [variable.set([number]) for number, variable in enumerate(variables)])
    return made, variables


def module():
    made = types.ModuleType("made_here")
    made.__dict__[5] = "not a name"
    made.data = {"key": [1]}
    sys.modules["made_here"] = made
    return [made, types.ModuleType.__new__(types.ModuleType)]


def defaulted(first=[1], *, second={"x": [2]}):  # noqa: B006
    return first, second


def setup():
    """Fill the heap."""
    plain = [Plain(number) for number in range(50)]
    plain[7].__dict__["added"] = [1]
    vars(plain[8])
    other = Plain(1)
    other.__class__ = type("Renamed", (Plain,), {})
    running, exhausted = generate([1]), generate([2])
    next(running)
    list(exhausted)
    suspended = wait([3])
    suspended.send(None)
    closed = io.StringIO("closed")
    closed.close()
    objects = numpy.empty((4, 5), dtype=object)
    objects[1, 2] = ["in an array"]
    guarded = Guarded()
    type.__getattribute__(Guarded, "held").__set__(guarded, ["slot"])
    local = threading.local()
    local.value = ["local"]
    zone = datetime.timezone(datetime.timedelta(hours=1), "far")
    target = Slots()
    long_name = "n" * 300
    KEPT.extend(
        [
            plain, other, running, exhausted, suspended, emit([4]), closed, io.StringIO("open"), io.BytesIO(b"x" * 999),
            objects, objects[::-1, ::2], numpy.zeros((0, 3), dtype=object), numpy.arange(100)[::3], guarded, local,
            datetime.datetime.now(zone), datetime.time(1, tzinfo=zone), datetime.datetime.now(), target,
            weakref.ref(target), weakref.proxy(target), weakref.WeakValueDictionary({"a": target}), Wide(), Names(),
            Texts("text"), Numbers(10**40), 10**500, -(10**30), Row([[1], [2]]), Pair(([1], 2)), Bag({("a", 5000)}),
            Line([[1], [2]], maxlen=9), collections.deque([[1]]), collections.OrderedDict(a=[1]),
            collections.defaultdict(list, {"b": [2]}), collections.Counter("hello"), collections.ChainMap({"c": [1]}),
            types.MappingProxyType({"d": [1]}), memoryview(bytearray(b"abc")), array.array("d", [1.5] * 50),
            Point(1.5, [2]), Both([1], {2: [3]}), Colour, list(Colour), {Same(number): [number] for number in range(40)},
            slice([1], 2000, None), range(1000, 2000, 300), functools.partial(print, [1], end=""), cached(), context(),
            caught(), re.compile("(a)(b)?"), re.compile("x+").match("xx"), decimal.Decimal("1.25"),
            xml.etree.ElementTree.fromstring("<a b='c'><d>text</d></a>"), sqlite3.connect(":memory:"),
            ssl.create_default_context(), mmap.mmap(-1, 4096), (ctypes.c_int * 5)(), ctypes.pointer(ctypes.c_int(3000)),
            module(), nest(50_000), chain(50_000), defaulted, property(lambda self: [1]), staticmethod(defaulted),
            classmethod(defaulted), {"\ud800": [1], "\U0001f600": [2], "ä": [3]}, type("ä" * 150, (), {long_name: [1]})(),
            type(long_name, (), {})(), frozenset([("x", 9999)]), (), ((), ((),)), {}, {"nested": {"deep": {"x": [1]}}},
            complex(1, 2), 1.5, b"bytes" * 100, "text" * 100, bytearray(5000), types.SimpleNamespace(a=[1]),
            functools.singledispatch(lambda value: value), threading.Lock(), threading.Condition(), iter([1, 2]),
            zip([1], [2]), map(str, [1]), enumerate([5]), types.GenericAlias(list, (int,)), int | str, Ellipsis,
        ]
    )  # fmt: skip


calls = [0]


def iterate():
    """Keep a little more, and a class of its own."""
    calls[0] += 1
    KEPT.append([Plain(calls[0]), type(f"Made{calls[0]}", (Slots,), {"table": {"key": [calls[0]]}})()])
