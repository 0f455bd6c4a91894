"""Every text in plain data, changed at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return `value` (tuples and dataclasses) with every text in it changed; the words of an Enum stay."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(with_texts(item, change) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: with_texts(getattr(value, each.name), change) for each in fields(value)})
    return value
