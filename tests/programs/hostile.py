"""Keeps objects whose every method would be noticed, and says what the run did to the process."""

touched = []


def touch(name):
    """Note that a method was called, and fail."""
    touched.append(name)
    raise RuntimeError(f"{name} was called")


class Meta(type):
    """A metaclass that notices every attribute that is read of its classes."""

    def __getattribute__(cls, name):
        touch(f"type.{name}")

    def __instancecheck__(cls, instance):
        touch("__instancecheck__")

    def __subclasscheck__(cls, subclass):
        touch("__subclasscheck__")

    def __eq__(cls, other):
        touch("type.__eq__")

    __hash__ = type.__hash__


def _noticed(name):
    def method(self, *_arguments):
        touch(name)

    return method


_methods = [
    "__repr__",
    "__str__",
    "__bool__",
    "__len__",
    "__eq__",
    "__ne__",
    "__lt__",
    "__hash__",
    "__getattr__",
    "__getattribute__",
    "__sizeof__",
    "__iter__",
    "__contains__",
    "__getitem__",
    "__call__",
    "__index__",
    "__int__",
    "__format__",
    "__bytes__",
    "__dir__",
    "__reduce__",
    "__reduce_ex__",
    "__copy__",
    "__deepcopy__",
    "__enter__",
    "__exit__",
    "__missing__",
    "__reversed__",
    "__length_hint__",
    "__fspath__",
    "__setattr__",
]
_body = {name: _noticed(name) for name in _methods}
_body.update(
    __slots__=("payload", "extra"),
    __module__=None,
    __class__=property(_noticed("__class__")),
    __dict__=property(_noticed("__dict__")),
    __doc__=property(_noticed("__doc__")),
    value=property(_noticed("value")),
)
Guarded = Meta("Guarded", (), {**_body})
_with_dict = {name: value for name, value in _body.items() if name not in ("__slots__", "__dict__", "__setattr__")}
Loose = Meta("Loose", (), {**_with_dict, "read": lambda self: (self.value, self.payload)})
ListLike = Meta("ListLike", (list,), {**_with_dict, "__len__": _noticed("list.__len__")})
DictLike = Meta("DictLike", (dict,), {**_with_dict, "keys": _noticed("keys"), "values": _noticed("values"),
                                      "items": _noticed("items"), "get": _noticed("get")})  # fmt: skip
TextLike = Meta("TextLike", (str,), {name: value for name, value in _with_dict.items() if name != "__hash__"})
new = object.__new__
# Data, that is: it stands nowhere in the source.
marker = "-".join(("SECRET", "QZXJV"))
identifier = marker.replace("-", "_")
kept, held, mapped = [], {}, {}


def keep():
    """Keep one object of each of these classes, and data under data in a dict."""
    kept.append(new(Guarded))
    kept.append(new(Loose))
    kept.append(list.__new__(ListLike))
    kept.append(dict.__new__(DictLike))
    kept.append(str.__new__(TextLike, marker + " in a str"))
    object.__setattr__(kept[0], "payload", None)
    number = str(len(kept))
    held[marker + " key " + number] = marker + " value " + number
    mapped[identifier + number] = {identifier: kept[-5]}


def teardown():
    """Say what was touched."""
    print("touched", sorted(set(touched)), flush=True)
