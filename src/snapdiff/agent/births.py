"""Where objects were allocated."""

from __future__ import annotations

import _tracemalloc
import sys

from .names import HAVE_GC, MANAGED_DICT, flags
from .own import FOLDER, Own
from .walk import walk

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: Births of a path's objects that are counted. The lines of 200 decide a vote to a few percent.
_SAMPLE = 200
#: Objects that are looked at for them: where only the last calls were traced, most are older. A look takes 3 µs.
_MOST_LOOKED_AT = 4000
#: A prime near the golden ratio of 2**32: multiples of it, modulo any size, have no period of their own.
_SCATTER = 2_654_435_761
#: Allocation tracebacks kept of one path.
_MOST_BIRTHS = 20
_GC_HEADER = 16
_PRE_HEADER = 16


class Births:
    """Says where objects were allocated. Objects from before tracing began have no birth."""

    def __init__(self) -> None:
        self._finder = traceback_finder()
        self.ours: set[int] = set()
        """Ids of what loading our own modules made after the last checkpoint: the import system allocated it."""

    def is_new(self, obj: Any) -> bool:
        """Say whether an object was allocated since tracing began, and not by us."""
        frames = self._finder(type(obj))(obj)
        return frames is not None and not frames[0][0].startswith(FOLDER)

    def of(self, objects: list[Any]) -> list[dict[str, Any]]:
        """Return the allocation tracebacks of some objects with how many of a sample have each, the most first."""
        total = len(objects)
        counts: dict[Any, int] = {}
        born = 0
        for at in range(min(total, _MOST_LOOKED_AT)):
            # Scattered, by a fixed sequence: with every sixth of a class that each call makes three of for one list
            # and one for another, none of the second list's would ever be looked at.
            obj = objects[at * _SCATTER % total]
            frames = self._finder(type(obj))(obj)
            if frames is not None and not frames[0][0].startswith(FOLDER):
                key = tuple((str(file), int(line)) for file, line in frames if not file.startswith(FOLDER))
                counts[key] = counts.get(key, 0) + 1
                born += 1
                if born == _SAMPLE:
                    break
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [
            {"frames": [list(frame) for frame in frames], "count": count} for frames, count in ranked[:_MOST_BIRTHS]
        ]  # fmt: skip

    def alive_at(self, lines: list[tuple[str, int]], own: Own) -> list[int]:
        """Return how many live objects that can be reached were allocated at each line."""
        counts = dict.fromkeys(lines, 0)
        finder = self._finder

        def count(cls: type, objects: list[Any]) -> None:
            # Asked once for a type: under tracing, an object or two for each object looked at would take longer.
            find = finder(cls)
            for frames in filter(None, map(find, objects)):
                place = (frames[0][0], frames[0][1])
                if place in counts:
                    counts[place] += 1

        walk(count, own)
        return [counts[line] for line in lines]


def traceback_finder() -> Callable[[type], Callable[[Any], Any]]:
    """Return a function that gives, for a type, one that gives the allocation traceback of an object of just that type.

    A traceback is a tuple of (file, line), the most recent call first; None for an object that was not traced.
    """
    if not _tracemalloc.is_tracing():
        return lambda cls: lambda obj: None
    if sys.version_info[:2] == (3, 11):
        return _finder_before_pre_headers()
    return lambda cls: _tracemalloc._get_object_traceback


def _finder_before_pre_headers() -> Callable[[type], Callable[[Any], Any]]:
    """Python 3.11 looks for an ordinary instance at the wrong address (cpython#101430): ask for the right one."""
    # Only now, after the last checkpoint, does this import add to the program.
    try:
        import ctypes

        lookup = ctypes.pythonapi._PyTraceMalloc_GetTraceback
    except (ImportError, AttributeError):
        return lambda cls: _tracemalloc._get_object_traceback
    lookup.restype = ctypes.py_object
    lookup.argtypes = (ctypes.c_uint, ctypes.c_size_t)

    def finder(cls: type) -> Callable[[Any], Any]:
        bits = flags(cls)
        if not bits & MANAGED_DICT:
            return _tracemalloc._get_object_traceback
        before = _PRE_HEADER + (_GC_HEADER if bits & HAVE_GC else 0)
        return lambda obj: lookup(0, id(obj) - before)

    return finder
