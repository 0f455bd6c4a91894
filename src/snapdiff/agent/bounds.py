"""The most entries a collection will ever hold, where it says so itself or its neighbourhood does."""

from __future__ import annotations

import functools
import re
import sys
import types

from .names import type_dict

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_LRU_CACHE = type(functools.lru_cache(None)(id))
#: Names under which programs keep the limit of a collection, beside it (`maxsize` of a queue, `_MAXCACHE` of `re`).
_LIMIT_NAMES = re.compile(
    r"_*(max(imum)?_?(size|len|length|entries|items|count|cache\w*|keys|elements|history|records|samples)"
    r"|(cache|queue|history|buffer|size|entries|item)?_?(limit|capacity|bound)|\w*_(capacity|maxsize|maxlen))",
    re.IGNORECASE,
)
#: A limit above this is no limit to somebody whose memory grows.
_LARGEST = 1_000_000
_ask = object.__getattribute__


def bound(obj: Any) -> int | None:
    """Return the limit that a collection itself has."""
    if type(obj) is _LRU_CACHE:
        limit = obj.cache_info().maxsize
        return limit if type(limit) is int else None
    deque = getattr(sys.modules.get("collections"), "deque", None)
    if deque is not None and issubclass(type(obj), deque):
        limit = deque.maxlen.__get__(obj)
        return limit if type(limit) is int else None
    return None


def stated_bound(owner: Any, names: list[str], present: int) -> int | None:
    """Return a limit that the owner of a collection states in an attribute, if it has not been passed.

    `names` are attributes that the owner is known to have; only plain integers are read.
    """
    found = []
    for name in names:
        if _LIMIT_NAMES.fullmatch(name):
            value = _plain(owner, name)
            if type(value) is int and max(present, 1) <= value <= _LARGEST:
                found.append(value)
    return min(found, default=None)


def attribute_names(owner: Any, found: tuple[str, ...]) -> list[str]:
    """Return names that may state a limit: of a module's or class's namespace, or of an instance and its class."""
    cls = type(owner)
    if issubclass(cls, types.ModuleType):
        return [name for name in list(types.ModuleType.__getattribute__(owner, "__dict__")) if type(name) is str]
    if issubclass(cls, type):
        return [name for name in list(type_dict(owner)) if type(name) is str]
    names = dict.fromkeys(found)
    for base in type.__dict__["__mro__"].__get__(cls):
        names.update(dict.fromkeys(name for name in list(type_dict(base)) if type(name) is str))
    return list(names)


def _plain(owner: Any, name: str) -> Any:
    """Read an attribute that is no descriptor."""
    cls = type(owner)
    if issubclass(cls, types.ModuleType):
        return types.ModuleType.__getattribute__(owner, "__dict__").get(name)
    if issubclass(cls, type):
        return type_dict(owner).get(name)
    for base in type.__dict__["__mro__"].__get__(cls):
        held = type_dict(base).get(name)
        if held is not None and type(held) is not int and type(held) is not types.MemberDescriptorType:
            return None
    try:
        return _ask(owner, name)
    except Exception:
        return None
