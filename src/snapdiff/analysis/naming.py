"""Names that last: the same cause has the same fingerprint in the next run, the next build, on another Python."""

from __future__ import annotations

import hashlib
import json
import re

from snapdiff.analysis.model import BornAt, ChainNode

#: Types of steps that are where the source put them: below the last of these a chain is the program's own doing.
_STABLE = ("module", "type")
_MASKED = re.compile(r"0x[0-9a-fA-F]+|\d+")


def fingerprint(type_name: str | None, chain: tuple[ChainNode, ...], born: tuple[BornAt, ...]) -> str:
    """Return the name of a cause: its type and chain from the last stable step (or its birth), digits masked."""
    if chain:
        stable = max((at for at, node in enumerate(chain) if node.type in _STABLE), default=0)
        parts = [[node.label, node.type] for node in chain[stable:]]
    else:
        parts = [[entry.frame.file, entry.frame.function or ""] for entry in born[:1]]
    text = json.dumps([type_name, *parts])
    return hashlib.sha256(masked(text).encode()).hexdigest()[:12]


def masked(text: str) -> str:
    """Return a text with what differs from run to run, addresses and numbers, replaced by `#`."""
    return _MASKED.sub("#", text)
