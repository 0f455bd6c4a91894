"""Each call waits for an answer with a long timeout that is never reached.

The cancelled timer stays in the event loop's heap until more than 100 timers are there and more than half are
cancelled.
"""

import asyncio

_n = 0


def setup():
    pass


async def answer(number):
    await asyncio.sleep(0)
    return [number]


async def iterate():
    global _n
    _n += 1
    assert await asyncio.wait_for(answer(_n), timeout=3600) == [_n]
