"""Keeps objects of classes that cannot be hashed or compared: their metaclass defines `__eq__`."""


class Meta(type):  # noqa: PLW1641  the point of it
    """Makes classes unhashable, as every class that defines `__eq__` alone does to its instances."""

    def __eq__(cls, other):
        raise RuntimeError("compared")


class Part(metaclass=Meta):
    """An instance is what is kept; this name is never used as a key by the program."""


kept = []


def keep():
    """Keep 1 Part."""
    kept.append(Part())
