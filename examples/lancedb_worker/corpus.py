"""Text made from numbers: the same number always gives the same section, query and vector."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

DIMENSIONS = 64
SECTIONS_PER_DOCUMENT = 25
_VOCABULARY = (
    "agent answer archive array batch block branch buffer cache chain chapter chunk client column commit "
    "count cursor cycle data document edge engine event field file filter folder frame garbage graph heap "
    "history index insert journal kernel key leak ledger limit list loop manifest memory merge message "
    "model module node object offset page parent path plan pool process query queue record reference "
    "request result root round row schema scan score search section segment server session shard size "
    "snapshot socket source stack storage stream table task text thread token trace tree type update "
    "value vector version view weight worker writer"
)
_WORDS = _VOCABULARY.split()


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a document, as the parent process sends it."""

    document: str
    heading: str
    text: str


def make_section(number: int) -> Section:
    """Return the section of that number."""
    words = random.Random(number).choices(_WORDS, k=44)
    return Section(
        document=f"document-{number // SECTIONS_PER_DOCUMENT:05}",
        heading=" ".join(words[:4]),
        text=" ".join(words[4:]),
    )


def make_sections(first: int, count: int) -> list[Section]:
    """Return so many sections, from that number on."""
    return [make_section(number) for number in range(first, first + count)]


def make_query(number: int) -> str:
    """Return the query of that number: a few words that sections are made of."""
    return " ".join(random.Random(f"query {number}").choices(_WORDS, k=6))


def queries() -> Iterator[tuple[str]]:
    """Give arguments for `search(query)`, one tuple a call: what `--inputs` expects."""
    return ((make_query(number),) for number in range(200))


def embed(text: str) -> np.ndarray:
    """Return a unit vector of `DIMENSIONS` float32, by hashing the words.

    Texts that share words lie near each other, which is all a search needs here, and no model has to be
    loaded. Python's own `hash()` would give other vectors in every process.
    """
    vector = np.zeros(DIMENSIONS, np.float32)
    for word in text.split():
        place, sign = blake2b(word.encode(), digest_size=2).digest()
        vector[place % DIMENSIONS] += 1 if sign % 2 else -1
    length = np.linalg.norm(vector)
    return vector / length if length else vector
