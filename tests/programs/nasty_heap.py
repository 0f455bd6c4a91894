"""Objects that a walk could stumble over. Each function keeps some more of one sort."""

# ruff: noqa: B019, B039, RUF012, E501
import array
import asyncio
import collections
import contextlib
import contextvars
import ctypes
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import gc
import inspect
import io
import itertools
import mmap
import operator
import pickle
import random
import re
import sqlite3
import ssl
import struct
import sys
import threading
import types
import weakref
import zlib
import zoneinfo
from xml.etree import ElementTree

kept = []
DEEP = 100_000


class Plain:
    def __init__(self, *values):
        self.values = values
        self.other = [values]

    def method(self):
        return self.values, self.missing, self.extra


# -- collections and numbers ---------------------------------------------------------------------------------------


class Dict(dict):
    __slots__ = ("__dict__", "slot")


class List(list):
    __slots__ = ("slot",)


class Set(set):
    pass


class FrozenSet(frozenset):
    __slots__ = ("__dict__", "slot")


class Tuple(tuple):
    pass


class Deque(collections.deque):
    __slots__ = ("__dict__", "slot")


class Text(str):
    pass


class SlottedText(str):
    __slots__ = ()


class Number(int):
    pass


class Float(float):
    __slots__ = ("slot",)


class Octets(bytes):
    pass


class Array(bytearray):
    pass


Point = collections.namedtuple("Point", "x y")


class Subpoint(Point):
    pass


def collections_and_numbers():
    number = len(kept) + 1000
    made = [
        Dict({number: "int key", ("tuple", number): 1, None: 2, Text("k"): 3, 1.5: 4, b"bytes": 5}),
        List([number, [number], List]),
        Set([number, (number, "set"), "text"]),
        FrozenSet([number, (number, "frozen")]),
        Tuple([number, [number], "tuple"]),
        Deque([[number], {}, Deque], maxlen=100),
        Text(f"text {number}"),
        Text(f"text ж {number}"),
        Number(number),
        Number(-(2**200) - number),
        Number(0),
        Float(number),
        Octets(b"octets " + str(number).encode()),
        Array(b"array " + str(number).encode()),
        Subpoint(number, [number]),
        collections.OrderedDict({number: [number]}, name=number),
        collections.defaultdict(list, {number: [number], "named": 1}),
        collections.Counter(f"number {number}"),
        collections.ChainMap({number: 1}, {"a": [2]}),
        collections.UserDict({number: [1]}),
    ]
    for each in made:
        with contextlib.suppress(AttributeError):
            each.slot = ["slot", number]
        with contextlib.suppress(AttributeError):
            each.attribute = ["attribute", number]
            each.second = number
    kept.append(made)
    kept.append(
        [
            Point(number, [number]), SlottedText(f"slotted {number}"), 2**10_000 + number, -(2**64) - number, 10**40,
            -number, 1e300 * number, complex(number, 1), range(number, 10**30, 3), slice([number], 1, Plain(number)),
            types.MappingProxyType({"a": [number]}), {}.keys(), {number: [1]}.items(), {"a": number}.values(),
            (number, (number, ())), {"x": number}, {"x": (number, "y")}, {number}, frozenset([(number,)]), bytes(300),
            "é" * 300, "ж" * 300, "🂡" * 300, f"\ud800 surrogate {number}", {"\ud800" * 3: [number]},
            {"🂡": 1, "\udfff": [number]}, {"n" * 30: {"deep": [number]}}, collections.deque([[number]], maxlen=3),
            iter([number]), reversed([number, [1]]), iter({number: [1]}), enumerate([[number]]), zip([[number]], [2], strict=False),
            map(len, [[number]]), filter(None, [[number]]), itertools.chain([[number]], [2]), itertools.count(number),
            itertools.cycle([[number]]), itertools.tee([number])[0], itertools.groupby([[number]]), sys.version_info,
            sys.flags, operator.attrgetter("a.b"), operator.itemgetter(number, [1]), operator.methodcaller("f", number),
            types.SimpleNamespace(a=[number], **{"b c": 1}), types.GenericAlias(list, (int, Plain)), int | str | None,
        ]
    )  # fmt: skip
    empty = [[], (), {}, set(), frozenset(), Dict(), List(), Set(), Tuple(), Deque()]
    kept.append(empty)
    recursive = List()
    recursive.append(recursive)
    recursive.slot = {"self": recursive}
    kept.append(recursive)


# -- attributes ----------------------------------------------------------------------------------------------------


