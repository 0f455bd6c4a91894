"""A session service over a Redis cluster groups the keys of each multi-key read by hash slot (no server is needed for
that).

coredis 6.7.0 caches the property Key.slot with functools.cache on the function: the module-wide cache keeps every Key
ever asked for its slot (a Key has no __eq__, so equal keys are new entries). Fixed in 6.8.0: "memory leak caused by
incorrect caching of @property decorated attributes on command request objects".
"""

import coredis

CLIENT = None
_batch = 0
routed = 0


def setup():
    global CLIENT
    CLIENT = coredis.RedisCluster("localhost", 7000)


def session_keys(batch):
    return ["session:{%d}:%s" % (batch * 3 + n, part) for n in range(3) for part in ("user", "cart")]  # born


def plan(keys):
    """How many nodes would one MGET of these keys have to ask?"""
    request = CLIENT.mget(keys)  # born
    return len(request.slots_to_keys)  # grown


def iterate():
    global _batch, routed
    _batch += 1
    routed += plan(session_keys(_batch % 50))
