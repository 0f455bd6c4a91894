"""Where what is no object is born: descriptors, threads, tasks, children, and memory that no tracer of Python sees.

Watched in the same calls as the lengths of containers (`grown.py`). A thing that came and went proves nothing, so what
counts is what is still there after the last of the calls.
"""

from __future__ import annotations

import sys
from _thread import get_ident

from .outside import ARROW, MALLOC, reader_of
from .resources import FDS, THREADS, Kind, describe, kinds

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .grown import Where
    from .resources import Stack

#: Things that must have come before a line is told.
_ENOUGH_THINGS = 5
#: Calls that must have gained memory before a line is told: buffers grow by leaps, a loss comes with every call.
_ENOUGH_GAINS = 12
#: Gains that are looked back over for one that is given back: those before are taken to stay.
_LOOKED_BACK = 500
#: Lines told of one owner, those that gained most first.
_MOST_LINES = 6


class Things:
    """Resources of one kind that come and stay."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._before: set[int] | None = None
        self._value: Any = None
        self._at: dict[int, Stack] = {}
        self._came = 0
        self._idents: set[int] = set()

    def begin(self) -> None:
        """Note what there is before the first call."""
        if self._before is None:
            self._before = set(self._kind.present())
        self._idents = set(sys._current_frames())
        self._value = self._kind.signal()

    def look(self, where: Where) -> None:
        """Remember what was running when something new came."""
        value = self._kind.signal()
        if value == self._value:
            return
        # A thread that has just begun did not make itself: the one that did will see it too.
        stack = None if self._kind.name == THREADS and get_ident() not in self._idents else where()
        if not stack:
            return
        before, self._value = self._value, value
        if self._kind.name == FDS:
            # The lowest free number is the one that was given.
            if value > before:
                self._at[before] = stack
            return
        present = set(self._kind.present())
        known = self._before or set()
        self._at = {each: self._at.get(each, stack) for each in present if each not in known}

    def end(self) -> None:
        """Count what came and is there."""
        self._came = len(set(self._kind.present()) - (self._before or set()))

    @property
    def seen(self) -> bool:
        """True when enough things came and stayed."""
        return self._came >= _ENOUGH_THINGS

    def rows(self) -> tuple[list[list[Any]], list[list[Any]]]:
        """Return lines, [owner, what, frames, count, bytes], and kinds, [owner, kind, count], of what is there now."""
        new = sorted(set(self._kind.present()) - (self._before or set()))
        born: dict[Stack, int] = {}
        for each in new:
            stack = self._at.get(each)
            if stack is None and self._kind.name == FDS:
                # Of a pair the second has no number of its own in the lowest free ones.
                stack = self._at.get(max((at for at in self._at if at < each), default=-1))
            if stack is not None:
                born[stack] = born.get(stack, 0) + 1
        names, waits = describe(self._kind, new)
        name = self._kind.name
        lines = [[name, "born", stack, count, 0] for stack, count in _most(born)]
        lines += [[name, "waits", stack, count, 0] for stack, count in _most(waits)]
        return lines, [[name, each, count] for each, count in _most(names)]


class Memory:
    """Bytes outside the Python heap that come and stay: `read` says how many there are."""

    def __init__(self, name: str, read: Callable[[], int]) -> None:
        self._name = name
        self._read = read
        self._value = 0
        self._alive: list[tuple[int, int, Stack]] = []
        """What came and was not given back: bytes, call, what was running."""
        self._calls = 0
        self._gaining = 0

    def begin(self) -> None:
        """Read before a call."""
        self._value = self._read()

    def look(self, where: Where) -> None:
        """Note what came, and take off what went."""
        change = self._read() - self._value
        if change > 0:
            stack = where()
            if stack:
                self._alive.append((change, self._calls, stack))
        elif change < 0:
            self._gone(-change)
        if change:
            # What we have noted is no doing of the program.
            self._value = self._read()

    def _gone(self, size: int) -> None:
        """Take off as many bytes: of what was as large, the last that came; else of this call, from the last back."""
        alive = self._alive
        for at in range(len(alive) - 1, max(-1, len(alive) - _LOOKED_BACK), -1):
            if alive[at][0] == size:
                del alive[at]
                return
        while size > 0 and alive and alive[-1][1] == self._calls:
            came, call, stack = alive.pop()
            if came > size:
                alive.append((came - size, call, stack))
            size -= came

    def end(self) -> None:
        """Count the calls, and those that left something."""
        if self._alive and self._alive[-1][1] == self._calls:
            self._gaining += 1
        self._calls += 1

    @property
    def seen(self) -> bool:
        """True when enough calls left something."""
        return self._gaining >= _ENOUGH_GAINS

    def rows(self) -> list[list[Any]]:
        """Return lines, [owner, what, frames, calls, bytes]: those of the most bytes first."""
        sizes: dict[Stack, int] = {}
        calls: dict[Stack, set[int]] = {}
        for size, call, stack in self._alive:
            sizes[stack] = sizes.get(stack, 0) + size
            calls.setdefault(stack, set()).add(call)
        return [[self._name, "born", stack, len(calls[stack]), size] for stack, size in _most(sizes)]


def watchers(resources: set[str], memory: set[str], allocators: Any) -> tuple[list[Things], list[Memory]]:
    """Return what watches some kinds of resources and of memory outside the Python heap."""
    every = kinds()
    if THREADS in resources:
        # Their stacks are mapped, and would be told a second time.
        memory = {name for name in memory if name == MALLOC or name.startswith(ARROW)}
    things = [Things(every[name]) for name in sorted(resources & set(every))]
    readers = {name: reader_of(name, allocators) for name in sorted(memory)}
    return things, [Memory(name, read) for name, read in readers.items() if read is not None]


def explain(things: list[Things], memory: list[Memory]) -> dict[str, Any]:
    """Return what was seen: {"lines": [[owner, what, frames, count, bytes]], "kinds": [[owner, kind, count]]}."""
    lines: list[list[Any]] = []
    described: list[list[Any]] = []
    for each in things:
        born, names = each.rows()
        lines += born
        described += names
    for kept in memory:
        lines += kept.rows()
    return {"lines": lines, "kinds": described}


def _most(counts: dict[Any, int]) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_LINES]
