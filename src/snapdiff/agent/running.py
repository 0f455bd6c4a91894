"""Objects of the program that its main thread's running functions hold, and perhaps nobody else.

The object that reads a worker's requests is a local variable of a function that never returns. As a root of the walk by
path it gives what it holds a name.
"""

from __future__ import annotations

import sys
import threading
import types

from .names import HAVE_GC, flags
from .own import FOLDER

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_SUSPENDED = (types.CoroutineType, types.GeneratorType)
_OPTIMIZED = 1
_HEAP_TYPE = 1 << 9
#: References to the dict of a frame's local variables when nobody but the frame and we have it: those two, and the one
#: of getrefcount's argument.
_NOBODY_ELSE = 3
#: Roots are walked from at every checkpoint.
_MOST = 40


def instances() -> list[Any]:
    """Return the main thread's local variables that are instances or suspended functions, outermost function first."""
    frames = []
    frame: Any = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if frame.f_code.co_flags & _OPTIMIZED and not frame.f_code.co_filename.startswith(FOLDER):
            frames.append(frame)
        frame = frame.f_back
    found: dict[int, Any] = {}
    while frames:
        for value in _locals(frames.pop()):
            if _can_hold(type(value)):
                found.setdefault(id(value), value)
    return list(found.values())[:_MOST]


def _can_hold(cls: type) -> bool:
    """Say whether an object of a type is worth being a root: one of a class, or a function that was suspended."""
    if cls in _SUSPENDED:
        return True
    bits = flags(cls)
    return bool(bits & _HEAP_TYPE and bits & HAVE_GC) and not issubclass(cls, (type, BaseException))


def _locals(frame: Any) -> list[Any]:
    namespace = frame.f_locals
    values = list(namespace.values())
    # Before 3.13 the dict stays with the frame, and what is in it would live as long; unless the program has it too.
    if sys.version_info < (3, 13) and sys.getrefcount(namespace) <= _NOBODY_ELSE:
        namespace.clear()
    return values
