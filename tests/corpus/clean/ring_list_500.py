"""An event log keeps the last 500 events in a ring: a list that is appended to until it is full and then overwritten
in turn.
"""

events = []
_position = 0
_n = 0


def setup():
    pass


def remember(event):
    global _position
    if len(events) < 500:
        events.append(event)
    else:
        events[_position] = event
    _position = (_position + 1) % 500


def iterate():
    global _n
    _n += 1
    remember({"id": _n, "kind": "click", "at": [_n % 1920, _n % 1080]})
