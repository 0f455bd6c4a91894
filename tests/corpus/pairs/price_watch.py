"""Clients of a price feed. Each request starts a task that waits for the next price.

The set keeps the tasks referenced, as the asyncio manual advises; but the price
never comes, and a client that goes away does not cancel its task.
"""

import asyncio
import itertools

clients = itertools.count(1000)
watching = set()


class Client:
    def __init__(self, number):
        self.number = number
        self.changed = asyncio.Event()  # born

    async def wait(self):
        await self.changed.wait()  # born
        return self.number


async def serve(number):
    client = Client(number)  # born
    task = asyncio.create_task(client.wait(), name="watch")  # born
    watching.add(task)  # grown
    await asyncio.sleep(0)
    return task.done()


def setup():
    pass


async def iterate():
    assert not await serve(next(clients))
