"""Our own work at a checkpoint, without tracemalloc's price.

Under tracemalloc every allocation costs a microsecond or more, and a walk over the heap allocates an `id()` for each
reference: walking a LanceDB program of 190 thousand objects by path took 20 s traced four frames deep, 1.7 s untraced.
Stopping tracemalloc would lose all traces. So for the length of a walk the memory allocators from before tracing are
put back: blocks made then are freed then, tracemalloc never hears of them, and the traces of everything else stay.

The native walker puts them back for the thread that asks alone. Without it they are put back for all threads, and
others are kept from running: what they free would stay in the traces. The raw domain, which needs no lock, is left as
it is.
"""

from __future__ import annotations

import _tracemalloc
import importlib
import sys

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: PYMEM_DOMAIN_MEM and PYMEM_DOMAIN_OBJ of CPython's pymem.h.
_DOMAINS = (1, 2)
#: Seconds after which another thread may ask for the lock. Not more: one that asked before still gets it, and then we
#: wait as long until we may ask for it back. With 10,000 s a program with a thread that computes stood still for ever.
_NO_SWITCH = 1.0


class Untraced:
    """A context in which what this thread does is not traced. `enter` says whether that could be had."""

    def __init__(self, enter: Callable[[], bool], leave: Callable[[], Any]) -> None:
        self._enter = enter
        self._leave = leave
        self._entered = False

    def __enter__(self) -> None:
        if _tracemalloc.is_tracing():
            self._entered = self._enter()

    def __exit__(self, *error: object) -> None:
        if self._entered:
            self._entered = False
            self._leave()


class _Swap:
    """Puts the allocators from before tracing back, through ctypes and for all threads."""

    def __init__(self, put: Any, before: list[Any], after: list[Any]) -> None:
        self._put = put
        self._before = before
        self._after = after
        self._interval = 0.0

    def enter(self) -> bool:
        """Put them back, and keep others from running."""
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(_NO_SWITCH)
        for domain, allocator in zip(_DOMAINS, self._before):
            self._put(domain, allocator)
        return True

    def leave(self) -> None:
        """Let tracemalloc stand between again."""
        for domain, allocator in zip(_DOMAINS, self._after):
            self._put(domain, allocator)
        sys.setswitchinterval(self._interval)


def start_tracing(depth: int) -> Untraced:
    """Start tracemalloc; return the context that suspends it."""
    try:
        walker = importlib.import_module("._walker", __package__)
    except ImportError:
        return _start_tracing_without_walker(depth)
    walker.untraced_note()
    _tracemalloc.start(depth)
    return Untraced(walker.untraced_enter, walker.untraced_leave)


def _start_tracing_without_walker(depth: int) -> Untraced:
    try:
        import ctypes

        get, put = ctypes.pythonapi.PyMem_GetAllocator, ctypes.pythonapi.PyMem_SetAllocator
    except (ImportError, AttributeError):
        _tracemalloc.start(depth)
        return not_ours()

    class Allocator(ctypes.Structure):
        """PyMemAllocatorEx: a context and four functions."""

        _fields_ = [(name, ctypes.c_void_p) for name in ("ctx", "malloc", "calloc", "realloc", "free")]

    for function in (get, put):
        function.argtypes = [ctypes.c_int, ctypes.POINTER(Allocator)]
        function.restype = None
    before, after = [[Allocator() for _ in _DOMAINS] for _ in range(2)]
    for domain, allocator in zip(_DOMAINS, before):
        get(domain, allocator)
    _tracemalloc.start(depth)
    for domain, allocator in zip(_DOMAINS, after):
        get(domain, allocator)
    swap = _Swap(put, *([ctypes.pointer(each) for each in some] for some in (before, after)))
    return Untraced(swap.enter, swap.leave)


def not_ours() -> Untraced:
    """Return a context that does nothing: the program traces by itself, or nobody does."""
    return Untraced(_not_entered, _not_entered)


def _not_entered() -> bool:
    return False
