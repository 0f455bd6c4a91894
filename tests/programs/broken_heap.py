"""Keeps objects of the types of broken_types.c, which must be built beside this file or on the path."""

import broken_types

kept = []
TYPES = [cls for name, cls in sorted(vars(broken_types).items()) if isinstance(cls, type) and name != "NeverReady"]


def subclass(cls):
    class Sub(cls):
        def method(self):
            return self.attribute, self.first, self.second

    return Sub


def keep():
    number = len(kept) + 1000
    made = []
    for cls in [*TYPES, *map(subclass, TYPES)]:
        filled, half, empty = cls(), cls(), cls()
        filled.first, filled.second = [number], {"second": (number,)}
        half.second = f"text {number}"
        filled.number = half.number = number
        for each in (filled, half):
            try:
                each.attribute = ["attribute", number]
            except AttributeError:
                pass
        made += [filled, half, empty]
    kept.append(made)
    kept.append(broken_types.NeverReady)
