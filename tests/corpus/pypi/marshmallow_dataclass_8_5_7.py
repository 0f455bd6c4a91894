"""An import service loads each uploaded batch through a schema made from a dataclass with
marshmallow_dataclass.class_schema.

marshmallow_dataclass 8.5.7 looks at the caller's frame and passes it to an lru_cache (maxsize 1024): a frame is a new
key every time, so each call makes and keeps one more schema class together with the whole frame and all its local
variables (issue 198). The cache is full after 1024 calls.
"""

from dataclasses import dataclass

import marshmallow_dataclass


@dataclass
class Reading:
    sensor: str
    value: float


_batch = 0
accepted = 0


def setup():
    pass


def load_batch(batch):
    rows = [{"sensor": "s%d" % n, "value": batch + n / 10} for n in range(5)]  # born
    schema = marshmallow_dataclass.class_schema(Reading)()  # born, grown
    return [schema.load(row) for row in rows]


def iterate():
    global _batch, accepted
    _batch += 1
    accepted += len(load_batch(_batch))
