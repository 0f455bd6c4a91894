"""Clients of a price feed: each request starts a task that waits for a price, cancelled when the client goes."""

import asyncio
import itertools

clients = itertools.count(1000)
watching = set()


class Client:
    def __init__(self, number):
        self.number = number
        self.changed = asyncio.Event()

    async def wait(self):
        await self.changed.wait()
        return self.number


async def serve(number):
    client = Client(number)
    task = asyncio.create_task(client.wait(), name="watch")
    watching.add(task)
    task.add_done_callback(watching.discard)
    await asyncio.sleep(0)
    done = task.done()
    task.cancel()
    await asyncio.wait([task])
    return done


def setup():
    pass


async def iterate():
    assert not await serve(next(clients))
