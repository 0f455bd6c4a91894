"""What an operation is: how it is made ready, and what is timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Details = dict[str, Any]
"""What an operation tells of itself beside what is measured from outside; plain data."""

Timed = Callable[[], Details | None]


@dataclass(frozen=True)
class Operation:
    """Something that a tool does on a heap.

    `ready` imports the tool and returns what is timed. It is called before the heap is built when `tracing` is set: a
    tracer must see the heap being made, by as many frames below each other as it records.
    """

    name: str
    title: str
    tool: str
    ready: Callable[[], Timed] = field(repr=False)
    distribution: str = ""
    """Where it is installed from; none: Python brings it."""
    tracing: int = 0
    """Frames a traceback that are traced while the heap is built; 0: it is not traced."""
    application: bool = False
    """Whether the heap is that of an application, with many types, paths and tracebacks, or of few."""
    scattered: bool = False
    """Whether the heap is scattered whatever the others are."""
