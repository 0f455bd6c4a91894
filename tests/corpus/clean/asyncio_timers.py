"""Each call leaves a timer behind that forgets a request about five calls later."""

import asyncio

open_requests = {}
expired = 0
_n = 0


def setup():
    pass


def expire(number):
    global expired
    open_requests.pop(number, None)
    expired += 1


async def iterate():
    global _n
    _n += 1
    open_requests[_n] = {"number": _n, "parts": []}
    asyncio.get_running_loop().call_later(0.004, expire, _n)
    await asyncio.sleep(0.0008)
