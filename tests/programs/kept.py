"""One kind of holder a function; each keeps something on every call."""

import functools
import weakref


class Item:
    pass


class Service:
    def __init__(self):
        self.items = []

    def add(self):
        self.items.append(Item())


class App:
    pass


class Node:
    def __init__(self, following):
        self.following = following


first, second = [], {}
app = App()
app.history = []
log = ""
head = None
calls = 0


def make_service():
    return Service()


def three_and_one():
    for _ in range(3):
        first.append(Item())
    keep_in_second()


def keep_in_second():
    second[len(second)] = Item()


@functools.cache
def half(number):
    return number / 2


def unbounded_cache():
    global calls
    calls += 1
    half(calls + 10_000)


def attribute_set_from_outside():
    app.history.append(Item())


def text_that_grows():
    global log
    log = log + "x" * 500


def linked():
    global head
    head = Node(head)


weak = weakref.WeakSet()
strong = []


def kept_and_listed_weakly():
    item = Item()
    strong.append(item)
    weak.add(item)


pages, archive = [], []


def kept_twice_with_a_note():
    page = bytes(50_000)
    pages.append(page)
    archive.append((page, bytearray(10_000)))
