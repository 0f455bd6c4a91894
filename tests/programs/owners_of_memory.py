"""Memory of every kind, in amounts that a ledger must find again; and calls that take memory and give it back."""

from __future__ import annotations

import ctypes
import mmap
import sqlite3
import threading

MIB = 1024 * 1024
PAGE = 4096
_libc = ctypes.CDLL(None)
_libc.malloc.argtypes, _libc.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
_libc.free.argtypes, _libc.free.restype = [ctypes.c_void_p], None
_libc.memset.argtypes, _libc.memset.restype = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t], ctypes.c_void_p
_libc.calloc.argtypes, _libc.calloc.restype = [ctypes.c_size_t, ctypes.c_size_t], ctypes.c_void_p

kept = []
_stop = threading.Event()
_used = threading.Semaphore(0)


def nothing():
    """Do nothing: each setup below made its memory before the first checkpoint."""


def touched(address, size):
    """Write to all of some memory."""
    _libc.memset(address, 1, size)
    return address


def everything():
    """Take some of every kind."""
    for take in (untouched, large_objects, small_objects, native, database, freed, nobodys, shared, threads):
        take()


def large_objects():
    """Keep 64 MiB in one Python object."""
    kept.append(bytearray(b"x") * (64 * MIB))


def small_objects():
    """Keep 100,000 small lists of a number: 11 MiB in pymalloc's blocks."""
    kept.append([[number] for number in range(100_000)])


def native():
    """Let C keep 40 MiB in one block, which malloc maps, and 24 MiB in small ones."""
    kept.append(touched(_libc.malloc(40 * MIB), 40 * MIB))
    kept.extend(touched(_libc.malloc(64 * 1024), 64 * 1024) for _ in range(24 * 16))


def untouched():
    """Let C have 512 MiB that it never touches."""
    kept.append(_libc.calloc(512, MIB))


def freed():
    """Free 48 MiB of small blocks below one that stays: malloc keeps the memory."""
    blocks = [touched(_libc.malloc(64 * 1024), 64 * 1024) for _ in range(48 * 16)]
    kept.append(_libc.malloc(64 * 1024))
    for block in blocks:
        _libc.free(block)


def nobodys():
    """Map 32 MiB that belong to no allocator."""
    area = mmap.mmap(-1, 32 * MIB, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, len(area), PAGE):
        area[at] = 1
    kept.append(area)


def shared():
    """Map 16 MiB of shared memory."""
    area = mmap.mmap(-1, 16 * MIB)
    for at in range(0, len(area), PAGE):
        area[at] = 1
    kept.append(area)


def threads():
    """Start eight threads that have used 2 MiB of their stacks each, and wait."""
    for _ in range(8):
        thread = threading.Thread(target=_use_stack, daemon=True)
        thread.start()
        kept.append(thread)
    for _ in range(8):
        _used.acquire()


def _use_stack():
    # A thread's stack is below what it uses now: 2 MiB of it are written to from C.
    size = 2 * MIB
    _libc.memset(_stack_pointer() - 16 * 1024 - size, 1, size)
    _used.release()
    _stop.wait()


def _stack_pointer():
    with open(f"/proc/self/task/{threading.get_native_id()}/syscall", encoding="ascii") as file:
        return int(file.read().split()[-2], 16)


def database():
    """Keep a database of a few MiB in memory."""
    connection = sqlite3.connect(":memory:")
    connection.execute("create table rows (text)")
    connection.executemany("insert into rows values (?)", (("x" * 1000,) for _ in range(4000)))
    kept.append(connection)


def takes_and_gives_back():
    """Take 256 MiB within a call, and keep nothing."""
    touched(address := _libc.malloc(256 * MIB), 256 * MIB)
    _libc.free(address)
