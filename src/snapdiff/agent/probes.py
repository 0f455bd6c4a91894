"""Owners that other packages tell of: entry points of the group `snapdiff.probes`.

A package that holds memory which nobody else sees writes in its pyproject.toml

    [project.entry-points."snapdiff.probes"]
    tiles = "mymaps.memory:tile_bytes"

and `tile_bytes()` returns how many bytes its tiles take now. It is called at every checkpoint, in the program, and must
be quick and leave nothing behind. Its module is never imported for it: where the program has not loaded it, there is
nothing to ask.

`importlib.metadata` would load a hundred modules into the program, so the files are read here.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Iterator

GROUP = "snapdiff.probes"
#: What no probe can mean (a petabyte and more).
_MOST = 2**53 - 1
_LARGEST_FILE = 1 << 20
_MOST_PROBES = 100
_LONGEST_NAME = 100


class Probes:
    """The probes of installed packages."""

    def __init__(self) -> None:
        self._places = _entry_points()
        self._dropped: set[str] = set()
        self._notes: list[str] = []

    def read(self) -> Iterator[tuple[str, int, str]]:
        """Yield (owner, bytes, source) of each probe whose module is loaded."""
        for name, place in self._places.items():
            module, _, attribute = place.partition(":")
            loaded = sys.modules.get(module)
            if loaded is None or name in self._dropped:
                continue
            try:
                found: Any = loaded
                for part in attribute.split("."):
                    found = getattr(found, part)
                value = found()
            except Exception as error:
                self._drop(name, place, f"raised {type(error).__name__}")
                continue
            if type(value) is not int or not 0 <= value <= _MOST:
                self._drop(name, place, "returned no number of bytes")
                continue
            yield f"probe.{name}", value, place

    def take_notes(self) -> list[str]:
        """Return which were dropped and why, each once."""
        notes, self._notes = self._notes, []
        return notes

    def _drop(self, name: str, place: str, why: str) -> None:
        self._dropped.add(name)
        self._notes.append(f"The probe {name} ({place}) {why} and was not asked again.")


def _entry_points() -> dict[str, str]:
    """Return {name: "module:attribute"} of the probes in every package on the path."""
    found: dict[str, str] = {}
    for folder in dict.fromkeys(entry for entry in sys.path if type(entry) is str):
        try:
            names = sorted(os.listdir(folder or "."))
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")) and len(found) < _MOST_PROBES:
                for probe, place in _probes_of(os.path.join(folder, name, "entry_points.txt")):
                    # The first on the path is the one that is imported.
                    found.setdefault(probe, place)
    return found


def _probes_of(path: str) -> Iterator[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(_LARGEST_FILE)
    except OSError:
        return
    group = None
    for line in map(str.strip, text.splitlines() if GROUP in text else ()):
        if line.startswith("["):
            group = line.strip("[] ")
        elif group == GROUP and "=" in line and line[:1] not in "#;":
            name, _, place = line.partition("=")
            # What follows in brackets are extras that it needs.
            place = place.partition("[")[0].strip()
            if ":" in place:
                yield name.strip()[:_LONGEST_NAME], place
