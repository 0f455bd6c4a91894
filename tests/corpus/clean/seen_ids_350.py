"""A consumer drops duplicate messages: it remembers message ids and forgets all of them when it knows 350."""

seen = set()
duplicates = 0
_n = 0


def setup():
    pass


def is_new(message_id):
    global duplicates
    if message_id in seen:
        duplicates += 1
        return False
    if len(seen) >= 350:
        seen.clear()
    seen.add(message_id)
    return True


def iterate():
    global _n
    _n += 1
    is_new("message-%08d" % _n)
    is_new("message-%08d" % _n)
