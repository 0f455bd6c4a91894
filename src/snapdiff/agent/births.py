"""Where an object was allocated."""

from __future__ import annotations

import _tracemalloc
import sys

from .names import HAVE_GC, MANAGED_DICT, flags

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

_GC_HEADER = 16
_PRE_HEADER = 16


def traceback_finder() -> Callable[[Any], Any]:
    """Return a function that gives an object's allocation traceback, or None when it was not traced.

    A traceback is a tuple of (file, line), the most recent call first.
    """
    if not _tracemalloc.is_tracing():
        return lambda obj: None
    if sys.version_info[:2] == (3, 11):
        return _finder_before_pre_headers()
    return _tracemalloc._get_object_traceback


def _finder_before_pre_headers() -> Callable[[Any], Any]:
    """Python 3.11 looks for an ordinary instance at the wrong address (cpython#101430): ask for the right one."""
    # Only now, after the last checkpoint, does this import add to the program.
    try:
        import ctypes

        lookup = ctypes.pythonapi._PyTraceMalloc_GetTraceback
    except (ImportError, AttributeError):
        return _tracemalloc._get_object_traceback
    lookup.restype = ctypes.py_object
    lookup.argtypes = (ctypes.c_uint, ctypes.c_size_t)

    def find(obj: Any) -> Any:
        bits = flags(type(obj))
        if not bits & MANAGED_DICT:
            return _tracemalloc._get_object_traceback(obj)
        return lookup(0, id(obj) - _PRE_HEADER - (_GC_HEADER if bits & HAVE_GC else 0))

    return find
