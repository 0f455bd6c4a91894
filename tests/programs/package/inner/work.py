"""A module with relative imports."""

from ..shared import kept


class Part:
    """What is kept."""


def keep():
    """Keep 1 Part."""
    kept.append(Part())
