"""A subscription's task is kept in a set until it is done, and never is."""

import asyncio

running = set()


class Subscription:
    def __init__(self):
        self.messages = asyncio.Queue()

    async def listen(self):
        while await self.messages.get() != "end":
            pass

    def start(self):
        return asyncio.ensure_future(self.listen())  # born


def setup():
    pass


async def iterate():
    subscription = Subscription()
    task = subscription.start()
    await subscription.messages.put("hello")
    await asyncio.sleep(0)
    running.add(task)  # grown
    task.add_done_callback(running.discard)