class Slots:
    __slots__ = ("never_set", "is_set", "__private", "s" * 120)

    def __init__(self):
        self.is_set = [1]
        self.__private = ["private"]


class SlotsAndDict(Slots):
    __slots__ = ("__dict__", "__weakref__", "later")

    def method(self):
        return self.dynamic, self.later, self.never_set


class BorrowedSlot:
    """Holds the slot of another class under a name that its own methods use."""

    __slots__ = ("__weakref__", "first")
    borrowed = SlotsAndDict.later
    never_set = Slots.is_set

    def method(self):
        return self.borrowed, self.never_set


class BorrowedSize:
    __sizeof__ = list.__sizeof__


class BorrowedTextSize(list):
    __sizeof__ = str.__sizeof__


class BorrowedSetSize:
    __sizeof__ = set.__sizeof__

    def __init__(self):
        self.held = [1]


class Annotated:
    x: int
    y: list

    def __init__(self):
        self.y = []


Annotated.__annotations__["\ud800"] = str


class Shadowing:
    value = [1]
    other = {"class": [2]}

    def method(self):
        return self.value, self.other, self.third

    @property
    def third(self):
        raise RuntimeError("a property ran")


class Computed:
    def __getattr__(self, name):
        raise RuntimeError(f"{name} was asked for")

    def __getattribute__(self, name):
        if name == "asked":
            raise RuntimeError(f"{name} was asked for")
        return object.__getattribute__(self, name)

    def method(self):
        return self.asked, self.absent


class First:
    def __init__(self):
        self.a = [1]
        self.b = [2]

    def method(self):
        return self.a, self.b, self.c


class Second:
    def __init__(self):
        self.c = [3]
        self.a = [4]

    def method(self):
        return self.c, self.b, self.a


@dataclasses.dataclass(slots=True)
class Data:
    x: int
    y: list = dataclasses.field(default_factory=list)


class Colour(enum.Enum):
    RED = [1]
    BLUE = {"b": 2}


class Flags(enum.IntFlag):
    A = 1
    B = 2


class SameHash:
    """Equal to no string, with the hash of one: a look-up would run its `__eq__`."""

    def __init__(self, text):
        self.text = text

    def __hash__(self):
        return hash(self.text)

    def __eq__(self, other):
        if other is self:
            return True
        raise RuntimeError("a key was compared")


def set_many(instance, count, prefix="name_"):
    for index in range(count):
        setattr(instance, prefix + str(index), [index])
    return instance


def attributes():
    number = len(kept) + 1000
    deleted, emptied, materialised, replaced, ordered = (Plain(number, each) for each in "abcde")
    del deleted.values
    del emptied.values, emptied.other
    materialised.extra = [1]
    kept.append(materialised.__dict__)
    replaced.__dict__ = {"values": [number], "extra": {}}
    ordered.__dict__ = collections.OrderedDict(values=[number], missing=(number,))
    odd, unpaired = Plain(number), Plain(number)
    odd.__dict__[number] = ["not a name"]
    odd.__dict__[Text("text")] = ["a subclass of str"]
    setattr(unpaired, "\ud800\udc00", [1])
    setattr(unpaired, "🂡", [2])
    setattr(unpaired, "n" * 300, [3])
    setattr(unpaired, "\ud800" * 300, [4])
    reassigned = [First(), First(), Second(), Plain(1)]
    reassigned[0].__class__ = Second
    reassigned[1].__class__ = Plain
    reassigned[2].__dict__  # noqa: B018
    reassigned[2].__class__ = First
    slots, both, borrowed, gone = Slots(), SlotsAndDict(), BorrowedSlot(), SlotsAndDict()
    both.dynamic = [number]
    both.later = {"later": [number]}
    borrowed.first = [number]
    gone.later = 1
    del gone.later, gone.is_set
    emptied_dict = Plain(1)
    emptied_dict.__dict__.clear()
    shadowing = Shadowing()
    shadowing.value = [number]
    unset = [cls.__new__(cls) for cls in (Plain, Slots, SlotsAndDict, Data, BorrowedSlot, Annotated)]
    local = threading.local()
    local.here = [number]
    kept.append(
        [
            deleted, emptied, materialised, replaced, ordered, odd, unpaired, slots, both, borrowed, gone, shadowing,
            *reassigned, *unset, emptied_dict, Annotated(), Computed(), Data(number), Colour.RED, Flags.A | Flags.B,
            BorrowedSize(), BorrowedTextSize([1]), BorrowedSetSize(), set_many(Plain(1), 45), set_many(Plain(1), 29),
            set_many(types.SimpleNamespace(), 40), local, set_many(Text("text"), 3), set_many(Number(number), 3),
        ]
    )  # fmt: skip


