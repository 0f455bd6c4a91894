"""Chains as they are read: every step has words, also where the source has no name for the reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from snapdiff.analysis.model import ChainNode

#: How a step begins whose reference has no name; a name may follow (`→ closure of f`).
_HOP = "→"


def with_words(chain: Sequence[ChainNode]) -> tuple[ChainNode, ...]:
    """Return a chain in which a step without a name is told by its type: `→ list`."""
    return tuple(
        replace(node, label=f"{_HOP} {node.type.rpartition('.')[2]}")
        if node.label.strip() == _HOP and node.type
        else node
        for node in chain
    )


def path_of(chain: Sequence[ChainNode], recorded: str) -> str:
    """Return the path of a chain as one line, as it was `recorded` but for steps without words."""
    if all(node.label.strip() != _HOP for node in chain):
        return recorded
    root, *rest = [node.label.strip() for node in with_words(chain)]
    text = "".join(f" {label}" if label.startswith(_HOP) else label for label in rest)
    return root + (text if text.startswith(" ") else f" {_HOP} {text.lstrip('.')}")
