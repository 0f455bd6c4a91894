"""A cache that is full before it is traced: what is traced takes the place of what was not. Nothing grows."""

import functools
import itertools

numbers = itertools.count()


@functools.lru_cache(maxsize=1000)
def price(name):
    return {"name": name}


def look_up(name):
    return price(name)["name"]


class Request:
    pass


def call():
    request = Request()
    request.arguments = {"name": f"/p/sku{next(numbers)}"}
    look_up(**request.arguments)
