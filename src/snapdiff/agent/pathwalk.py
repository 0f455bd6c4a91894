"""One breadth-first walk over everything that names lead to, counted by path.

The work item is a set of objects of one type that share a path, not an object. Roots are the modules by name, the
program's own before the libraries'; each group is walked to its end before the next, so that the path shown is the one
a person understands. Classes and functions that a module has only imported wait for the module that defines them, and
what explains little (caches of abstract classes, `linecache`) comes last.

What is only reachable through code (functions without state, class internals) is marked in bulk, without names. What is
left then is held by a frame, a thread or by native code: the roots `unreached`, one a type.
"""

from __future__ import annotations

import gc
import os
import sys
import types
import weakref
from collections import deque

from .book import Book
from .names import HAVE_GC, LRU_CACHE, flags, key_of, module_dict, type_module, type_name
from .own import Own
from .referents import get_referents, handler_for, handlers
from .sizes import sizer
from .spread import Spread
from .walk import singletons

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Iterable

_PACKAGE = __name__.rpartition(".")[0]
#: Modules that keep things for everybody else: a way through them explains less than any other.
_LAST_MODULES = ("linecache", "sys", "gc", "builtins", "importlib", "_frozen_importlib", "warnings", "_weakrefset")
#: Roots that are not modules.
CODE, UNREACHED = "code", "unreached"
#: Objects per batch of the bulk marking.
_BATCH = 20_000


