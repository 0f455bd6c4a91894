"""A timer queue that skips cancelled entries when they come up, which is far in the future.

Every request arms timeouts for the clients connected by then (one more every ten
requests) and cancels them at once: the stale entries stay in the heap.
"""

import heapq
import itertools

requests = itertools.count(1)


class Timers:
    def __init__(self):
        self.heap = []
        self.stale = 0

    def arm(self, when, client):
        entry = [when, client, True]  # born
        heapq.heappush(self.heap, entry)  # grown
        return entry

    def cancel(self, entry):
        entry[2] = False
        self.stale += 1

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
