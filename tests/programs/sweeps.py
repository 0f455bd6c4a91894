"""Workloads of a known law: what a call with a size takes at its peak, and what it keeps."""

import asyncio
import time

KEPT = []
CACHE = {}
LAST = {}
BLOCK = 100_000


def constant(n):
    """Go through n numbers in a buffer of one size."""
    buffer = bytearray(BLOCK)
    for at in range(n):
        buffer[at % BLOCK] = at & 255
    return len(buffer)


def linear(n):
    """Hold n texts until the end: a batch that is flushed at once."""
    batch = [f"section {at:07}" for at in range(n)]
    return sum(map(len, batch))


def n_log_n(n):
    """Keep every level of a merge sort: n numbers of eight bytes, log2 n times."""
    levels = [bytes(8 * n) for _ in range(max(1, n).bit_length())]
    return len(levels)


def quadratic(n):
    """Compare each with each: a table of n times n bytes."""
    table = [bytearray(n) for _ in range(n)]
    return len(table)


def threshold(n):
    """Work on pieces of one size, and on all of it from 2,000 on."""
    if n < 2_000:
        return len(bytearray(BLOCK))
    return len(bytearray(BLOCK)) + len(bytearray(40 * BLOCK))


def kept(n):
    """Keep n texts for each call."""
    KEPT.extend(f"kept {at:07}" for at in range(n))


def cached(n):
    """Keep one text for each number that was ever seen."""
    for at in range(n):
        CACHE.setdefault(at, f"cached {at:07}")


def last(n):
    """Keep the answer until the next call."""
    LAST["answer"] = [f"answer {at:07}" for at in range(n)]


async def awaited(n):
    """Hold n numbers over an await."""
    numbers = [float(at) for at in range(n)]
    await asyncio.sleep(0)
    return len(numbers)


def fails_above(n):
    """Raise for more than a thousand."""
    if n > 1_000:
        raise ValueError("too many")
    return list(range(n))


def hidden(n):
    """Return a coroutine that nobody awaits."""
    return awaited(n)


class Worker:
    """A method to sweep."""

    def add(self, *, n):
        """Hold n lists."""
        return len([[float(at)] for at in range(n)])


def make():
    """Return the worker."""
    return Worker()


def slow(n):
    """Take long for large n."""
    time.sleep(n / 1_000)
