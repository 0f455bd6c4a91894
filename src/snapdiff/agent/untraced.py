"""Our own work at a checkpoint, without tracemalloc's price.

Under tracemalloc every allocation costs a microsecond or more, and a walk over the heap allocates an `id()` for each
reference: walking a LanceDB program of 190 thousand objects by path took 20 s traced four frames deep, 1.7 s untraced.
Stopping tracemalloc would lose all traces. So for the length of a walk the memory allocators from before tracing are
put back: blocks made then are freed then, tracemalloc never hears of them, and the traces of everything else stay.

Other threads must not run meanwhile, or what they free would stay in the traces: the interpreter's switch interval is
raised, and a walk gives nobody else the lock by itself. The raw domain, which needs no lock, is left as it is.
"""

from __future__ import annotations

import _tracemalloc
import sys

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: PYMEM_DOMAIN_MEM and PYMEM_DOMAIN_OBJ of CPython's pymem.h.
_DOMAINS = (1, 2)
#: Seconds after which another thread may ask for the lock: longer than any walk.
_NO_SWITCH = 10_000.0


class Untraced:
    """A context in which nothing is traced. Entering does nothing where that cannot be had."""

    def __init__(self, before: list[Any], after: list[Any], api: Any) -> None:
        self._before = before
        self._after = after
        self._set: Any = api.PyMem_SetAllocator if api is not None else None
        self._interval = 0.0
        self._entered = False

    def __enter__(self) -> None:
        if self._set is not None and _tracemalloc.is_tracing():
            self._interval = sys.getswitchinterval()
            sys.setswitchinterval(_NO_SWITCH)
            self._entered = True
            for domain, allocator in zip(_DOMAINS, self._before):
                self._set(domain, allocator)

    def __exit__(self, *error: object) -> None:
        if self._entered:
            self._entered = False
            for domain, allocator in zip(_DOMAINS, self._after):
                self._set(domain, allocator)
            sys.setswitchinterval(self._interval)


def start_tracing(depth: int) -> Untraced:
    """Start tracemalloc; return the context that suspends it."""
    api = None
    try:
        import ctypes

        api = ctypes.pythonapi
        get, put = api.PyMem_GetAllocator, api.PyMem_SetAllocator
    except (ImportError, AttributeError):
        _tracemalloc.start(depth)
        return Untraced([], [], None)

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
    return Untraced([ctypes.pointer(each) for each in before], [ctypes.pointer(each) for each in after], api)


def not_ours() -> Untraced:
    """Return a context that does nothing: the program traces by itself, or nobody does."""
    return Untraced([], [], None)
