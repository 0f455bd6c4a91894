"""Keeps an exact, different number of objects of several tracked types in each call."""


class Own:
    """An ordinary instance, with attributes but no dict that anybody asked for."""

    def __init__(self):
        self.first = self.second = None


class Slotted:
    """An instance whose attributes lie in slots."""

    __slots__ = ("value",)

    def __init__(self):
        self.value = None


class Weakable:
    """A class whose instances can be weakly referred to and have no dict."""

    __slots__ = ("__weakref__",)


owns, slotted, weakable, lists, dicts, sets, functions = [], [], [], [], [], [], []


def keep():
    """Keep 1 Own, 2 Slotted, 3 Weakable, 4 lists, 5 dicts that hold a list of `lists`, 6 sets and 7 functions."""
    owns.append(Own())
    slotted.extend((Slotted(), Slotted()))
    weakable.extend((Weakable(), Weakable(), Weakable()))
    for _ in range(4):
        lists.append([])
    for _ in range(5):
        dicts.append({"held": lists[0]})
    for _ in range(6):
        sets.append({None})
    for _ in range(7):
        functions.append(lambda: None)
