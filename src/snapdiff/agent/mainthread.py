"""Setting the main thread's trace function from another thread, where `threading` cannot (before 3.12).

The interpreter runs pending calls in the main thread, when that next runs Python code: for a worker that sleeps in a
read, after the read, before it looks at what it got. Frames that run already are told one by one.
"""

from __future__ import annotations

import sys
import threading
from _thread import get_ident

from .own import FOLDER

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: What was handed to the interpreter and did not run yet, with what it is made of. Never freed while it may be called.
_pending: list[Any] = []


def is_elsewhere() -> bool:
    """Say whether this is not the main thread: the program runs there and we here."""
    return threading.main_thread().ident != get_ident()


def settrace(function: Callable[..., Any] | None) -> bool:
    """Have the main thread call `sys.settrace(function)`; return whether that could be arranged."""
    try:
        import ctypes

        add = ctypes.pythonapi.Py_AddPendingCall
    except (ImportError, AttributeError):
        return False
    kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)

    def set_here(nothing: Any) -> int:
        sys.settrace(function)
        return 0

    call = kind(set_here)
    _pending.append(call)
    add.argtypes = [kind, ctypes.c_void_p]
    if add(call, None):
        return False
    frame: Any = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame is not None:
        if not frame.f_code.co_filename.startswith(FOLDER):
            frame.f_trace = function
        frame = frame.f_back
    return True
