"""Works, and keeps nothing."""


def work():
    """Make and drop objects of several kinds, cycles among them."""
    ring = [{"a": 1.5}, (1, 2), b"bytes", "text" * 3]
    ring.append(ring)


async def work_later():
    """Do so as a coroutine."""
    return work()
