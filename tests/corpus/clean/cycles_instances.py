"""A layout engine builds a small tree of boxes in which parents and children know each other, measures it and drops
it.

Each tree is a reference cycle: it goes at the next garbage collection.
"""


class Box:
    def __init__(self, parent=None):
        self.parent = parent
        self.children = []
        if parent is not None:
            parent.children.append(self)

    def height(self):
        return 1 + sum(child.height() for child in self.children)


def setup():
    pass


def iterate():
    page = Box()
    for _ in range(3):
        column = Box(page)
        Box(column)
    assert page.height() == 7
