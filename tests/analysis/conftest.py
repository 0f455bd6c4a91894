"""A recording of a program that never ran, told in numbers."""

from __future__ import annotations

import itertools
from typing import Any, Self

import pyarrow as pa
import pytest

from snapdiff.analysis import Analysis, analyze
from snapdiff.recording import Recording
from snapdiff.recording.schema import tables

Place = tuple[str, int, str | None]

#: Objects that are there before the first call and never change.
_BEFORE = 1000


class Program:
    """What a program did in each round: `Program().grows("app.Item", 1, 10, 151, 302)`.

    Every method returns the program, so a test reads as one sentence. Numbers a round are growth; checkpoints
    are summed up from them. Nothing is random, nothing is measured. A program is traced when it `allocates`.
    """

    def __init__(
        self,
        rounds: tuple[int, ...] = (1, 10, 151),
        confirming: int | None = 302,
        traced: bool | None = None,
        control: bool = True,
    ) -> None:
        self.spans = [(calls, False) for calls in rounds]
        if confirming is not None:
            self.spans.append((confirming, True))
        self.traced = traced
        self.has_control = control
        self.control_objects: tuple[int, ...] = ()
        self.control_blocks: tuple[int, ...] = ()
        self.types: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self.untracked: set[str] = set()
        self.lines: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
        self.windows: dict[tuple[int, int], dict[str, int]] = {}
        self.columns: dict[str, tuple[Any, ...]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in tables()}
        self.files: dict[str, int] = {}
        self.stacks: dict[tuple[Place, ...], int] = {}
        self.holders: dict[str, int] = {}
        self.manifest: dict[str, Any] = {
            "options": {
                "target": "app/cart.py:add",
                "rounds": list(rounds),
                "trace": "off" if traced is False else "rounds",
                "trace_depth": 4,
                "command": ["snapdiff", "record", "app/cart.py:add"],
            },
            "ended": {"how": "as planned", "text": "as planned"},
            "complete": True,
            "started": "2026-01-02T03:04:05+00:00",
            "duration_seconds": 4.5,
            "environment": {"python": "3.11.9", "implementation": "cpython"},
            "notes": [],
        }

    def grows(self, name: str, *gained: int, size: int = 64, sizes: tuple[int, ...] | None = None) -> Self:
        """Gain objects of a type in each round, of `size` bytes each, or `sizes` bytes in all."""
        self.types[name] = (gained, sizes or tuple(count * size for count in gained))
        return self

    def grows_untracked(self, name: str, *gained: int, size: int = 64) -> Self:
        """Gain objects that the collector does not track."""
        self.untracked.add(name)
        return self.grows(name, *gained, size=size)

    def counts_within(self, round_number: int, **counts: list[int]) -> Self:
        """Take sub-checkpoints inside a round; `app_Item=[…]` are survivors of `app.Item` since the first."""
        for name, values in counts.items():
            for at, value in enumerate(values):
                self.windows.setdefault((round_number, at), {})[name.replace("_", ".")] = value
        return self

    def survivors(self, name: str, examined: int = 200, unreached: int = 0) -> Self:
        """Say how many survivors of a type were looked at."""
        self.rows["survivors"].append({"type": name, "fresh": examined, "examined": examined, "unreached": unreached})
        return self

    def held(
        self,
        name: str,
        path: str,
        kind: str = "dict",
        *,
        entries: int | None = None,
        bound: int | None = None,
        survivors: int = 200,
        distance: int = 1,
        larger: bool = False,
    ) -> Self:
        """Keep survivors of a type in an object; equal paths are one object. Call `survivors` as well."""
        first, *rest = path.split(" → ")
        labels = [first, *(f".{part}" for step in rest for part in step.split("."))]
        kinds = ["module", *["type"] * (len(labels) - 2), kind]
        self.rows["holders"].append(
            {
                "type": name,
                "holder": self.holders.setdefault(path, len(self.holders) + 10),
                "path": path,
                "holder_type": kind,
                "entries": entries,
                "bound": bound,
                "survivors": survivors,
                "larger": larger,
                "distance": distance,
                "chain": [{"label": a, "type": b} for a, b in zip(labels, kinds, strict=False)],
            }
        )
        return self

    def born(self, name: str, *frames: Place, count: int = 200) -> Self:
        """Allocate survivors of a type at frames, the most recent call first."""
        self.rows["births"].append({"type": name, "stack": self.stack(*frames), "count": count})
        return self

    def allocates(
        self, *frames: Place, blocks: tuple[int, ...], size: int = 64, sizes: tuple[int, ...] | None = None
    ) -> Self:
        """Gain live memory blocks at frames in each round, of `size` bytes each, or `sizes` bytes in all."""
        self.lines.append((self.stack(*frames), blocks, sizes or tuple(count * size for count in blocks)))
        return self

    def file(self, path: str, kind: str) -> Self:
        """Name a file's kind; without this, paths that begin with `/` are `package`, others `project`."""
        self.rows["files"].append({"file": self.files.setdefault(path, len(self.files)), "path": path, "kind": kind})
        return self

    def source(self, path: str, first: int, *lines: str) -> Self:
        """Keep some lines of a file."""
        number = self._file(path)
        for at, text in enumerate(lines):
            self.rows["source"].append({"file": number, "line": first + at, "text": text})
        return self

    def drawn(self, name: str, dot: str) -> Self:
        """Keep a graph of a survivor."""
        self.rows["graphs"].append({"type": name, "drawn_by": "objgraph 3.6.2", "dot": dot})
        return self

    def control_gains(self, objects: tuple[int, ...] = (), blocks: tuple[int, ...] = ()) -> Self:
        """Let the control grow, which it must not."""
        self.control_objects, self.control_blocks = objects, blocks
        return self

    def ended(self, text: str) -> Self:
        """End early."""
        self.manifest["ended"], self.manifest["complete"] = {"how": text.split(maxsplit=1)[0], "text": text}, False
        return self

    def checkpoints(self, **columns: tuple[Any, ...]) -> Self:
        """Set columns of the workload's checkpoints, one value a checkpoint (one more than rounds)."""
        self.columns.update(columns)
        return self

    def sampled(self, seconds: float, rss: int, phase: str, series: str, round_number: int) -> Self:
        """See the process from outside."""
        self.rows["timeline"].append(
            {"seconds": seconds, "rss": rss, "phase": phase, "series": series, "round": round_number}
        )
        return self

    def stack(self, *frames: Place) -> int:
        """Return the number of a traceback."""
        if frames not in self.stacks:
            number = self.stacks[frames] = len(self.stacks)
            for depth, (path, line, function) in enumerate(frames):
                self.rows["stacks"].append(
                    {"stack": number, "depth": depth, "file": self._file(path), "line": line, "function": function}
                )
        return self.stacks[frames]

    def recording(self) -> Recording:
        """Return the recording."""
        if self.traced is None:
            self.traced = bool(self.lines)
        rows = {name: list(each) for name, each in self.rows.items()}
        number = itertools.count()
        if self.has_control:
            self._series(rows, number, "control")
        self._series(rows, number, "workload")
        return Recording(
            dict(self.manifest),
            {name: pa.Table.from_pylist(rows[name], columns) for name, columns in tables().items()},
        )

    def analysis(self) -> Analysis:
        """Return what analysis says about the recording."""
        return analyze(self.recording())

    def _series(self, rows: dict[str, list[dict[str, Any]]], numbers: Any, series: str) -> None:
        workload = series == "workload"
        spans = [(0, False), *[span for span in self.spans if workload or not span[1]]]
        total = 0
        for at, (calls, extra) in enumerate(spans):
            for window in range(100):
                values = self.windows.get((at, window)) if workload else None
                if values is None:
                    break
                self._sub(rows, next(numbers), at, (window + 1) * calls // 10, total, values)
            total += calls
            position = next(numbers)
            objects = size = tracked = _BEFORE
            rows["types"].append({"checkpoint": position, "type": "function", "objects": _BEFORE, "bytes": _BEFORE})
            kinds = self.types if workload else {"int": (self.control_objects, self.control_objects)}
            for name, (gained, sizes) in kinds.items():
                count, bytes_ = 100 + sum(gained[:at]), 6400 + sum(sizes[:at])
                objects, size = objects + count, size + bytes_
                tracked += 0 if name in self.untracked else count
                rows["types"].append({"checkpoint": position, "type": name, "objects": count, "bytes": bytes_})
            traced = 5000
            for stack, blocks, sizes in self.lines if self.traced else ():
                lived = sum(blocks[:at]) if workload else sum(self.control_blocks[:at])
                kept = sum(sizes[:at]) if workload else 16 * lived
                traced += kept
                rows["traces"].append(
                    {"checkpoint": position, "stack": stack, "blocks": 50 + lived, "bytes": 5000 + kept}
                )
            row: dict[str, Any] = {
                "id": position, "series": series, "number": at, "sub": False, "extra": extra, "iterations": calls,
                "total": total, "seconds": 1.0 + position, "call_seconds": calls / 1000, "measure_seconds": 0.25,
                "collect_seconds": 0.01, "cpu_seconds": 1.0 + position, "tracked_before": tracked + 5,
                "tracked": tracked, "garbage": 0, "uncollectable": 0, "settled": True,
                "allocated_blocks": objects, "traced_bytes": traced if self.traced else None, "objects": objects,
                "object_bytes": size, "threads": 1, "python_threads": 1, "fds": 7, "rss": 10_000_000 + position,
                "uss": 8_000_000 + position, "gc_enabled": True,
            }  # fmt: skip
            if workload:
                row.update({name: values[at] for name, values in self.columns.items()})
            rows["checkpoints"].append(row)

    def _sub(  # noqa: PLR0917
        self,
        rows: dict[str, list[dict[str, Any]]],
        position: int,
        at: int,
        calls: int,
        total: int,
        values: dict[str, int],
    ) -> None:
        tracked = _BEFORE
        rows["types"].append({"checkpoint": position, "type": "function", "objects": _BEFORE, "bytes": 0})
        for name, value in values.items():
            tracked += 100 + value
            rows["types"].append({"checkpoint": position, "type": name, "objects": 100 + value, "bytes": 0})
        rows["checkpoints"].append(
            {
                "id": position, "series": "workload", "number": at, "sub": True, "extra": False, "iterations": calls,
                "total": total + calls, "seconds": 1.0 + position, "measure_seconds": 0.01, "collect_seconds": 0.01,
                "cpu_seconds": 1.0 + position, "tracked_before": tracked, "tracked": tracked, "garbage": 0,
                "uncollectable": 0, "settled": True, "allocated_blocks": tracked, "traced_bytes": None, "threads": 1,
                "python_threads": 1, "fds": 7, "gc_enabled": True,
            }
        )  # fmt: skip

    def _file(self, path: str) -> int:
        if path not in self.files:
            self.file(path, "package" if path.startswith("/") else "project")
        return self.files[path]


@pytest.fixture
def program() -> type[Program]:
    """The builder: `program().grows("app.Item", 1, 10, 151, 302).analysis()`."""
    return Program


@pytest.fixture
def cart() -> Program:
    """The leak that most tests start from: a class attribute keeps every item, one a call."""
    return (
        Program()
        .grows("app.Item", 1, 10, 151, 302, size=144)
        .survivors("app.Item")
        .held("app.Item", "module app → Cart.by_id", entries=464)
        .born("app.Item", ("app/cart.py", 41, "Cart.add"), ("app/shop.py", 12, "handle"), ("bench.py", 7, "run"))
        .allocates(("app/cart.py", 41, "Cart.add"), blocks=(1, 10, 151, 302), size=144)
        .source("app/cart.py", 39, "    def add(cls):", "        # new", "        item = Item()", "        keep(item)")
    )
