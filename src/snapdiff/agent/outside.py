"""Memory outside the Python heap that the calls gained: read right before and right after them.

At a checkpoint the agent keeps what it measured, and that comes from malloc too (2.4 MB for 100 thousand paths). So a
total is no measure of the calls; the sum of what was gained while they ran is. The control's sum, of empty calls, is
the noise of the instrument.
"""

from __future__ import annotations

import _tracemalloc
import gc
import importlib
import os

from . import libraries

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: What is read: bytes that malloc's callers hold; private memory that is not malloc's (mapped, stacks, pymalloc); and
#: all other mappings (files, shared memory).
MALLOC, MAPPED, FILES = "malloc", "mapped", "files"
NAMES = (MALLOC, MAPPED, FILES)
ARROW = "arrow."
_STATM = "/proc/self/statm"
#: tracemalloc says how large its tables are; malloc gives twice as much for them, 96 bytes for the 48 of a block
#: that is alive (3.11 to 3.13).
_TAKEN_FOR_TABLES = 2


class Outside:
    """Sums up what calls gain, by name, since the last `reset`. Nothing is summed where nothing can be read."""

    def __init__(self, allocators: Any) -> None:
        self._read = reader(allocators)
        self._before: list[int] = []
        self.gained = [0] * len(NAMES)

    def close(self) -> None:
        """Read no more."""
        self._read = None

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
                found = self._read()
                if _tracemalloc.is_tracing():
                    found[0] -= _TAKEN_FOR_TABLES * _tracemalloc.get_tracemalloc_memory()
                return found
            except OSError:
                # The program closed a descriptor that is not its own.
                self._read = None
        return []


def _clear_free_lists() -> None:
    """Let a collection empty the interpreter's free lists, as the one before the next reading will.

    Our own work at a checkpoint fills them, and each block in them that is traced costs tracemalloc 96 bytes of malloc:
    in a traced control every reading was 4,000 to 9,000 bytes lower than the one before. With everything frozen it
    takes no time; but what was frozen before must stay so. That is not only what the program froze: 3.12 itself begins
    with 375 objects. After the collection of a checkpoint all objects are of the oldest generation anyway.
    """
    if gc.get_freeze_count():
        gc.collect()
        return
    gc.freeze()
    gc.collect()
    gc.unfreeze()


class _Sizes:
    """The kernel's file of this process's sizes, open for as long as this lives."""

    def __init__(self) -> None:
        self.descriptor = os.open(_STATM, os.O_RDONLY | os.O_CLOEXEC)

    def __del__(self, link: Any = os.readlink, close: Any = os.close) -> None:
        try:
            # The program may have closed it, and got its number for a file of its own.
            if link("/proc/self/fd/{}".format(self.descriptor)).endswith("/statm"):
                close(self.descriptor)
        except (AttributeError, OSError):
            pass


def reader(allocators: Any) -> Callable[[], list[int]] | None:
    """Return a function that reads malloc's bytes in use, other private memory and other mappings; None without glibc.

    It makes no difference to malloc itself: what it allocates is small enough for the interpreter's own allocator.
    """
    state = _malloc(allocators)
    if state is None:
        return None
    page = os.sysconf("SC_PAGE_SIZE")
    try:
        sizes = _Sizes()
    except OSError:
        return None

    def read() -> list[int]:
        in_use, system = state()
        fields = os.pread(sizes.descriptor, 128, 0).split()
        size, private = int(fields[0]) * page, int(fields[5]) * page
        return [in_use, private - system, size - private]

    return read


def reader_of(name: str, allocators: Any) -> Callable[[], int] | None:
    """Return a function that reads one of `NAMES` or an Arrow pool, for whoever reads often; it never raises."""
    pool = dict(libraries.arrow_pools()).get(name.partition(ARROW)[2]) if name.startswith(ARROW) else None
    if pool is not None:
        return lambda: int(pool.bytes_allocated())
    if name not in NAMES:
        return None
    state = _malloc(allocators)
    if state is None:
        return None
    if name == MALLOC:
        return lambda: int(state()[0])
    read, at = reader(allocators), NAMES.index(name)

    def read_one() -> int:
        try:
            return read()[at] if read is not None else 0
        except OSError:
            return 0

    return read_one


def _malloc(allocators: Any) -> Callable[[], tuple[int, int]] | None:
    """Return what reads malloc's bytes: (held by its callers, taken from the system); None where that is not known."""
    try:
        held = importlib.import_module("._walker", __package__).malloc_held
        if held() is not None:
            return held  # type: ignore[no-any-return]
    except (ImportError, AttributeError):
        pass
    if allocators is None or allocators.malloc_state() is None:
        return None

    def read() -> tuple[int, int]:
        # Blocks in the caches of threads count as held.
        in_use, free, mapped, _ = allocators.malloc_state()
        return in_use + mapped, in_use + free + mapped

    return read