class PathWalk:
    """One walk. `capture` maps nodes to lists that receive their objects; `owners` are roots after the program."""

    def __init__(
        self, tracked: list[Any], book: Book, own: Own, owners: list[Any], capture: dict[int, list[Any]] | None = None
    ) -> None:
        self.book = book
        self.capture = capture
        self.owners = owners
        self.tracked = tracked
        self.queue: deque[tuple[int, type, list[Any]]] = deque()
        self.late: deque[tuple[int, str, list[Any]]] = deque()
        self.skipped: list[Any] = [module_dict(module) for name, module in list(sys.modules.items()) if is_ours(name)]
        self.sizers: dict[Any, Any] = {}
        self.table = handlers()
        self.handlers: dict[Any, Any] = {}
        self.seen: set[int] = {*own.ids, id(self), id(self.__dict__)}
        self.seen.update(map(id, self.skipped))
        self.seen.update(map(id, singletons()))
        self.spread = Spread(self)
        self.unreached: list[Any] = []

    def run(self) -> None:
        """Walk, and count everything in the book, from zero."""
        self.book.begin()
        program, libraries, last = module_groups()
        everything = [*program, *libraries, *last]
        for _, module in everything:
            self.seen.add(id(module))
            self.seen.add(id(module_dict(module)))
        self.seen.add(id(sys.modules))
        self._count(self._table_of_modules(), dict, [sys.modules])
        self._modules(program)
        for owner in self.owners:
            # The driver holds it too, which does not make it ours.
            self.seen.discard(id(owner))
            self.take(-1, "the recorded object", [owner])
        self._drain()
        for group in (libraries, last):
            self._modules(group)
        while self.late:
            node, edge, objects = self.late.popleft()
            self.take(node, edge, objects, patient=False)
            self._drain()
        self._bulk()
        self._leftover()
        # Cycles of ours would be garbage at the next checkpoint.
        self.spread.close()
        self.tracked = []

    # -- roots --------------------------------------------------------------------------------------------

    def _modules(self, modules: list[tuple[str, Any]]) -> None:
        book = self.book
        for name, module in modules:
            if book.settled and not book.knows(-1, "module " + name, "module"):
                # Made while the workload runs: an entry of sys.modules like any other.
                node = book.node(self._table_of_modules(), "{value}", "module")
            else:
                node = book.node(-1, "module " + name, "module")
            self._count(node, type(module), [module])
            self.queue.append((node, type(module), [module]))
        self._drain()

    def _table_of_modules(self) -> int:
        return self.book.node(self.book.node(-1, "module sys", "module"), ".modules", "dict")

    def _drain(self) -> None:
        queue, expand = self.queue, self.spread.expand
        while queue:
            node, cls, objects = queue.popleft()
            expand(node, cls, objects)

    # -- counting -----------------------------------------------------------------------------------------

    def take(self, node: int, edge: str, objects: Iterable[Any], patient: bool = True) -> None:
        """Count the objects of a list that nothing led to yet, by type; and look into them later."""
        seen, seen_add = self.seen, self.seen.add
        groups: dict[Any, list[Any]] = {}
        waiting = []
        for obj in objects:
            cls = type(obj)
            if cls is type(None) or cls is bool:
                continue
            key = id(obj)
            if key in seen:
                continue
            if patient and self._waits(cls, obj, node):
                waiting.append(obj)
                continue
            seen_add(key)
            kind = cls if type(cls) is type else id(cls)
            if kind in groups:
                groups[kind].append(obj)
            else:
                groups[kind] = [obj]
        if waiting:
            self.late.append((node, edge, waiting))
        for members in groups.values():
            self._arrive(node, edge, type(members[0]), members)

    def count_only(self, node: int, edge: str, objects: list[Any]) -> None:
        """Count what belongs to an object (its `__dict__`, its cells) without a step of its own."""
        seen = self.seen
        fresh = [obj for obj in objects if id(obj) not in seen]
        if fresh:
            seen.update(map(id, fresh))
            cls = type(fresh[0])
            self._count(self.book.node(node, edge, type_name(cls)), cls, fresh)

    def _arrive(self, parent: int, edge: str, cls: type, objects: list[Any]) -> None:
        book = self.book
        kind = type_name(cls)
        node = self._folded(parent, edge, kind)
        if node < 0:
            node = book.node(parent, edge, kind)
        self._count(node, cls, objects)
        if flags(cls) & HAVE_GC or self.handler(cls) is not None:
            self.queue.append((node, cls, objects))

    def _folded(self, parent: int, edge: str, kind: str) -> int:
        """Return the node of a linked structure's earlier link, -1 where there is none: period one and two."""
        book = self.book
        for _ in range(2):
            if parent < 0:
                return -1
            if book.edges[parent] == edge and book.kinds[parent] == kind:
                return parent
            parent = book.parents[parent]
        return -1

    def _count(self, node: int, cls: type, objects: list[Any]) -> None:
        key = key_of(cls)
        found = self.sizers.get(key)
        if found is None:
            found = self.sizers[key] = (*sizer(cls), length_of(cls))
        base, measure, length = found
        size = base * len(objects)
        if measure is not None:
            size += sum(map(measure, objects))
        entries = 0
        if length is not None:
            entries = sum(map(length, objects))
            self.book.collections[node] = 1
        self.book.add(node, len(objects), size, entries)
        if self.capture is not None and node in self.capture:
            self.capture[node].extend(objects)

    def handler(self, cls: type) -> Any:
        """Return what tells the referents that a type keeps from the collector."""
        key = key_of(cls)
        if key not in self.handlers:
            self.handlers[key] = handler_for(cls, self.table)
        return self.handlers[key]

    def _waits(self, cls: type, obj: Any, node: int) -> bool:
        """Say whether an object is better reached later: a class or function from the module that defines it."""
        if cls is types.FunctionType:
            home = obj.__module__
        elif issubclass(cls, type):
            home = type_module(obj)
        else:
            return type_name(cls) == "_abc._abc_data" or issubclass(cls, types.ModuleType)
        if type(home) is not str or home not in sys.modules:
            return False
        if node < 0:
            return False
        book = self.book
        return bool(book.edges[book.roots[node]] != "module " + home)

    # -- what no name leads to ----------------------------------------------------------------------------

    def _bulk(self) -> None:
        """Mark what is only reachable through code, class internals and the like."""
        seen = self.seen
        frontier, self.skipped = self.skipped, []
        groups: dict[Any, list[Any]] = {}
        while frontier:
            following: list[Any] = []
            for start in range(0, len(frontier), _BATCH):
                referred = list(filter(gc.is_tracked, get_referents(*frontier[start : start + _BATCH])))
                by_id = dict(zip(map(id, referred), referred))
                # In the order of the references: a set's would be that of the addresses.
                fresh = [key for key in by_id if key not in seen]
                seen.update(fresh)
                # A module's own traversal is never asked, see `direct`.
                following += [
                    obj for obj in map(by_id.__getitem__, fresh) if not issubclass(type(obj), types.ModuleType)
                ]
            frontier = following
            if self.capture is not None:
                self.unreached += following
            for obj in following:
                groups.setdefault(key_of(type(obj)), []).append(obj)
        self._roots(CODE, groups)

    def _leftover(self) -> None:
        """Count the tracked objects that nothing led to, and what they refer to, by type."""
        seen = self.seen
        groups: dict[Any, list[Any]] = {}
        loose = [obj for obj in self.tracked if id(obj) not in seen]
        for obj in loose:
            if type(obj) is dict and _lists_subclasses(obj):
                seen.add(id(obj))
                seen.update(map(id, dict.values(obj)))
        for obj in loose:
            if id(obj) not in seen and not self._is_mine(obj):
                groups.setdefault(key_of(type(obj)), []).append(obj)
        if self.capture is not None:
            self.unreached += [obj for members in groups.values() for obj in members]
        self._roots(UNREACHED, groups)

    def _is_mine(self, obj: Any) -> bool:
        cls = type(obj)
        if cls is types.FrameType:
            # Frames of running functions come and go with whoever asks for them.
            return True
        return type_name(cls).startswith(_PACKAGE)

    def _roots(self, root: str, groups: dict[Any, list[Any]]) -> None:
        for members in groups.values():
            cls = type(members[0])
            self._count(self.book.node(-1, root, type_name(cls)), cls, members)


