"""A copy of one corner of the last image is kept."""

import numpy

corners = {}


def load(number):
    return numpy.full((64, 64), number, dtype="float32")


def setup():
    pass


def iterate():
    image = load(3)
    corners["last"] = image[:2, :2].copy()