def same_hash():
    """Keys whose comparison raises beside names that are looked up."""
    first, second = Plain(1), First()
    first.__dict__ = {SameHash("missing"): [1], SameHash("values"): [2], "other": [3]}
    second.__dict__[SameHash("c")] = [1]
    kept.append([first, second, type("Odd", (), {SameHash("__get__"): 1, SameHash("plain"): 2, "x": [3]})()])
    kept.append({SameHash("a"): 1, "b": [2]})


# -- classes -------------------------------------------------------------------------------------------------------


class Meta(type):
    def __getattribute__(cls, name):
        raise RuntimeError("a metaclass was asked")

    def __eq__(cls, other):
        raise RuntimeError("a metaclass was compared")

    def __hash__(cls):
        raise RuntimeError("a metaclass was hashed")

    def __instancecheck__(cls, instance):
        raise RuntimeError("a metaclass was asked for its instances")

    def __subclasscheck__(cls, subclass):
        raise RuntimeError("a metaclass was asked for its subclasses")

    def __len__(cls):
        raise RuntimeError("a metaclass was asked for its length")


class Hostile(metaclass=Meta):
    held = [1]

    def __init__(self):
        object.__setattr__(self, "x", [1])

    def __eq__(self, other):
        raise RuntimeError

    def __hash__(self):
        raise RuntimeError

    def __bool__(self):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError

    def __sizeof__(self):
        raise RuntimeError

    def __dir__(self):
        raise RuntimeError


class HostileDict(dict):
    def __len__(self):
        raise RuntimeError

    def __iter__(self):
        raise RuntimeError

    def __getitem__(self, key):
        raise RuntimeError

    keys = values = items = get = __contains__ = __bool__ = __getitem__


class HostileList(list):
    __len__ = __iter__ = __getitem__ = __bool__ = HostileDict.__getitem__


def classes():
    number = len(kept)
    member = Slots.__dict__["is_set"]
    odd = type("Odd", (), {number: ["no name"], Text("subclass"): [1], 17: member, None: {"x": 1}, "": [2]})
    unnamed = type("", (), {"__module__": None})
    numbered = type("Numbered", (), {"__module__": 5})
    text_module = type("Subclassed", (), {"__module__": Text("a module"), "held": [1]})
    long_name = type("N" * 300, (), {"__module__": "m" * 150})
    longer_module = type("Short", (), {"__module__": "é" * 300})
    surrogate = type("S", (), {"__module__": "\ud800", "\udfff": [1]})
    surrogate.__qualname__ = "\ud800.<locals>.S"
    made = (odd, unnamed, numbered, text_module, long_name, longer_module, surrogate, Plain, Hostile, type(odd))
    hostile = [HostileDict(a=[1]), HostileList([[1]])]
    many = [type("Made", (), {"n": [number]})() for _ in range(3)]
    descriptors = [
        property(Plain.method, doc="doc"), staticmethod(lambda: number), classmethod(lambda cls: number), Plain.method,
        Plain(1).method, list.append, [number].append, dict.fromkeys, dict.__dict__["fromkeys"], type.__dict__["__dict__"],
        Slots.is_set, functools.partial(print, number, key=[number]), functools.cached_property(len), super(Tuple, Tuple()),
        functools.partialmethod(print, number), functools.singledispatch(lambda x: [x]), object.__init__, "".join,
    ]  # fmt: skip
    kept.append([made, [cls() for cls in made[:-1]], hostile, many, descriptors])


# -- code ----------------------------------------------------------------------------------------------------------


def generate(value):
    local = [value]
    yield local
    yield [value, local]


def generator_that_runs():
    """Keep itself while it runs."""
    local = yield
    while True:
        yield local


async def coroutine(value):
    local = [value]
    await asyncio.sleep(0)
    return local


async def async_generator(value):
    local = [value]
    yield local


def fail(number):
    local = [number]
    try:
        try:
            raise ValueError("first", local)
        except ValueError as error:
            raise KeyError("second") from error
    except KeyError as error:
        error.add_note(f"a note {number}")
        error.attribute = [number]
        with contextlib.suppress(ZeroDivisionError):
            1 / 0  # noqa: B018
        return error


