"""Resident memory by mapping, from `/proc/self/smaps`: every resident page is in one mapping, so the parts add up."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: malloc's arenas for threads have heaps at multiples of this (glibc's HEAP_MAX_SIZE). A heap begins with the address
#: of its arena, which lies behind the beginning of the arena's first heap.
_HEAP = 64 * 1024 * 1024
_ARENA_BEHIND = range(1, 256)
#: Where mimalloc asks the kernel for its memory (MI_HINT_BASE, MI_HINT_MAX): nothing else is mapped that low.
_MIMALLOC = range(2 << 40, 30 << 40)
#: Files that are memory.
_SHARED = (b"/memfd:", b"/dev/shm/", b"/dev/zero", b"/SYSV", b"[anon_shmem:")
#: A guard below a thread's stack is a page or some more.
_LARGEST_GUARD = 1024 * 1024
_KIBI = 1024


class Mappings:
    """Resident bytes by kind of mapping. `anonymous` are those of nobody known: [start, end, start, end, …]."""

    def __init__(self) -> None:
        self.resident = self.files = self.shared = self.stacks = self.malloc = self.mimalloc = 0
        self.anonymous: list[int] = []


def read() -> bytes:
    """Return the text of smaps. Raises OSError where there is none."""
    with open("/proc/self/smaps", "rb", buffering=0) as file:
        return file.read()


def resident() -> int | None:
    """Return resident memory in bytes, to the page; None where it cannot be read."""
    try:
        with open("/proc/self/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Rss:"):
                    return int(line.split()[1]) * _KIBI
    except OSError:
        pass
    return None


def stack_pointers() -> list[int]:
    """Return where the stacks of waiting threads end; a running one has none to show."""
    found = []
    for thread in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{thread}/syscall", "rb", buffering=0) as file:
                words = file.read().split()
        except OSError:
            continue
        if len(words) > 2:  # noqa: PLR2004
            found.append(int(words[-2], 16))
    return found


def word_at(address: int) -> int:
    """Return the 64 bits at an address of this process, 0 where nothing can be read."""
    try:
        descriptor = os.open("/proc/self/mem", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int.from_bytes(os.pread(descriptor, 8, address), "little")
    except (OSError, OverflowError):
        return 0
    finally:
        os.close(descriptor)


def divide(text: bytes, pointers: list[int], word: Callable[[int], int] = word_at) -> Mappings:
    """Divide resident memory by what the mappings are; `pointers` lie in stacks, `word` reads memory."""
    found = Mappings()
    rows = _rows(text)
    stacks = _stacks(rows, pointers)
    for start, end, access, name, resident in rows:
        found.resident += resident
        if name.startswith(_SHARED):
            found.shared += resident
        elif name.startswith(b"/"):
            found.files += resident
        elif name == b"[stack]" or start in stacks:
            found.stacks += resident
        elif name == b"[heap]":
            found.malloc += resident
        elif resident and not name and access[:2] == b"rw":
            if _are_heaps(start, end, word):
                found.malloc += resident
            elif start in _MIMALLOC:
                found.mimalloc += resident
            else:
                found.anonymous += (start, end)
    return found


def _rows(text: bytes) -> list[list[Any]]:
    """Return [start, end, access, name, resident bytes] of every mapping."""
    rows: list[list[Any]] = []
    for line in text.splitlines():
        if line.startswith(b"Rss:"):
            rows[-1][4] = int(line[4:-2]) * _KIBI
        elif not line[:1].isupper():
            # start-end access offset device inode name
            words = line.split(None, 5)
            start, _, end = words[0].partition(b"-")
            rows.append([int(start, 16), int(end, 16), words[1], words[5] if len(words) > 5 else b"", 0])  # noqa: PLR2004
    return rows


def _are_heaps(start: int, end: int, word: Callable[[int], int]) -> bool:
    """Say whether a mapping is heaps of malloc's arenas: full ones can be one mapping with the next."""
    if start % _HEAP:
        return False
    for heap in range(start, end, _HEAP):
        arena = word(heap)
        first = arena - arena % _HEAP
        if arena % _HEAP not in _ARENA_BEHIND or (first != heap and word(first) != arena):
            return False
    return True


def _stacks(rows: list[list[Any]], pointers: list[int]) -> set[int]:
    """Return where the mappings begin that are stacks: a guard, and above it what a pointer is in, or one as large."""
    known: set[int] = set()
    sizes: set[int] = set()
    guarded = []
    for below, (start, end, access, name, _) in zip(rows, rows[1:]):
        if name or access[:2] != b"rw" or below[1] != start or below[2] != b"---p" or start - below[0] > _LARGEST_GUARD:
            continue
        guarded.append((start, end - start))
        if any(start <= pointer < end for pointer in pointers):
            known.add(start)
            sizes.add(end - start)
    # Of threads that run, and of ended ones, which glibc keeps for the next.
    known.update(start for start, size in guarded if size in sizes)
    return known
