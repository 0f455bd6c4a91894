"""A retry loop keeps the last error in a local variable and raises it again when all attempts failed.

Error, traceback and frame refer to each other, with all that the frame holds, until a collection comes.
"""

_n = 0
failures = 0


def setup():
    pass


def attempt(payload):
    raise ConnectionError("no answer to %d items" % len(payload))


def deliver(payload):
    last = None
    for _ in range(2):
        try:
            return attempt(payload)
        except ConnectionError as error:
            last = error
    raise last


def iterate():
    global _n, failures
    _n += 1
    try:
        deliver([_n, {"n": _n}])
    except ConnectionError:
        failures += 1
