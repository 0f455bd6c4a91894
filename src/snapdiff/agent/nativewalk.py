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
import weakref

from .book import Book
from .names import LRU_CACHE, module_dict
from .own import FOLDER, Own
from .pathwalk import is_ours, module_groups
from .referents import library_types
from .sizes import TRUSTED
from .walk import singletons

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_PACKAGE = __name__.rpartition(".")[0]


class NativeWalk:
    """Walks natively for one book. Every walk must be of this one, or the book's names part from those in C."""

    def __init__(self, module: Any, book: Book) -> None:
        self._book = book
        known = {
            "deque": collections.deque,
            "cache": LRU_CACHE,
            "weak_reference": weakref.ref,
            "proxy": weakref.ProxyType,
            "callable_proxy": weakref.CallableProxyType,
            "text_stream": _io.StringIO,
            "plain": _Plain,
            "object_sizeof": object.__dict__["__sizeof__"],
            "stream_position": _io.StringIO.__dict__["tell"],
        }
        walker = module.Walker(_PACKAGE, known, sorted(TRUSTED or ()))
        # Bound once: a method that is bound for a call would be met by the walk, and is not ours to anybody.
        self._measure, self._read, self._loaded = walker.measure, walker.read, walker.loaded
        self._fork: Any = getattr(walker, "fork", None)
        self._shares: Any = getattr(walker, "shares", None)
        self._held: Any = getattr(walker, "held", int)

    def measure(self, own: Own, owners: list[Any], *, deep: bool, paths: bool) -> dict[str, Any]:
        """Walk here and now; return {"types", "tracked_types", "tracked", "traces", …}.

        Traces are as `traces.aggregate` has them, None without tracing, when not deep, and before 3.12.

        `deep` counts what the collector does not track too; with `paths` the book has what was counted by path.
        """
        found: dict[str, Any] = self._measure(**self.request(own, owners, deep, paths))
        return self._taken_in(found)

    def held(self) -> int:
        """Return the bytes of resident memory that the names of paths take in C."""
        size: int = self._held()
        return size

    @property
    def forks(self) -> bool:
        """True where a child can do the walk: on Linux."""
        return self._fork is not None

    def fork(self, request: dict[str, Any], descriptor: int) -> int:
        """Start a child that walks on its copy of the heap and writes what it found to a descriptor; return its pid.

        What it writes begins with its length, as 8 bytes. Only a wait with __WALL sees the child. Raises OSError.
        """
        pid: int = self._fork(**request, descriptor=descriptor)
        return pid

    def fork_alive(self, own: Own, lines: list[tuple[str, int]], descriptor: int) -> int:
        """Start a child that counts the live objects that were allocated at each line; return its pid.

        Raises OSError, and LookupError where the traces cannot be read.
        """
        pid: int = self._fork(**self.request(own, [], True, False), lines=lines, descriptor=descriptor)
        return pid

    def fork_shares(self, roots: list[Any], containers: list[list[Any]], ours: set[int], descriptor: int) -> int:
        """Start a child that finds what groups of containers hold; return its pid. Raises OSError."""
        pid: int = self._shares(roots, containers, ours, descriptor)
        return pid

    def read(self, message: bytes) -> dict[str, Any]:
        """Take in what a child wrote. Raises ValueError for a message that is not complete."""
        return self._taken_in(self._read(message))

    def gather(self, own: Own, owners: list[Any], wanted: dict[int, list[Any]]) -> list[Any]:
        """Walk here and now by path; put the objects of some nodes into `wanted`, return those no name leads to."""
        found = self._measure(**self.request(own, owners, False, True), captured=list(wanted))
        self._taken_in(found)
        wanted.update(found["captured"])
        unreached: list[Any] = found["unreached"]
        return unreached

    def request(self, own: Own, owners: list[Any], deep: bool, paths: bool) -> dict[str, Any]:
        """Return what a walk is asked. Saying it takes a good part of a millisecond."""
        self._loaded(*library_types())
        modules: list[Any] = []
        groups = []
        for group in module_groups() if paths else ([], [], []):
            groups.append(len(group))
            for name, module in group:
                modules += [name, module]
        ours = [module_dict(module) for name, module in list(sys.modules.items()) if is_ours(name)]
        return {
            "own": own.ids,
            "singletons": singletons(),
            "modules": modules,
            "groups": tuple(groups),
            "owners": owners,
            "ours": ours,
            "deep": deep,
            "by_path": paths,
            "opening": self._book.opening,
            "settled": self._book.settled,
            "frozen": gc.get_freeze_count() > 0,
            "folder": FOLDER if deep else None,
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