@functools.lru_cache(maxsize=8)
def bounded(number):
    return [number]


@functools.cache
def unbounded(number, extra=None):
    return {"n": number}


@functools.lru_cache(maxsize=0)
def uncached(number):
    return [number]


class Cached:
    @functools.lru_cache(maxsize=4)
    def method(self, number):
        return [number]


unbounded.attribute = {"held": [1], "more": 2}
unbounded.cache_info = lambda: 1 / 0
bounded.wrapping = [1]


def code():
    number = len(kept) + 1000
    for cached in (bounded, unbounded, uncached):
        cached(number)
    unbounded(number, extra=(number, "x"))
    Cached().method(number)
    kept.append([functools.lru_cache(maxsize=3)(lambda value=number: [value]), functools.lru_cache(len)])
    kept[-1][0]()
    suspended, exhausted, fresh = generate(number), generate(number), generate(number)
    next(suspended)
    list(exhausted)
    waiting, never_run, closed = coroutine(number), coroutine(number), coroutine(number)
    waiting.send(None)
    closed.close()
    asynchronous, asked = async_generator(number), async_generator(number).__anext__()
    suspended.__qualname__ = "\ud800 generator"
    renamed = functools.wraps(generate)(lambda: number)
    renamed.__qualname__ = Text("a subclass")
    more = eval("lambda a, *, b=[1]: a")
    more.__defaults__ = ([number], {number: 1}, (number, 2))
    more.__kwdefaults__ = {"b": [number], number: "no name", Text("c"): [2]}
    documented = eval("lambda: 0")
    documented.__doc__ = {"doc": [number]}
    documented.__module__ = {"module": [number]}
    documented.__kwdefaults__ = {}
    documented.__annotations__ = {"return": [number]}
    documented.in_dict = {"dict": [number]}
    empty_cell = types.CellType()
    unfilled = types.FunctionType((lambda: empty_cell).__code__, {"g": [number]}, "unfilled", None, (types.CellType(),))
    alone = types.FunctionType((lambda: 1).__code__, {}, "alone")
    made = [
        suspended, exhausted, fresh, waiting, never_run, closed, asynchronous, asked, renamed, more, documented, alone,
        empty_cell, unfilled, types.CellType([number]), generate.__code__, generate.__code__.replace(co_name="other"),
        fail(number), ExceptionGroup("group", [fail(number), OSError(number, "os")]), inspect.currentframe(),
        BaseException.__new__(KeyError), UnicodeDecodeError("utf-8", b"bytes", 0, 1, "reason"), SystemExit([number]),
        StopIteration([number]), fail(number).__traceback__, compile("x = [1]", "\ud800file", "exec"),
    ]  # fmt: skip
    runs = generator_that_runs()
    next(runs)
    runs.send(runs)
    kept.append([made, runs])


# -- contexts ------------------------------------------------------------------------------------------------------

variables = [contextvars.ContextVar(f"variable {index}", default=[index]) for index in range(700)]
context_calls = itertools.count()


def contexts():
    """Contexts of hundreds of variables: all sorts of nodes of their trees."""
    number = next(context_calls)
    fresh = contextvars.Context()
    for index in range(700 if number % 3 == 0 else 10 * number):
        fresh.run(variables[index].set, [number, index])
    copied = fresh.copy()
    token = copied.run(variables[1].set, {"token": number})
    kept.append([fresh, copied, token, contextvars.Context(), contextvars.copy_context()])


def colliding():
    """Variables of one hash, which a context keeps in a node of its own: the hash is made of name and address."""
    kept.append(contextvars.Context())
    made = []
    by_hash = {}
    for index in range(150_000):
        variable = contextvars.ContextVar(f"v{index}")
        made.append(variable)
        full = hash(variable) & (2**64 - 1)
        folded = (full & 0xFFFFFFFF) ^ (full >> 32)
        other = by_hash.setdefault(folded, variable)
        if other is not variable:
            kept[-1].run(other.set, [index])
            kept[-1].run(variable.set, [index, index])
    for variable in made[:100]:
        kept[-1].run(variable.set, ["filler"])


# -- libraries -----------------------------------------------------------------------------------------------------


class Structure(ctypes.Structure):
    _fields_ = [("number", ctypes.c_int), ("pointer", ctypes.py_object), ("array", ctypes.c_char * 8)]


class Zone(datetime.tzinfo):
    def __init__(self, held):
        self.held = held

    def utcoffset(self, when):
        raise RuntimeError


