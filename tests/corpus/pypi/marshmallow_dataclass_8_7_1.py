"""An import service loads each uploaded batch through a schema made from a dataclass with
marshmallow_dataclass.class_schema.

marshmallow_dataclass 8.7.1 no longer has the caller's frame in the key of its cache (with 8.5.7 every call kept a
schema class and the caller's local variables): the schema is made once.
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
    rows = [{"sensor": "s%d" % n, "value": batch + n / 10} for n in range(5)]
    schema = marshmallow_dataclass.class_schema(Reading)()
    return [schema.load(row) for row in rows]


def iterate():
    global _batch, accepted
    _batch += 1
    accepted += len(load_batch(_batch))
