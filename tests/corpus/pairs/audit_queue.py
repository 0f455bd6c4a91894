"""Audit events are put into an asyncio.Queue; the task that should read it was never started."""

import asyncio
import itertools

ticks = itertools.count(1000)


class Service:
    def __init__(self):
        self.audit = asyncio.Queue()

    async def emit(self, action, tick):
        await self.audit.put({"action": action, "tick": tick})  # born, grown

    async def request(self, tick):
        await self.emit("open", tick)
        await self.emit("read", tick)
        await self.emit("close", tick)
        return tick


SERVICE = Service()


def setup():
    pass


async def iterate():
    assert await SERVICE.request(next(ticks))
