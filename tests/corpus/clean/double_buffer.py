"""A renderer draws into two display lists in turn: even frames have 300 shapes, odd ones 40, and only the shown one
is kept full.
"""

front = []
back = []
_frame = 0


def setup():
    pass


def draw(count):
    return [{"shape": "box", "at": [index, index]} for index in range(count)]


def iterate():
    global front, back, _frame
    _frame += 1
    back.extend(draw(300 if _frame % 2 == 0 else 40))
    front, back = back, front
    back.clear()
