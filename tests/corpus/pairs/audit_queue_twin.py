"""Audit events are put into an asyncio.Queue and read at the end of each request."""

import asyncio
import itertools

ticks = itertools.count(1000)


class Service:
    def __init__(self):
        self.audit = asyncio.Queue()

    async def emit(self, action, tick):
        await self.audit.put({"action": action, "tick": tick})

    async def request(self, tick):
        await self.emit("open", tick)
        await self.emit("read", tick)
        await self.emit("close", tick)
        while not self.audit.empty():
            self.audit.get_nowait()
        return tick


SERVICE = Service()


def setup():
    pass


async def iterate():
    assert await SERVICE.request(next(ticks))