class Moment(datetime.datetime):
    def __new__(cls, *arguments, **keywords):
        made = super().__new__(cls, *arguments, **keywords)
        made.attribute = [1]
        return made


def libraries():
    number = len(kept) + 1000
    octets, text, closed_octets, closed_text = io.BytesIO(b"x" * number), io.StringIO("ж"), io.BytesIO(), io.StringIO()
    text.write("text" * number)
    octets.attribute = text.attribute = [number]
    closed_octets.close()
    closed_text.close()
    view = memoryview(bytearray(100))
    released = memoryview(bytearray(10))
    released.release()
    target = Plain(number)
    weak = [
        weakref.ref(target),
        weakref.ref(target, lambda _: number),
        weakref.proxy(target),
        weakref.WeakSet([target]),
    ]
    weak += [weakref.WeakKeyDictionary({target: [1]}), weakref.WeakValueDictionary(a=target), weakref.proxy(generate)]
    weak += [weakref.finalize(target, print, [number]), weakref.WeakMethod(target.method), weakref.ref(Plain(1), print)]
    structure = Structure(number, [number], b"bytes")
    tree = ElementTree.fromstring("<a x='1'><b>text</b><c/>tail</a>")
    tree.append(ElementTree.Element("n" * 50, {"attribute": str(number)}))
    base = sqlite3.connect(":memory:")
    base.row_factory = sqlite3.Row
    base.execute("create table t (a, b)")
    base.execute("insert into t values (1, 'x')")
    cursor = base.execute("select * from t")
    pattern = re.compile(f"(?P<name>a{number})|b")
    mapped = mmap.mmap(-1, 4096)
    utc = datetime.UTC
    kept.append(
        [
            octets, text, closed_octets, closed_text, octets.getbuffer(), view, view[::2].cast, released, target, weak,
            structure, ctypes.pointer(structure), ctypes.pointer(ctypes.c_int(number)), (ctypes.c_int * 5)(), tree,
            ctypes.CFUNCTYPE(ctypes.c_int)(lambda: number), ctypes.byref(structure), ctypes.py_object([number]), base,
            ctypes.POINTER(ctypes.c_int)(), cursor, cursor.fetchone(), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), mapped,
            pattern, pattern.match(f"a{number}"), pattern.scanner("text"), decimal.Decimal("1e1000") + number,
            decimal.Context(), fractions.Fraction(number, 7), zlib.compressobj(), array.array("d", range(number)),
            array.array("u", "ж"), datetime.datetime(2020, 1, 1, tzinfo=Zone([number])), datetime.timedelta(number),
            datetime.datetime(2020, 1, 1, tzinfo=utc), datetime.datetime(2020, 1, 1), Moment(2020, 1, 1, tzinfo=Zone(1)),
            datetime.time(1, tzinfo=Zone([number])), datetime.time(1), zoneinfo.ZoneInfo("UTC"), random.Random(number),
            pickle.Pickler(io.BytesIO()), pickle.Unpickler(io.BytesIO()), struct.Struct("i"), threading.Lock(),
            threading.RLock(), threading.Condition(), threading.Thread(target=print, args=[number]), asyncio.Queue(),
            io.TextIOWrapper(io.BufferedReader(io.BytesIO(b"x"))), types.ModuleType("made"), operator.length_hint,
        ]
    )  # fmt: skip


def modules():
    number = len(kept)
    never_initialised = types.ModuleType.__new__(types.ModuleType)
    odd = types.ModuleType("odd \ud800")
    odd.__dict__.update({number: ["no name"], Text("text"): [1], None: {}, "\ud800": [2], "n" * 300: [3]})

    class Module(types.ModuleType):
        @property
        def __dict__(self):
            raise RuntimeError

        def __getattribute__(self, name):
            raise RuntimeError

    listed = Module(f"listed {number}")
    vars(types.ModuleType)["__dict__"].__get__(listed)["held"] = [number]
    sys.modules[f"listed {number}"] = listed
    sys.modules[f"\ud800 {number}"] = odd
    sys.modules[f"never initialised {number}"] = never_initialised
    sys.modules[f"no module {number}"] = Plain(number)
    sys.modules[number] = types.ModuleType("numbered")
    kept.append([types.ModuleType.__new__(types.ModuleType), Module.__new__(Module)])


