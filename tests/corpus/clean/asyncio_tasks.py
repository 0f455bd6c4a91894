"""Each request of an asyncio service starts a few tasks, gathers them and cancels one that is too slow."""

import asyncio

_n = 0


def setup():
    pass


async def fetch(number):
    await asyncio.sleep(0)
    return {"number": number, "rows": [number]}


async def hang():
    await asyncio.Event().wait()


async def iterate():
    global _n
    _n += 1
    slow = asyncio.create_task(hang())
    parts = await asyncio.gather(*(fetch(number) for number in range(5)))
    slow.cancel()
    try:
        await slow
    except asyncio.CancelledError:
        pass
    assert len(parts) == 5
