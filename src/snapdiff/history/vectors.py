"""A cause as a vector: the same words in two causes point the same way, on every machine and for ever.

Feature hashing (Weinberger et al., 2009): each word of a cause adds its weight to one of `SIZE` places, with a sign,
both taken from a hash of the word. No model and no vocabulary: what was stored years ago stays comparable. Changing
anything here changes the meaning of stored vectors, so it needs another `tables.VERSION`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from snapdiff.analysis.model import Frame
from snapdiff.analysis.naming import masked
from snapdiff.analysis.past import PastFinding

#: Places of a vector. A cause has 15 to 60 words: with 512 places two of them rarely share one, at 2 KB a finding.
SIZE: Final = 512

#: Entries of one list that count. Later ones are less sure, and a long list would outweigh everything else.
_MOST: Final = 8
_MOST_FRAMES: Final = 3

#: What a word weighs. What a person would look at first weighs most: what it is, what holds it, where it grows. Names
#: without their module are for what has moved. That two leaks are of `str` says little: with the weight of a class,
#: two of 17 leaks that have nothing in common were alike by 0.53; so, none by more than 0.15.
_TYPE: Final = 3.0
_CLASS_NAME: Final = 1.5
_BUILTIN: Final = 0.5
_OTHER_TYPE: Final = 0.5
_CONTAINER: Final = 2.0
_CONTAINER_TYPE: Final = 0.5
_STEP: Final = 1.0
_TWO_STEPS: Final = 1.0
_GROWN: Final = 2.0
_BORN: Final = 1.5
_FUNCTION: Final = 0.75
_FILE: Final = 0.5
_WAITS: Final = 2.0
_KIND: Final = 1.0
_DOMAIN: Final = 0.5


def vector(finding: PastFinding) -> list[float]:
    """Return the vector of a cause: `SIZE` numbers of length 1 together."""
    sums = np.zeros(SIZE)
    for kind, word, weight in _words(finding):
        number = int.from_bytes(hashlib.blake2b(f"{kind}\0{masked(word)}".encode(), digest_size=8).digest(), "big")
        place, sign = number >> 1, 1 if number & 1 else -1
        sums[place % SIZE] += sign * weight
    length = float(np.linalg.norm(sums))
    scaled: list[float] = (sums / length if length else sums).astype(np.float32).tolist()
    return scaled


def _words(finding: PastFinding) -> Iterator[tuple[str, str, float]]:
    yield "domain", finding.domain, _DOMAIN
    if finding.type and "." in finding.type:
        yield "type", finding.type, _TYPE
        yield "class", finding.type.rpartition(".")[2], _CLASS_NAME
    elif finding.type:
        yield "type", finding.type, _BUILTIN
    for name in finding.other_types[:_MOST]:
        yield "type", name, _OTHER_TYPE if "." in name else _BUILTIN / 2
    if finding.container:
        yield "container", finding.container, _CONTAINER
    if finding.container_type:
        yield "holds", finding.container_type, _CONTAINER_TYPE
    steps = [f"{node.label} {node.type}" for node in finding.chain]
    for step in steps[:_MOST]:
        yield "step", step, _STEP
    for pair in pairwise(steps[:_MOST]):
        yield "steps", " ".join(pair), _TWO_STEPS
    yield from _places("grown", finding.grown_at, _GROWN)
    yield from _places("born", finding.born_at, _BORN)
    yield from _places("waits", finding.waits_at, _WAITS)
    for kind in finding.kinds[:_MOST]:
        yield "kind", kind, _KIND


def _places(kind: str, frames: Sequence[Frame], weight: float) -> Iterator[tuple[str, str, float]]:
    # Without the number of the line, which moves with every edit.
    for frame in frames[:_MOST_FRAMES]:
        yield kind, f"{frame.file} {frame.function}", weight
        if frame.function:
            yield "function", frame.function, _FUNCTION
        yield "file", frame.file, _FILE
