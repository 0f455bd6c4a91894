"""An image server keeps the size of the last pictures in a dict and throws the oldest one out when there are more
than 200.

The bound is a literal in the code: no attribute tells of it.
"""

sizes = {}
_n = 0


def setup():
    pass


def measure(picture):
    return {"width": picture % 640, "height": picture % 480, "layers": [picture % 3, picture % 5]}


def size_of(picture):
    found = sizes.get(picture)
    if found is None:
        found = sizes[picture] = measure(picture)
        if len(sizes) > 200:
            del sizes[next(iter(sizes))]
    return found


def iterate():
    global _n
    _n += 1
    size_of(_n)
