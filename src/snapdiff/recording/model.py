"""What a recording is in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


class RecordingError(Exception):
    """A file is not a recording that can be read; the message says why, in one sentence."""


@dataclass(frozen=True)
class Recording:
    """A manifest (plain JSON) and the tables of `schema.TABLES`, each present and of exactly that schema."""

    manifest: dict[str, Any]
    tables: dict[str, pa.Table]
