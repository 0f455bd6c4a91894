"""A walk over all live objects, tracked by the collector or not, in batches.

`gc.get_objects()` never sees a `str`, `bytes` or `ndarray`. What it does return refers to them, so the closure
of it under "refers to" is every object that Python code can reach.

Almost all of the work is done by C functions over whole batches, and in a way that allocates little: under
tracemalloc every allocation costs a microsecond or more, and an `id()` is an allocation. So objects that the
collector tracks are not looked up at all (each is in the list once), strings are told apart by value first, and
only the rest goes by id. With 141 thousand tracked objects of a LanceDB program, traced one frame deep, this
took 9.0 s by id alone.

On 3.11 tracemalloc finds the line of an allocation by reading the function's line table from its beginning, so
what allocates stands in functions of one line.
"""

from __future__ import annotations

import gc
import sys
from itertools import compress, filterfalse, repeat
from operator import is_, is_not

from .names import key_of, type_dict
from .own import Own
from .referents import direct, get_referents, handler_for, handlers

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable

    #: Called with a type and some objects of exactly that type; every object is handed over once in a walk.
    Visitor = Callable[[type, "list[Any]"], None]


# Bounds the memory of one batch: its referents are a list several times as long.
_BATCH = 50_000


def singletons() -> list[Any]:
    """Objects that the interpreter makes once and never frees: they cannot be growth.

    A list that stores 1, 2, 3 keeps no int alive, yet a walk would meet those ints for the first time.
    """
    return [
        *range(-5, 257), *(bytes((code,)) for code in range(256)), *map(chr, range(256)), "", b"", (), Ellipsis,
        NotImplemented,
    ]  # fmt: skip


def walk(visit: Visitor, own: Own) -> int:
    """Visit every live object once, but for our own; return how many of them the collector tracks.

    The visitor is a function of ours: it, its closure and what that holds are left out too.
    """
    closure: Any = getattr(visit, "__closure__", None) or ()
    # Since 3.14 a function that has annotations comes with another one that makes them.
    annotate = getattr(visit, "__annotate__", None)
    own = own.also(visit, annotate, closure, *closure, *[cell.cell_contents for cell in closure])
    tracked = tracked_by_type(own)
    count = sum(map(len, tracked.values()))
    # Only now: what the walker is made of must not be in the list.
    _Walker(visit, own).run(tracked)
    return count


def tracked_by_type(own: Own) -> dict[Any, list[Any]]:
    """Return the objects that the collector tracks, by exact type (`key_of` it), but for our own."""
    # Before the dict is made: since 3.14 the collector tracks an empty one, and it would hold itself.
    objects = gc.get_objects()
    tracked: dict[Any, list[Any]] = {}
    _group(objects, tracked)
    for cls in own.types & tracked.keys():
        others = _without(tracked.pop(cls), own.ids)
        if others:
            tracked[cls] = others
    return tracked


class _Walker:
    def __init__(self, visit: Visitor, own: Own) -> None:
        self.visit = visit
        self.table = handlers()
        self.handlers: dict[Any, Any] = {}
        # The interpreter's own are there first: another object of such a value is one of the program's.
        self.strings: dict[str, str] = {text: text for text in singletons() if type(text) is str}
        self.seen = own.ids.union(_ids(singletons()))
        # Objects that the program has frozen (gc.freeze) are tracked but in no list: then everything goes by id.
        self.frozen = gc.get_freeze_count() > 0

    def run(self, groups: dict[Any, list[Any]]) -> None:
        if self.frozen:
            for objects in groups.values():
                self.seen |= _ids(objects)
            if id(sys.modules) not in self.seen:
                self.seen.add(id(sys.modules))
                groups.setdefault(dict, []).append(sys.modules)
        while groups:
            following: dict[Any, list[Any]] = {}
            for objects in groups.values():
                cls = type(objects[0])
                self.visit(cls, objects)
                for start in range(0, len(objects), _BATCH):
                    self.absorb(self.referred(cls, objects[start : start + _BATCH]), following)
            groups = following
        for text in singletons():
            if type(text) is str:
                del self.strings[text]
        self.visit(str, list(self.strings))

    def referred(self, cls: type, objects: list[Any]) -> list[Any]:
        """Return what objects of one type refer to, with repetitions."""
        found = direct(cls, objects)
        if self.frozen and issubclass(cls, type):
            # A static type does not tell the collector of its namespace, which is else in the collector's list.
            found.extend(get_referents(*map(type_dict, objects)))
        key = key_of(cls)
        if key not in self.handlers:
            self.handlers[key] = handler_for(cls, self.table)
        handler = self.handlers[key]
        if handler is not None:
            found.extend(handler(objects))
        return found

    def absorb(self, referred: list[Any], following: dict[Any, list[Any]]) -> None:
        """Add to `following` what has not been met before."""
        if not self.frozen:
            referred = _untracked(referred)
        referred = _not_of(bool, _not_of(type(None), referred))
        strings = _of(str, referred)
        others = _not_of(str, referred)
        known = self.strings
        _learn(known, strings)
        # Strings of equal value that are another object.
        others += _other_objects(strings, known)
        by_id = _keyed(others)
        fresh = _new(by_id, self.seen)
        self.seen |= fresh
        _group(map(by_id.__getitem__, fresh), following)


def _group(objects: Iterable[Any], groups: dict[Any, list[Any]]) -> None:
    for obj in objects:
        cls = type(obj)
        # As `key_of`, without the call: this loop goes over every object.
        key = cls if type(cls) is type else id(cls)
        try:
            groups[key].append(obj)
        except KeyError:
            groups[key] = [obj]


def _without(objects: list[Any], ids: set[int]) -> list[Any]:
    return [obj for obj in objects if id(obj) not in ids]


def _ids(objects: Iterable[Any]) -> set[int]:
    return set(map(id, objects))


def _untracked(objects: list[Any]) -> list[Any]:
    return list(filterfalse(gc.is_tracked, objects))


def _of(cls: type, objects: list[Any]) -> list[Any]:
    return list(compress(objects, map(is_, map(type, objects), repeat(cls))))


def _not_of(cls: type, objects: list[Any]) -> list[Any]:
    return list(compress(objects, map(is_not, map(type, objects), repeat(cls))))


def _learn(known: dict[str, str], strings: list[str]) -> None:
    # The first object of a value stays: a later one must not take its place, or it would be counted again.
    # set.difference looks each of its own members up; a view's `-` would go over all that is known.
    for value in set(strings).difference(known):
        known[value] = value


def _other_objects(strings: list[str], known: dict[str, str]) -> list[str]:
    return list(compress(strings, map(is_not, strings, map(known.__getitem__, strings))))


def _keyed(objects: list[Any]) -> dict[int, Any]:
    return dict(zip(map(id, objects), objects))


def _new(by_id: dict[int, Any], seen: set[int]) -> set[int]:
    return set(by_id).difference(seen)
