"""A subscription's task is told to end, and awaited."""

import asyncio



class Subscription:
    def __init__(self):
        self.messages = asyncio.Queue()

    async def listen(self):
        while await self.messages.get() != "end":
            pass

    def start(self):
        return asyncio.ensure_future(self.listen())


def setup():
    pass


async def iterate():
    subscription = Subscription()
    task = subscription.start()
    await subscription.messages.put("hello")
    await asyncio.sleep(0)
    await subscription.messages.put("end")
    await task
