"""Recordings of sweeps that never ran, told in functions of the size."""

from __future__ import annotations

from typing import Any

import pytest

from snapdiff.record.ended import AS_PLANNED, Ended
from snapdiff.record.seal import Facts, build
from snapdiff.record.timeline import Sample
from snapdiff.recording import Recording

SIZES = (100, 300, 1000, 3000, 10_000)
#: Bytes of an object that is kept, and of what is there before.
_OBJECT, _BEFORE, _RESIDENT = 64, 1_000_000, 30_000_000


def _nothing(size: int) -> int:
    return 0


class Told:
    """A program of which all is known: what a call of a size takes, and what it keeps."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.frames: list[dict[str, Any]] = []
        self.kept = self.cached = self.last = self.native = 0
        self.clock = 0.0

    def call(self, size: int, part: str, repeat: int = 0) -> None:
        """Make a call, as the agent would write it."""
        told = self.options.get
        traced, control = part == "traced", size == 0
        peak = int(told("peak", _nothing)(size)) if size else 64
        native = int(told("native", _nothing)(size)) if size else 0
        before = self._objects()
        resident = _RESIDENT + before * _OBJECT + self.native
        highest = _RESIDENT + before * _OBJECT + max(self.native, native)
        if part == "warm-up":
            self.kept += told("warm_up", 0)
        elif control:
            self.kept += told("control", 0)
        elif size:
            self.kept += int(told("kept", _nothing)(size))
            self.cached = max(self.cached, int(told("cached", _nothing)(size)))
            self.last = int(told("last", _nothing)(size))
            self.native = max(self.native, int(native * told("retained", 0.0)))
        after = self._objects()
        began, self.clock = self.clock, self.clock + 1
        readable = told("readable", True)
        self.frames.append(
            {
                "kind": "sweep", "series": "control" if control else "workload", "size": size, "part": part,
                "repeat": repeat, "began": began, "ended": began + 0.5, "seconds": 1e-5 + size * 1e-6 * (1 + traced),
                "cpu_seconds": 1e-5 + size * 1e-6, "peak_traced": peak if traced else None, "rss_before": resident,
                "peak_rss": highest if readable else None,
                "rss_after": _RESIDENT + after * _OBJECT + self.native,
                "objects_before": None if traced else before, "objects": None if traced else after,
                "bytes_before": None if traced else _BEFORE + before * _OBJECT,
                "bytes": None if traced else _BEFORE + after * _OBJECT,
            }
        )  # fmt: skip

    def _objects(self) -> int:
        return self.kept + self.cached + self.last


def swept(sizes: tuple[int, ...] = SIZES, repeats: int = 3, down: bool = True, **options: Any) -> list[dict[str, Any]]:
    """Return the frames of a whole sweep; `peak`, `native`, `kept`, `cached` and `last` are functions of the size."""
    told = Told(**options)
    for _ in range(3):
        told.call(0, "up")
    told.call(sizes[0], "warm-up")
    for size in sizes:
        for repeat in range(repeats):
            told.call(size, "up", repeat)
    for size in reversed(sizes) if down else ():
        told.call(size, "down")
    if options.get("traced", True):
        for size in (0, *sizes, *reversed(sizes)):
            told.call(size, "traced")
    return [{"kind": "loaded", "python": "3.11.9", "working_directory": "/app"}, *told.frames]


def recorded(
    sizes: tuple[int, ...] = SIZES, frames: list[dict[str, Any]] | None = None, ended: str = AS_PLANNED,
    at: int | None = None, **options: Any,
) -> Recording:  # fmt: skip
    """Return the recording of a sweep."""
    said = swept(sizes, **options) if frames is None else frames
    facts = Facts(
        options={
            "target": "app.py:work", "rounds": [1, 10, 151], "trace": "rounds", "trace_depth": 4,
            "command": ["snapdiff"], "sweep": {"name": "n", "sizes": list(sizes), "at": at},
        },
        ended=Ended(ended, ended), started="2026-01-01T00:00:00+00:00", started_monotonic=0.0, duration=60.0,
        timeline=[] if options.get("readable", True) else [_sample(each, options["native"]) for each in said[1:]],
        memory={},
    )  # fmt: skip
    return build(said, facts)


def _sample(call: dict[str, Any], native: Any) -> Sample:
    """Return what is seen from outside in the middle of a call."""
    return Sample(call["began"] + 0.2, call["rss_before"] + native(call["size"]), "round", "sweep", call["size"])


@pytest.fixture(name="swept", scope="session")
def _swept() -> Any:
    return swept


@pytest.fixture(name="recorded", scope="session")
def _recorded() -> Any:
    return recorded
