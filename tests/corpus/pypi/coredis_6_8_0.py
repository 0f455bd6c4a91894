"""A session service over a Redis cluster groups the keys of each multi-key read by hash slot (no server is needed for
that).

coredis 6.8.0 caches the slot on the Key itself (functools.cached_property), so it goes when the request does; with
6.7.0 the same program keeps every Key.
"""

import coredis

CLIENT = None
_batch = 0
routed = 0


def setup():
    global CLIENT
    CLIENT = coredis.RedisCluster("localhost", 7000)


def session_keys(batch):
    return ["session:{%d}:%s" % (batch * 3 + n, part) for n in range(3) for part in ("user", "cart")]


def plan(keys):
    """How many nodes would one MGET of these keys have to ask?"""
    request = CLIENT.mget(keys)
    return len(request.slots_to_keys)


def iterate():
    global _batch, routed
    _batch += 1
    routed += plan(session_keys(_batch % 50))
