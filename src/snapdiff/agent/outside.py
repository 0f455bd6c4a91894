"""Memory outside the Python heap that the calls gained: read right before and right after them.

At a checkpoint the agent keeps what it measured, and that comes from malloc too (2.4 MB for 100 thousand paths). So a
total is no measure of the calls; the sum of what was gained while they ran is. The control's sum, of empty calls, is
the noise of the instrument.
"""

from __future__ import annotations

import gc
import importlib
import os

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: What is read: bytes that malloc's callers hold; private memory that is not malloc's (mapped, stacks, pymalloc); and
#: all other mappings (files, shared memory).
MALLOC, MAPPED, FILES = "malloc", "mapped", "files"
NAMES = (MALLOC, MAPPED, FILES)


class Outside:
    """Sums up what calls gain, by name, since the last `reset`. Nothing is summed where nothing can be read."""

    def __init__(self) -> None:
        self._read = reader()
        self._before: list[int] = []
        self.gained = [0] * len(NAMES)

    def reset(self) -> None:
        """Forget what was gained: a series begins."""
        self.gained = [0] * len(NAMES)

    def begin(self) -> None:
        """Read before some calls."""
        if self._read is not None:
            _clear_free_lists()
        self._before = self._now()

    def end(self) -> dict[str, int] | None:
        """Read after the calls and a collection; return what all calls of the series gained, in bytes."""
        before, now = self._before, self._now()
        if not before or not now:
            return None
        self.gained = [total + after - was for total, was, after in zip(self.gained, before, now)]
        return dict(zip(NAMES, self.gained))

    def _now(self) -> list[int]:
        if self._read is not None:
            try:
                return self._read()
            except OSError:
                # The program closed a descriptor that is not its own.
                self._read = None
        return []


def _clear_free_lists() -> None:
    """Let a collection empty the interpreter's free lists, as the one before the next reading will.

    Our own work at a checkpoint fills them, and each block in them that is traced costs tracemalloc 80 bytes of malloc:
    in a traced control every reading was 4,000 to 9,000 bytes lower than the one before. With everything frozen it
    takes no time. After the collection of a checkpoint all objects are of the oldest generation anyway.
    """
    if not gc.get_freeze_count():
        gc.freeze()
        gc.collect()
        gc.unfreeze()


def reader() -> Callable[[], list[int]] | None:
    """Return a function that reads malloc's bytes in use, other private memory and other mappings; None without glibc.

    It makes no difference to malloc itself: what it allocates is small enough for the interpreter's own allocator.
    """
    state = malloc_state()
    if state is None:
        return None
    page = os.sysconf("SC_PAGE_SIZE")
    try:
        descriptor = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None

    def read() -> list[int]:
        in_use, system = state()
        fields = os.pread(descriptor, 128, 0).split()
        size, private = int(fields[0]) * page, int(fields[5]) * page
        return [in_use, private - system, size - private]

    return read


def reader_of(name: str) -> Callable[[], int] | None:
    """Return a function that reads one of `NAMES`, for whoever reads often; it never raises."""
    state = malloc_state()
    if state is None:
        return None
    if name == MALLOC:
        return lambda: int(state()[0])
    read, at = reader(), NAMES.index(name)

    def read_one() -> int:
        try:
            return read()[at] if read is not None else 0
        except OSError:
            return 0

    return read_one


def malloc_state() -> Any:
    """Return what reads malloc's bytes: (held by its callers, taken from the system); None where that is not known."""
    try:
        state = importlib.import_module("._walker", __package__).malloc_state
        return state if state() is not None else _from_libc()
    except (ImportError, AttributeError):
        return _from_libc()


def _from_libc() -> Any:
    """Ask glibc through ctypes, where the walker was not built: blocks in caches of threads count as held."""
    try:
        import ctypes

        ask = ctypes.CDLL(None).mallinfo2
    except (ImportError, OSError, AttributeError):
        return None

    class Info(ctypes.Structure):
        """struct mallinfo2."""

        _fields_ = [
            (name, ctypes.c_size_t)
            for name in (
                "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
            )
        ]  # fmt: skip

    ask.restype = Info

    def state() -> tuple[int, int]:
        found = ask()
        return found.uordblks + found.hblkhd, found.arena + found.hblkhd

    return state
