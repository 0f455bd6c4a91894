"""What malloc and pymalloc say of themselves.

Asked through the native walker's module, which needs nothing else; without it through ctypes. Both are Linux with glibc
only: elsewhere nothing is known.
"""

from __future__ import annotations

import importlib
import sys

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: Fields of glibc's struct mallinfo2.
_MALLINFO2 = (
    "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
)  # fmt: skip


def load() -> Any:
    """Return an object with the functions of `src/walker/allocators.h`, None where there is none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        native = importlib.import_module("._walker", __package__)
    except ImportError:
        native = None
    if hasattr(native, "malloc_state"):
        return native
    try:
        return ThroughCtypes()
    except (ImportError, AttributeError, OSError):
        return None


class ThroughCtypes:
    """The same functions through ctypes, but for the residence of mapped chunks."""

    def __init__(self) -> None:
        import ctypes

        class Information(ctypes.Structure):
            """glibc's struct mallinfo2."""

            _fields_ = [(name, ctypes.c_size_t) for name in _MALLINFO2]

        self._ctypes = ctypes
        # Without letting other threads run: they must not while nothing is traced (untraced.py).
        library = ctypes.PyDLL(None)
        self._malloc: Any = getattr(library, "mallinfo2", None)
        if self._malloc is not None:
            self._malloc.argtypes, self._malloc.restype = [], Information
        self._trim: Any = getattr(library, "malloc_trim", None)
        if self._trim is not None:
            self._trim.argtypes, self._trim.restype = [ctypes.c_size_t], ctypes.c_int
        self._open, self._close, self._free = library.open_memstream, library.fclose, library.free
        self._open.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.POINTER(ctypes.c_size_t)]
        self._open.restype = ctypes.c_void_p
        self._close.argtypes = self._free.argtypes = [ctypes.c_void_p]
        self._pymalloc: Any = getattr(ctypes.pythonapi, "_PyObject_DebugMallocStats", None)
        if self._pymalloc is not None:
            self._pymalloc.argtypes, self._pymalloc.restype = [ctypes.c_void_p], ctypes.c_int

    def malloc_state(self) -> tuple[int, int, int, int] | None:
        """Return (bytes in use, bytes free, bytes in mapped chunks, mapped chunks)."""
        if self._malloc is None:
            return None
        found = self._malloc()
        return found.uordblks, found.fordblks, found.hblkhd, found.hblks

    def trim(self) -> bool | None:
        """Let malloc give back what it can; return whether it gave any."""
        return None if self._trim is None else bool(self._trim(0))

    def pymalloc_text(self) -> bytes | None:
        """Return what `sys._debugmallocstats` prints, None where pymalloc is not used."""
        if self._pymalloc is None:
            return None
        ctypes = self._ctypes
        text, length = ctypes.c_void_p(), ctypes.c_size_t()
        stream = self._open(ctypes.byref(text), ctypes.byref(length))
        if not stream:
            return None
        used = self._pymalloc(stream)
        self._close(stream)
        found: bytes = ctypes.string_at(text.value, length.value)
        self._free(text)
        return found if used else None

    def mapped_chunks(self, ranges: list[int], chunks: int, size: int) -> int | None:
        """Return None: to look for them takes too long here, and is not safe beside other threads."""
        return 0 if not chunks else None

    def ask_library(self, library: str, function: str, argument: int) -> int | None:
        """Return what a function of a library that is loaded returns, None where there is none."""
        noload = 4  # RTLD_NOLOAD of glibc's dlfcn.h
        try:
            ask = getattr(self._ctypes.CDLL(library, mode=noload), function)
        except (OSError, AttributeError):
            return None
        ask.restype = self._ctypes.c_longlong
        return int(ask(argument))


def pymalloc(text: bytes) -> tuple[int, int] | None:
    """Return (bytes of its arenas, bytes of the blocks in use) by what pymalloc says of itself.

    Without the beginnings and ends of arenas that hold no whole pool: nothing ever writes there.
    """
    arenas = used = None
    unused = 0
    for line in text.splitlines():
        if b" bytes/arena" in line:
            arenas = _number(line)
        elif line.startswith(b"# bytes in allocated blocks"):
            used = _number(line)
        elif line.startswith(b"# bytes lost to arena alignment"):
            unused = _number(line) or 0
    return None if arenas is None or used is None else (arenas - unused, used)


def _number(line: bytes) -> int | None:
    digits = line.rpartition(b"=")[2].replace(b",", b"").strip()
    return int(digits) if digits.isdigit() else None
