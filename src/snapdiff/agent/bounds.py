"""The most entries a collection will ever hold, where it says so itself or its neighbourhood does."""

from __future__ import annotations

import re
import sys
import types

from .names import LRU_CACHE, type_dict

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: Names under which programs keep the limit of a collection, beside it (`maxsize` of a queue, `_MAXCACHE` of `re`).
_LIMIT_NAMES = re.compile(
    r"_*(max(imum)?_?(size|len|length|entries|items|count|cache\w*|keys|elements|history|records|samples)"
    r"|(cache|queue|history|buffer|size|entries|item)?_?(limit|capacity|bound)|\w*_(capacity|maxsize|maxlen))",
    re.IGNORECASE,
)
_THAT_STORE = ("__setitem__", "__missing__", "__call__", "__getitem__")
#: A limit above this is no limit to somebody whose memory grows.
_LARGEST = 1_000_000
_ask = object.__getattribute__
_mro: Any = type.__dict__["__mro__"].__get__


def bound(obj: Any) -> int | None:
    """Return the limit that a collection itself has."""
    if type(obj) is LRU_CACHE:
        limit = LRU_CACHE.cache_info(obj).maxsize
        return limit if type(limit) is int else None
    deque = getattr(sys.modules.get("collections"), "deque", None)
    if deque is not None and issubclass(type(obj), deque):
        limit = deque.maxlen.__get__(obj)
        return limit if type(limit) is int else None
    return None


def stated_bound(owner: Any, container: str, names: list[str], present: int) -> int | None:
    """Return a limit that the owner of a collection states in an attribute, if it has not been passed.

    A number with such a name proves nothing by itself: a worker's `capacity` may be that of its table, and its retry
    buffer leak beside it. So some function of the owner must use both. `container` is the collection's attribute,
    `names` are attributes that the owner is known to have; only plain integers are read.
    """
    found = []
    used = _names_used_together(owner)
    if _is_mapping(owner):
        # A collection made of collections: its limit is that of all of them.
        used = [names_of_one | {_bare(container)} for names_of_one in used]
    for name in names:
        if _LIMIT_NAMES.fullmatch(_bare(name)) and _go_together(container, name, used):
            value = _plain(owner, name)
            if type(value) is int and max(present, 1) <= value <= _LARGEST:
                found.append(value)
    return min(found, default=None)


def _go_together(container: str, limit: str, used: list[set[str]]) -> bool:
    if _bare(container) == "queue" and _bare(limit) == "maxsize":
        # The queues of queue and asyncio compare them in two methods.
        return True
    return any({_bare(container), _bare(limit)} <= names for names in used)


def _is_mapping(owner: Any) -> bool:
    """Say whether an instance's class says in Python how to store an item."""
    return any(type(type_dict(base).get("__setitem__")) is types.FunctionType for base in _mro(type(owner)))


def _bare(name: str) -> str:
    """Return a name without a class's mangling and underscores in front: a property often has the bare name."""
    return re.sub(r"^_[A-Za-z0-9]+__", "", name).lstrip("_")


def _names_used_together(owner: Any) -> list[set[str]]:
    """Return the names that each function of a module, class or instance's class uses."""
    cls = type(owner)
    if issubclass(cls, types.ModuleType):
        values = list(types.ModuleType.__getattribute__(owner, "__dict__").values())
    else:
        classes = _mro(owner) if issubclass(cls, type) else _mro(cls)
        values = [value for base in classes for value in list(type_dict(base).values())]
    codes = [value.__code__ for value in values if type(value) is types.FunctionType]
    # What makes or shows an object names all of its attributes.
    codes = [code for code in codes if not code.co_name.startswith("__") or code.co_name in _THAT_STORE]
    return [set(map(_bare, (*code.co_names, *code.co_varnames))) for code in codes]


def attribute_names(owner: Any, found: tuple[str, ...]) -> list[str]:
    """Return names that may state a limit: of a module's or class's namespace, or of an instance and its class."""
    cls = type(owner)
    if issubclass(cls, types.ModuleType):
        return [name for name in list(types.ModuleType.__getattribute__(owner, "__dict__")) if type(name) is str]
    if issubclass(cls, type):
        return [name for name in list(type_dict(owner)) if type(name) is str]
    names = dict.fromkeys(found)
    for base in _mro(cls):
        names.update(dict.fromkeys(name for name in list(type_dict(base)) if type(name) is str))
    return list(names)


def _plain(owner: Any, name: str) -> Any:
    """Read an attribute that is no descriptor."""
    cls = type(owner)
    if issubclass(cls, types.ModuleType):
        return types.ModuleType.__getattribute__(owner, "__dict__").get(name)
    if issubclass(cls, type):
        return type_dict(owner).get(name)
    for base in _mro(cls):
        held = type_dict(base).get(name)
        if held is not None and type(held) is not int and type(held) is not types.MemberDescriptorType:
            return None
    try:
        return _ask(owner, name)
    except Exception:
        return None
