"""An encoder that remembers what it has encoded, on the class, by id(), until it is published."""

import itertools

revisions = itertools.count(1000)


class Encoder:
    _memo = {}

    @classmethod
    def encode(cls, document):
        known = cls._memo.get(id(document))
        if known is not None:
            return known[1]
        text = ";".join(f"{key}={value}" for key, value in document.items())
        encoded = text.encode()
        cls._memo[id(document)] = (document, encoded)
        return encoded


def publish(document):
    first = Encoder.encode(document)
    again = Encoder.encode(document)
    del Encoder._memo[id(document)]
    return len(first) + len(again)


def setup():
    pass


def iterate():
    document = {"revision": next(revisions), "state": "draft"}
    assert publish(document) > 0