def walk_paths(
    book: Book, own: Own, owners: list[Any], capture: dict[int, list[Any]] | None = None
) -> list[Any]:  # fmt: skip
    """Count everything in the book, by path; return what no name leads to, when some nodes' objects are captured."""
    # Before anything of ours is made, if only the tuple of a call's arguments: what is not in here is ours.
    tracked = gc.get_objects()
    walk = PathWalk(tracked, book, own, owners, capture)
    walk.run()
    return walk.unreached


def _lists_subclasses(table: dict[Any, Any]) -> bool:
    """Say whether a dict that nothing refers to is a class's table of its subclasses: addresses and weak references."""
    first = next(iter(dict.items(table)), None)
    return first is not None and type(first[0]) is int and type(first[1]) is weakref.ref


def module_groups() -> list[list[tuple[str, Any]]]:
    """Return (name, module) in groups: the program's, the libraries', those that keep things for everybody."""
    program, libraries, last = [], [], []
    library = os.path.dirname(os.__file__) + os.sep
    met = set()
    for name in sorted(name for name in list(sys.modules) if type(name) is str):
        module = sys.modules.get(name)
        if not issubclass(type(module), types.ModuleType) or id(module) in met:
            continue
        if is_ours(name):
            continue
        met.add(id(module))
        file = module_dict(module).get("__file__")
        if name.partition(".")[0] in _LAST_MODULES:
            last.append((name, module))
        elif type(file) is str and not file.startswith(library) and "site-packages" not in file:
            program.append((name, module))
        else:
            libraries.append((name, module))
    return [program, libraries, last]


def is_ours(name: Any) -> bool:
    """Say whether a module's name is one of the agent's."""
    return type(name) is str and (name == _PACKAGE or name.startswith(_PACKAGE + "."))


_LENGTHS: tuple[type, ...] = (dict, list, set, frozenset, tuple, deque)
_cache_info: Any = LRU_CACHE.cache_info


def length_of(cls: type) -> Any:
    """Return the function that counts the entries of a builtin collection (or subclass), None for other types."""
    for base in _LENGTHS:
        if issubclass(cls, base):
            length: Any = base.__len__  # type: ignore[attr-defined]
            return length
    if cls is LRU_CACHE:
        return _cached
    # A StringIO tells no size of what it holds; its position is the end of what was written.
    return _position if cls is getattr(sys.modules.get("_io"), "StringIO", None) else None


def _cached(cache: Any) -> int:
    return int(_cache_info(cache).currsize)


def _position(stream: Any) -> int:
    try:
        return int(stream.tell())
    except ValueError:
        return 0
