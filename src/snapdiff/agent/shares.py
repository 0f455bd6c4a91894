"""How much each cause holds: LeakShare, as LeakCanary and BLeak have it.

What is reachable without passing a growing container is nobody's. The size of every other object is divided equally
among the containers that reach it, so that nothing is counted twice. Beside it stands what only one container reaches:
the least that curing this one cause frees.
"""

from __future__ import annotations

from .names import key_of
from .referents import direct, handler_for, handlers
from .sizes import sizer

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from array import array
    from typing import Any


class Held:
    """What one group of containers holds.

    `divided[n]` are the bytes of what it reaches together with n other groups, `together[g]` the objects that it
    reaches together with group g.
    """

    def __init__(self, groups: int) -> None:
        self.divided = [0] * groups
        self.together = [0] * groups

    @property
    def share(self) -> int:
        """Bytes, when what several reach is divided among them."""
        return round(sum(size / owners for owners, size in enumerate(self.divided, start=1)))

    @property
    def alone(self) -> int:
        """Bytes that no other group reaches."""
        return self.divided[0]

    @property
    def partner(self) -> int | None:
        """The group with which it shares the most objects, None where it shares nothing."""
        most = max(self.together)
        return self.together.index(most) if most else None


def held(roots: list[Any], containers: list[list[Any]], ours: set[int]) -> list[Held]:
    """Return what each group of container objects holds that is not reached from the roots without passing one."""
    look = _Look()
    stops = {id(obj) for group in containers for obj in group}
    nobodys = {*ours, *stops}
    look.reach(roots, nobodys)
    nobodys -= stops
    reached: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for number, group in enumerate(containers):
        seen = set(nobodys)
        for obj in look.reach(group, seen):
            reached.setdefault(id(obj), []).append(number)
            sizes[id(obj)] = look.size(obj)
    found = [Held(len(containers)) for _ in containers]
    for key, owners in reached.items():
        for number in owners:
            found[number].divided[len(owners) - 1] += sizes[key]
            for other in owners:
                found[number].together[other] += other != number
    return found


def unpacked(numbers: array[int], groups: int) -> list[Held]:
    """Return what the native walker found: `divided` of all groups, then `together` of all."""
    found = [Held(groups) for _ in range(groups)]
    for at, each in enumerate(found):
        each.divided = numbers[at * groups : (at + 1) * groups].tolist()
        each.together = numbers[(groups + at) * groups : (groups + at + 1) * groups].tolist()
    return found


class _Look:
    """Goes over references, and knows sizes."""

    def __init__(self) -> None:
        self._table = handlers()
        self._handlers: dict[Any, Any] = {}
        self._sizers: dict[Any, Any] = {}

    def reach(self, start: list[Any], seen: set[int]) -> list[Any]:
        """Return everything that is reached from some objects (themselves included), adding it to `seen`."""
        found = []
        frontier = []
        for obj in start:
            if id(obj) not in seen:
                seen.add(id(obj))
                frontier.append(obj)
        while frontier:
            found += frontier
            following = []
            for obj in frontier:
                for child in self.referents(obj):
                    key = id(child)
                    if key not in seen:
                        seen.add(key)
                        following.append(child)
            frontier = following
        return found

    def referents(self, obj: Any) -> list[Any]:
        cls = type(obj)
        key = key_of(cls)
        if key not in self._handlers:
            self._handlers[key] = handler_for(cls, self._table)
        found = direct(cls, [obj])
        if self._handlers[key] is not None:
            found.extend(self._handlers[key]([obj]))
        return found

    def size(self, obj: Any) -> int:
        cls = type(obj)
        key = key_of(cls)
        if key not in self._sizers:
            self._sizers[key] = sizer(cls)
        base, measure = self._sizers[key]
        return int(base + (measure(obj) if measure is not None else 0))
