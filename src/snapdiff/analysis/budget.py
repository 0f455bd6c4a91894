"""How much growth is allowed: `2 objects/call`, `1 KB/call`, or both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from snapdiff.analysis.model import Finding

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(objects?|bytes?|B|KB|MB)\s*(?:/|per|a)\s*call")
_BYTES = {"B": 1, "byte": 1, "bytes": 1, "KB": 1000, "MB": 1_000_000}


@dataclass(frozen=True)
class Budget:
    """The most that all leaks together may gain a call, in objects, in bytes; None where that does not matter."""

    objects: float | None
    bytes: float | None

    def covers(self, leaks: Iterable[Finding]) -> bool:
        """Say whether some leaks stay within it, together."""
        leaks = list(leaks)
        objects = sum(leak.objects_per_iteration for leak in leaks)
        size = sum(leak.bytes_per_iteration for leak in leaks)
        return (self.objects is None or objects <= self.objects) and (self.bytes is None or size <= self.bytes)


def parse_budget(text: str, where: str) -> Budget:
    """Parse `2 objects/call, 1 KB/call`. Raises ValueError, saying where it stands."""
    limits: dict[str, float] = {}
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        unit = "" if found is None else "objects" if found[2].startswith("object") else "bytes"
        if found is None or unit in limits:
            raise ValueError(
                f"{where}: write `2 objects/call`, `500 bytes/call` or both with a comma, not {text[:80]!r}"
            )
        limits[unit] = float(found[1]) * _BYTES.get(found[2], 1)
    return Budget(limits.get("objects"), limits.get("bytes"))
