"""A timer queue that sweeps cancelled entries out as soon as they are more than half of it."""

import heapq
import itertools

requests = itertools.count(1)


class Timers:
    def __init__(self):
        self.heap = []
        self.stale = 0

    def arm(self, when, client):
        entry = [when, client, True]
        heapq.heappush(self.heap, entry)
        return entry

    def cancel(self, entry):
        entry[2] = False
        self.stale += 1
        if self.stale * 2 > len(self.heap):
            self.heap = [kept for kept in self.heap if kept[2]]
            heapq.heapify(self.heap)
            self.stale = 0

    def run(self, now):
        while self.heap and self.heap[0][0] <= now:
            heapq.heappop(self.heap)


TIMERS = Timers()


def setup():
    pass


def iterate():
    now = next(requests)
    for client in range(now // 10):
        TIMERS.cancel(TIMERS.arm(now + 1_000_000, client))
    TIMERS.run(now)
