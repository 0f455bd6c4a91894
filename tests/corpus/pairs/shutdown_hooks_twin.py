"""Requests that want to know of a shutdown add a callback to one future while they run."""

import asyncio
import functools
import itertools

numbers = itertools.count(1000)
state = {}


class Request:
    def __init__(self, number):
        self.number = number
        self.aborted = False

    def abort(self, reason, future):
        self.aborted = True


async def handle(number):
    request = Request(number)
    abort = functools.partial(request.abort, "shutdown")
    state["shutdown"].add_done_callback(abort)
    await asyncio.sleep(0)
    state["shutdown"].remove_done_callback(abort)
    return request.aborted


def setup():
    state["loop"] = asyncio.new_event_loop()
    state["shutdown"] = state["loop"].create_future()


def iterate():
    assert state["loop"].run_until_complete(handle(next(numbers))) is False


def teardown():
    state["shutdown"].cancel()
    state["loop"].run_until_complete(asyncio.sleep(0))
    state["loop"].close()