def arrays():
    import numpy

    number = len(kept)
    objects = numpy.array([[number, [number]], [None, Plain(number)], ["text", (number,)]], dtype=object)
    structured = numpy.zeros(4, dtype=[("flag", "i1"), ("object", "O")])
    structured["object"] = [[number], None, "x", Plain(number)]
    packed = structured["object"]
    itself = numpy.empty(1, dtype=object)
    itself[0] = itself
    frozen = numpy.array([[number], 1], dtype=object)[:1]
    frozen.flags.writeable = False

    class Sub(numpy.ndarray):
        pass

    sub = objects.view(Sub)
    sub.attribute = [number]
    kept.append(
        [
            objects, objects[::-1], objects[::-1, ::-2], objects.T[1:], objects[:0], objects.reshape(2, 3)[:, ::-1], sub,
            numpy.empty(7, dtype=object), numpy.empty((3, 0), dtype=object), numpy.empty((2**40, 0), dtype=object),
            numpy.broadcast_to(objects[0], (50, 2)), structured, packed, packed[::-1], itself, frozen, objects.flat,
            numpy.array([number, [1]], dtype=object)[0:1], numpy.array(number, dtype=object), numpy.arange(number),
            numpy.arange(10)[::-2], numpy.float64(number), numpy.void(b"x"), numpy.array(["text", "x"]), objects.dtype,
            numpy.datetime64("2020"), numpy.ma.array([1], mask=[0]), numpy.matrix([[1]]), numpy.dtype([("a", "O")]),
            numpy.empty((1,) * 32, dtype=object), numpy.memoryview if hasattr(numpy, "memoryview") else None,
        ]
    )  # fmt: skip


# -- a fake library in a real one's place --------------------------------------------------------------------------


class ndarray:  # noqa: N801
    base = dtype = flat = None

    def __init__(self):
        self.held = [1]


class Fake:
    def __getattr__(self, name):
        raise RuntimeError(f"{name} was asked for")


def replace_libraries():
    sys.modules["numpy"] = types.ModuleType("numpy")
    sys.modules["numpy"].ndarray = ndarray
    sys.modules["datetime"] = Fake()


def fake_arrays():
    kept.append([ndarray(), datetime.datetime(2020, 1, 1, tzinfo=Zone([1]))])


# -- half made -----------------------------------------------------------------------------------------------------


def half_made():
    """One of each type that can be made without being initialised."""
    made = []
    for cls in all_types():
        if issubclass(cls, type) or cls.__module__.startswith("snapdiff"):
            continue
        with contextlib.suppress(Exception):
            made.append(cls.__new__(cls))
    kept.append(made)


def all_types():
    found, pending = {}, [object]
    while pending:
        cls = pending.pop()
        for each in type.__subclasses__(cls):
            if id(each) not in found and type(each) is not Meta:
                found[id(each)] = each
                pending.append(each)
    return list(found.values())


# -- depth ---------------------------------------------------------------------------------------------------------


class Link:
    __slots__ = ("next", "value")


class Node:
    def __init__(self, following):
        self.following = following

    def method(self):
        return self.following


def nest():
    """Nestings of 100,000, one of each sort."""
    nested, pair, table, link, node, partial, cell = [], ([],), {}, None, None, len, None
    call = None
    for index in range(DEEP):
        nested = [nested]
        pair = (pair, index)
        table = {"deeper": table}
        made = Link()
        made.next, made.value, link = link, index, made
        node = Node(node)
        cell = types.CellType(cell)
        partial = functools.partial(partial) if index % 1000 == 0 else partial

        def closure(inner=call):
            return inner

        call = closure
    error = None
    for _ in range(1000):
        following = ValueError(error)
        following.__context__ = error
        error = following
    kept.append([nested, pair, table, link, node, cell, partial, call, error])


def deeper():
    """Nothing more: `nest` made it all."""
    kept.append([len(kept)])


# -- frozen --------------------------------------------------------------------------------------------------------


def freeze():
    """Take all objects there are out of the collector's lists."""
    kept.append([{"frozen": [1]}, (1, ("untracked", 2)), Plain(1)])
    # Classes that only their instances refer to, which a path does not lead to.
    kept.append([type("OnlyHere", (base,), {"x": [3]})() for base in (object, list, dict, Exception, Plain, Slots)])
    collections_and_numbers()
    attributes()
    gc.collect()
    gc.freeze()


def untracked():
    """Containers that the collector lets go of: nothing in them can be part of a cycle."""
    number = len(kept) + 1000
    kept.append(((number, "a", (number + 1, b"x")), {"a": number, "b": (number,)}, {number: "x"}, frozenset((number,))))
    gc.collect()
