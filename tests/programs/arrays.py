"""Keeps NumPy arrays: owning, views, of objects."""

import numpy as np

owning, views, of_objects = [], [], []


class Part:
    """What an array of objects holds: reached through the array only."""


def own():
    """Keep 1 array."""
    owning.append(np.zeros(3))


def view():
    """Keep 2 arrays, one as the other's base only."""
    views.append(np.zeros(8)[2:4])


def objects():
    """Keep 1 array and the 3 parts in it."""
    array = np.empty(3, dtype=object)
    for index in range(3):
        array[index] = Part()
    of_objects.append(array)
