"""Sessions are found by number through a WeakValueDictionary and announced to through a WeakSet; none outlives its
request.
"""

import weakref

by_number = weakref.WeakValueDictionary()
listeners = weakref.WeakSet()
_n = 0


def setup():
    pass


class Session:
    def __init__(self, number):
        self.number = number
        self.inbox = []
        by_number[number] = self
        listeners.add(self)


def announce(text):
    for listener in listeners:
        listener.inbox.append(text)


def iterate():
    global _n
    _n += 1
    session = Session(_n)
    announce("hello")
    assert by_number[_n] is session and session.inbox == ["hello"]
