"""A buffer pool makes one new buffer at each call until it owns 250; later calls reuse the buffer that was given back
first.
"""

import collections


class Buffer:
    def __init__(self):
        self.data = bytearray(128)
        self.marks = []

    def reset(self):
        self.marks.clear()


class BufferPool:
    def __init__(self, limit):
        self.limit = limit
        self.owned = 0
        self.free = collections.deque()

    def acquire(self):
        if self.owned < self.limit:
            self.owned += 1
            return Buffer()
        return self.free.popleft()

    def release(self, buffer):
        buffer.reset()
        self.free.append(buffer)


pool = BufferPool(limit=250)


def setup():
    pass


def iterate():
    buffer = pool.acquire()
    buffer.marks.append("used")
    pool.release(buffer)
