"""Where recordings and pages of tests go: one folder, names by test id, nothing of this run overwritten."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

#: Characters of a test id that a name keeps, from its end; names may have 255, and get endings.
_LONGEST = 100


class Folder:
    """A folder of recordings. `since` is when the run began (seconds since the epoch): older files may go."""

    def __init__(self, path: Path, since: float) -> None:
        self.path = path
        self._since = since
        self._taken: set[str] = set()

    def room_for(self, test: str) -> Path:
        """Return the recording to write for a test; what an earlier run left of it is removed. Raises OSError."""
        if not self.path.exists():
            self.path.mkdir(parents=True, exist_ok=True)
            # As pytest's own cache folder: nobody wants to commit it by mistake.
            (self.path / ".gitignore").write_text("*\n", encoding="utf-8")
        name = base = name_of(test)
        number = 1
        while name in self._taken or self._is_of_this_run(name):
            number += 1
            name = f"{base}-{number}"
        self._taken.add(name)
        recording = self.path / f"{name}.snapdiff"
        for file in (recording, page_of(recording)):
            file.unlink(missing_ok=True)
        return recording

    def _is_of_this_run(self, name: str) -> bool:
        recording = self.path / f"{name}.snapdiff"
        try:
            return recording.stat().st_mtime >= self._since
        except FileNotFoundError:
            return False


def page_of(recording: Path) -> Path:
    """Return the page beside a recording."""
    return recording.with_suffix(".html")


def name_of(test: str) -> str:
    """Return a file name for a test id, safe everywhere: its readable end, and a hash that tells it from others."""
    readable = re.sub(r"[^A-Za-z0-9_.]+", "-", test)[-_LONGEST:].strip("-.") or "test"
    return f"{readable}-{hashlib.sha256(test.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"
