"""The native walker: the census and the walk by path in one go, in C, with the same results as in Python.

It is an extension module of the project's own, built for the interpreter that snapdiff is installed in; another one, or
an installation without a compiler, does without. Before it is used it is checked against what Python says of some
objects, because it reads structures that no public header describes.
"""

from __future__ import annotations

import _io
import collections
import functools
import gc
import importlib
import sys
import types
import weakref

from .book import Book
from .own import Own
from .pathwalk import is_ours, module_groups
from .referents import library_types
from .sizes import TRUSTED
from .walk import singletons

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_PACKAGE = __name__.rpartition(".")[0]
_LRU_CACHE = type(functools.lru_cache(None)(id))
_MODULE_DICT: Any = vars(types.ModuleType)["__dict__"].__get__


class NativeWalk:
    """Walks natively for one book. Every walk must be of this one, or the book's names part from those in C."""

    def __init__(self, module: Any, book: Book) -> None:
        self._module = module
        self._book = book
        known = {
            "deque": collections.deque,
            "cache": _LRU_CACHE,
            "weak_reference": weakref.ref,
            "proxy": weakref.ProxyType,
            "callable_proxy": weakref.CallableProxyType,
            "text_stream": _io.StringIO,
            "object_sizeof": object.__dict__["__sizeof__"],
            "stream_position": _io.StringIO.__dict__["tell"],
        }
        walker = module.Walker(_PACKAGE, known, sorted(TRUSTED or ()))
        # Bound once: a method that is bound for a call would be met by the walk, and is not ours to anybody.
        self._measure, self._fork, self._read, self._loaded = walker.measure, walker.fork, walker.read, walker.loaded

    def measure(self, own: Own, owners: list[Any], paths: bool) -> dict[str, Any]:
        """Walk here and now; return {"tracked", "types", …}. With `paths` the book has what was counted."""
        found: dict[str, Any] = self._measure(**self._request(own, owners, paths))
        return self._taken_in(found)

    def fork(self, own: Own, owners: list[Any], paths: bool, descriptor: int) -> int:
        """Start a child that does the same on its copy of the heap and writes it to a descriptor; return its pid."""
        pid: int = self._fork(**self._request(own, owners, paths), descriptor=descriptor)
        return pid

    def read(self, message: bytes) -> dict[str, Any]:
        """Take in what a child wrote. Raises ValueError for a message that is not complete."""
        return self._taken_in(self._read(message))

    def gather(self, own: Own, owners: list[Any], nodes: list[int]) -> tuple[dict[int, list[Any]], list[Any]]:
        """Walk here and now by path; return the objects of some nodes, and those that no name leads to."""
        found = self._measure(**self._request(own, owners, True), captured=nodes)
        self._taken_in(found)
        return found["captured"], found["unreached"]

    def count_tracked(self) -> int:
        """Return how many objects the collector tracks, the frozen ones apart."""
        return int(self._module.count_tracked())

    def _request(self, own: Own, owners: list[Any], paths: bool) -> dict[str, Any]:
        self._loaded(*library_types())
        modules: list[Any] = []
        groups = []
        for group in module_groups() if paths else ([], [], []):
            groups.append(len(group))
            for name, module in group:
                modules += [name, module]
        ours = [_MODULE_DICT(module) for name, module in list(sys.modules.items()) if is_ours(name)]
        return {
            "own": own.ids,
            "singletons": singletons(),
            "modules": modules,
            "groups": tuple(groups),
            "owners": owners,
            "ours": ours,
            "by_path": paths,
            "opening": self._book.opening,
            "settled": self._book.settled,
            "frozen": gc.get_freeze_count() > 0,
        }

    def _taken_in(self, found: dict[str, Any]) -> dict[str, Any]:
        paths = found.pop("paths")
        if paths is not None:
            self._book.learn(**paths)
        return found


def load(book: Book) -> NativeWalk | None:
    """Return the native walker for a book, None where there is none that can be trusted."""
    try:
        walker = importlib.import_module("._walker", __package__)
    except ImportError:
        return None
    collecting = gc.isenabled()
    gc.disable()  # A collection meanwhile would change what is counted.
    try:
        return NativeWalk(walker, book) if _reads_right(walker) else None
    finally:
        if collecting:
            gc.enable()


class _Plain:
    def __init__(self) -> None:
        self.first = [1]
        self.second = "two"


def _reads_right(module: Any) -> bool:
    """Say whether the walker finds attributes, tracked objects and caches where this interpreter has them."""
    cache = functools.lru_cache(maxsize=4)(len)
    cache("abc")
    inner = [held for held in gc.get_referents(cache) if type(held) is dict and len(held) == 1]
    plain, filled = _Plain(), _Plain()
    expected = {"first": plain.first, "second": plain.second}
    shown = dict(filled.__dict__)
    before = module.count_tracked()
    fresh = [[] for _ in range(10)]  # type: ignore[var-annotated]
    rise = module.count_tracked() - before
    listed = len(gc.get_objects()) - module.count_tracked()
    return bool(
        len(inner) == 1
        and module.find_cache_dict(cache, inner[0])
        and module.attributes(plain) == expected
        and module.attributes(filled) == shown
        and rise == len(fresh) + 1
        and abs(listed) <= 1
    )
