"""A view of one corner is kept of each image, and with it the whole image."""

import numpy

corners = []


def load(number):
    return numpy.full((64, 64), number, dtype="float32")  # born


def setup():
    pass


def iterate():
    image = load(3)
    corners.append(image[:2, :2])  # grown
