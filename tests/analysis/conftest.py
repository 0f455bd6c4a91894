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
#: The number under which what only the collector frees has its births.
_GARBAGE = -1

#: Parts into which a round is divided by readings outside the Python heap.
_PARTS = 6
BY_ID = ("module app:module", ".Cart:type", ".by_id:dict")


class Program:
    """What a program did in each round: `Program().keeps(BY_ID, "app.Item", 1, 10, 151, 302)`.

    Every method returns the program, so a test reads as one sentence. Numbers a round are growth; checkpoints
    are summed up from them. Nothing is random, nothing is measured. A program is traced when it `allocates`.
    Paths are steps `edge:type` from the root; equal steps are one path. `again` runs all rounds a second time, and
    only those are traced.
    """

    def __init__(
        self,
        rounds: tuple[int, ...] = (1, 10, 151),
        confirming: int | tuple[int, ...] | None = 302,
        traced: bool | None = None,
        control: bool = True,
        again: bool = False,
    ) -> None:
        extra = confirming if isinstance(confirming, tuple) else () if confirming is None else (confirming,)
        self.spans = [*((calls, False) for calls in rounds), *((calls, True) for calls in extra)]
        self._traced = traced
        self.again = again
        self.has_control = control
        self.control_type = "int"
        self.control_objects: tuple[int, ...] = ()
        self.control_blocks: tuple[int, ...] = ()
        self.types: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self.untracked: set[str] = set()
        self.lines: list[tuple[int, tuple[int, ...], tuple[int, ...]]] = []
        self.domains: list[tuple[int, tuple[int, ...], int]] = []
        self.windows: dict[tuple[int, int], dict[str, int]] = {}
        self.outside: list[tuple[str, float, int]] = []
        self.replacing = False
        self.columns: dict[str, tuple[Any, ...]] = {}
        self.control_columns: dict[str, tuple[Any, ...]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in tables()}
        self.files: dict[str, int] = {}
        self.stacks: dict[tuple[Place, ...], int] = {}
        self.nodes: dict[tuple[str, ...], int] = {}
        self.measures: dict[int, tuple[tuple[int, ...], ...]] = {}
        self.owners: list[tuple[str, str, tuple[int, ...], tuple[int | None, ...], tuple[int, ...]]] = []
        self.cause = _GARBAGE
        self.manifest: dict[str, Any] = {
            "options": {
                "target": "app/cart.py:add",
                "rounds": list(rounds),
                "trace": "off" if traced is False else "auto" if again else "rounds",
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

    @property
    def traced(self) -> bool:
        """True when allocations are traced: where nothing else was said, if there are any."""
        return bool(self.lines or self.domains) if self._traced is None else self._traced

    # -- what grows ---------------------------------------------------------------------------------------

    def grows(self, name: str, *gained: int, size: int = 64, sizes: tuple[int, ...] | None = None) -> Self:
        """Gain objects of a type in each round, of `size` bytes each, or `sizes` bytes in all."""
        counts, bytes_ = self.types.get(name, ((0,) * len(self.spans),) * 2)
        more = sizes or tuple(count * size for count in gained)
        self.types[name] = (_plus(counts, gained), _plus(bytes_, more))
        return self

    def grows_untracked(self, name: str, *gained: int, size: int = 64) -> Self:
        """Gain objects that the collector does not track."""
        self.untracked.add(name)
        return self.grows(name, *gained, size=size)

    def path(
        self,
        *steps: str,
        objects: tuple[int, ...] = (),
        size: int = 64,
        sizes: tuple[int, ...] | None = None,
        entries: tuple[int, ...] = (),
        falls: tuple[int, int, int] = (0, 0, 0),
    ) -> Self:
        """Gain objects at a path in each round, of `size` bytes each, or `sizes` bytes in all; and entries."""
        number = self.node(*steps)
        nothing = (0,) * len(self.spans)
        bytes_ = sizes or tuple(count * size for count in objects) or nothing
        self.measures[number] = (objects or nothing, bytes_, entries or nothing)
        self.rows["paths"][number]["falls"] = list(falls)
        return self.grows(steps[-1].rpartition(":")[2], *(objects or nothing), sizes=bytes_)

    def keeps(
        self, container: tuple[str, ...], name: str, *gained: int, size: int = 64, edge: str = "{value}", **cause: Any
    ) -> Self:
        """Gain objects of a type in a collection, one an entry, and look at that collection afterwards."""
        self.path(*container, entries=gained).path(*container, f"{edge}:{name}", objects=gained, size=size)
        return self.looked_at(*container, **{"entries": 100 + sum(gained), **cause})

    def node(self, *steps: str) -> int:
        """Return the number of a path."""
        if steps not in self.nodes:
            parent = self.node(*steps[:-1]) if len(steps) > 1 else -1
            number = self.nodes[steps] = len(self.nodes)
            edge, _, kind = steps[-1].rpartition(":")
            self.rows["paths"].append(
                {"node": number, "parent": parent, "edge": edge, "type": kind, "falls": [0, 0, 0]}
            )  # fmt: skip
        return self.nodes[steps]

    def counts_within(self, round_number: int, **counts: list[int]) -> Self:
        """Take sub-checkpoints inside a round; `app_Item=[…]` are survivors of `app.Item` since the first."""
        for name, values in counts.items():
            for at, value in enumerate(values):
                self.windows.setdefault((round_number, at), {})[name.replace("_", ".")] = value
        return self

    def allocates(
        self, *frames: Place, blocks: tuple[int, ...], size: int = 64, sizes: tuple[int, ...] | None = None
    ) -> Self:
        """Gain live memory blocks at frames in each round, of `size` bytes each, or `sizes` bytes in all."""
        self.lines.append((self.stack(*frames), blocks, sizes or tuple(count * size for count in blocks)))
        return self

    def replaces(self) -> Self:
        """Let every traced block take the place of one from before tracing began: the allocators gain nothing."""
        self.replacing = True
        return self

    # -- what was found out afterwards --------------------------------------------------------------------

    def domain(self, number: int, *blocks: int, size: int = 10) -> Self:
        """Let a domain have so many live blocks of `size` bytes at each checkpoint of the traced rounds."""
        self.domains.append((number, blocks, size))
        return self

    def looked_at(
        self,
        *steps: str,
        entries: int | None = None,
        bound: int | None = None,
        share: int | None = None,
        alone: int | None = None,
        partner: int | None = None,
        containers: int = 1,
    ) -> Self:
        """Look at a container after the last checkpoint; births, lines and graphs that follow are of this cause."""
        self.cause = self.node(*steps)
        parts = [(edge, kind) for edge, _, kind in (step.rpartition(":") for step in steps)]
        path = parts[0][0] + (" → " + "".join(edge for edge, _ in parts[1:]).lstrip(".") if parts[1:] else "")
        return self._add_cause(
            path=path, holder_type=parts[-1][1], containers=containers, entries=entries, bound=bound,
            share=share, alone=alone, partner=partner, survivors=0, native=False,
            chain=[{"label": edge, "type": kind} for edge, kind in parts],
        )  # fmt: skip

    def nameless(self, *names: str, held: tuple[str, ...] = (), frame: str | None = None) -> Self:
        """Find survivors of some types in a frame, or held by native code, which itself holds those of `held`."""
        self.cause = -2 - sum(row["cause"] < _GARBAGE for row in self.rows["causes"])
        chain = [] if frame is None else [(frame, "frame"), (".items", "list")]
        self._add_cause(
            path=None if frame is None else f"{frame} → items", holder_type=None if frame is None else "list",
            containers=1, entries=None if frame is None else 464, bound=None, share=None, alone=None, partner=None,
            survivors=200, native=frame is None, chain=[{"label": label, "type": kind} for label, kind in chain],
        )  # fmt: skip
        for name in names:
            self.rows["cause_types"].append(
                {"cause": self.cause, "type": name, "survivors": 200 // len(names), "held": name in held}
            )
        return self

    def born(self, name: str, *frames: Place, count: int = 200) -> Self:
        """Allocate survivors of the last cause at frames, the most recent call first."""
        self.rows["births"].append(
            {"cause": self.cause, "type": name, "stack": self.stack(*frames), "count": count}
        )  # fmt: skip
        return self

    def grew(self, *frames: Place, count: int = 3) -> Self:
        """See the container of the last cause grow at frames."""
        self.rows["grown"].append({"cause": self.cause, "stack": self.stack(*frames), "count": count})
        return self

    def suspends(self, kind: str, *frames: Place, count: int = 200) -> Self:
        """See generators or coroutines among the survivors of the last cause wait at frames."""
        self.rows["suspended"].append(
            {"cause": self.cause, "type": kind, "stack": self.stack(*frames), "count": count}
        )  # fmt: skip
        return self

    def owns(
        self,
        owner: str,
        *values: int,
        unit: str = "bytes",
        peaks: tuple[int | None, ...] = (),
        control: tuple[int, ...] = (),
    ) -> Self:
        """Let an owner hold so much at each checkpoint of workload and control, the first of each included.

        Without `control` it stands still there, and in the second plan at its last value.
        """
        steady = (values[0],) * (1 + sum(not extra for _, extra in self.spans))
        self.owners.append((owner, unit, values, peaks or (None,) * len(values), control or steady))
        return self

    def gains_outside(self, memory: str, per_call: float, control: int = 0) -> Self:
        """Gain so many bytes outside the Python heap in each call, read in six parts of N and of the extra rounds.

        `control` is what each reading around an empty function is off by.
        """
        self.outside.append((memory, per_call, control))
        return self

    def outside_line(self, owner: str, *frames: Place, what: str = "born", count: int = 12, size: int = 0) -> Self:
        """See something come, or wait, at frames in some more calls."""
        row = {"owner": owner, "what": what, "stack": self.stack(*frames), "count": count, "bytes": size}
        self.rows["outside_lines"].append(row)
        return self

    def outside_kind(self, owner: str, kind: str, count: int = 12) -> Self:
        """Say what some of it is."""
        self.rows["outside_kinds"].append({"owner": owner, "kind": kind, "count": count})
        return self

    def gave_back(self, action: str, before: int, after: int) -> Self:
        """Try to give memory back after the last checkpoint."""
        row = {"step": len(self.rows["given_back"]), "action": action, "before": before, "after": after}
        self.rows["given_back"].append({**row, "seconds": 0.01})
        return self

    def drawn(self, name: str, dot: str) -> Self:
        """Keep a graph of a survivor of the last cause."""
        self.rows["graphs"].append({"cause": self.cause, "type": name, "drawn_by": "objgraph 3.6.2", "dot": dot})
        return self

    def reached(self, path: str, line: int, objects: int) -> Self:
        """Say how many objects of a line can be reached."""
        self.rows["alive"].append({"file": self._file(path), "line": line, "objects": objects})
        return self

    def litters(self, name: str, objects: int, calls: int = 10) -> Self:
        """Leave objects to the collector; births that follow are of garbage."""
        self.cause = _GARBAGE
        self.rows["garbage"].append({"type": name, "objects": objects, "calls": calls})
        return self

    # -- around it ----------------------------------------------------------------------------------------

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

    def control_gains(self, objects: tuple[int, ...] = (), blocks: tuple[int, ...] = (), of: str = "int") -> Self:
        """Let the control grow, which it must not, by objects `of` a type."""
        self.control_objects, self.control_blocks, self.control_type = objects, blocks, of
        return self

    def ended(self, text: str) -> Self:
        """End early."""
        self.manifest["ended"], self.manifest["complete"] = {"how": text.split(maxsplit=1)[0], "text": text}, False
        return self

    def checkpoints(self, **columns: tuple[Any, ...]) -> Self:
        """Set columns of the workload's checkpoints, one value a checkpoint (one more than rounds)."""
        self.columns.update(columns)
        return self

    def control_checkpoints(self, **columns: tuple[Any, ...]) -> Self:
        """Set columns of the control's checkpoints, one value a checkpoint."""
        self.control_columns.update(columns)
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
        rows = {name: list(each) for name, each in self.rows.items()}
        number = itertools.count()
        if self.has_control:
            self._series(rows, number, "control")
        self._series(rows, number, "workload")
        if self.again:
            self._series(rows, number, "traced control")
            self._series(rows, number, "traced")
        return Recording(
            dict(self.manifest),
            {name: pa.Table.from_pylist(rows[name], columns) for name, columns in tables().items()},
        )

    def analysis(self, *suppressions: Any) -> Analysis:
        """Return what analysis says about the recording."""
        return analyze(self.recording(), suppressions)

    def _add_cause(self, **row: Any) -> Self:
        self.rows["causes"].append({"cause": self.cause, **row})
        return self

    def _series(self, rows: dict[str, list[dict[str, Any]]], numbers: Any, series: str) -> None:
        workload = series in ("workload", "traced")
        traced = self.traced and series.startswith("traced") == self.again
        # What was there when the series began: all that the first one left.
        rounds = len(self.spans) if series == "traced" else 0
        spans = [(0, False), *[span for span in self.spans if workload or not span[1]]]
        total = 0
        for at, (calls, extra) in enumerate(spans):
            for window in range(100):
                values = self.windows.get((at, window)) if series == "workload" else None
                if values is None:
                    break
                self._sub(rows, next(numbers), at, (window + 1) * calls // 10, total, values)
            if self.outside and series in ("workload", "control") and calls > _PARTS:
                for part in range(1, _PARTS):
                    self._sub(rows, next(numbers), at, part * calls // _PARTS, total, {}, series)
                    rows["checkpoints"][-1]["extra"] = extra
                    self._read(rows, series, total + part * calls // _PARTS)
            total += calls
            position = next(numbers)
            objects = size = tracked = _BEFORE
            rows["types"].append({"checkpoint": position, "type": "function", "objects": _BEFORE, "bytes": _BEFORE})
            kinds = self.types if workload else {self.control_type: (self.control_objects, self.control_objects)}
            for name, (gained, sizes) in kinds.items():
                count = 100 + sum(gained[:at]) + sum(gained[:rounds])
                bytes_ = 6400 + sum(sizes[:at]) + sum(sizes[:rounds])
                objects, size = objects + count, size + bytes_
                tracked += 0 if name in self.untracked else count
                rows["types"].append({"checkpoint": position, "type": name, "objects": count, "bytes": bytes_})
            for node, measures in self.measures.items() if workload else ():
                counts = [100 + sum(each[:at]) + sum(each[:rounds]) if any(each) else 0 for each in measures]
                rows["path_counts"].append(
                    {
                        "checkpoint": position, "node": node, "objects": counts[0], "bytes": counts[1],
                        "entries": counts[2],
                    }
                )  # fmt: skip
            for owner, unit, values, peaks, control in self.owners:
                found = {"workload": values, "control": control}.get(series, values[-1:])
                value, peak = found[min(at, len(found) - 1)], peaks[at] if series == "workload" else None
                rows["owners"].append(
                    {
                        "checkpoint": position, "owner": owner, "unit": unit, "value": value, "peak": peak,
                        "source": f"{owner} said so",
                    }
                )  # fmt: skip
            kept_bytes = 5000
            allocated = objects
            for stack, blocks, sizes in self.lines if traced else ():
                lived = sum(blocks[:at]) if workload else sum(self.control_blocks[:at])
                kept = sum(sizes[:at]) if workload else 16 * lived
                kept_bytes += kept
                allocated += 0 if self.replacing else lived
                rows["traces"].append(
                    {"checkpoint": position, "stack": stack, "blocks": 50 + lived, "bytes": 5000 + kept}
                )
            for number, blocks, size in self.domains if traced and workload else ():
                if blocks[at]:
                    rows["domains"].append(
                        {"checkpoint": position, "domain": number, "blocks": blocks[at], "bytes": blocks[at] * size}
                    )
            row: dict[str, Any] = {
                "id": position, "series": series, "number": at, "sub": False, "extra": extra, "iterations": calls,
                "total": total, "seconds": 1.0 + position, "call_seconds": calls / 1000, "measure_seconds": 0.25,
                "collect_seconds": 0.01, "cpu_seconds": 1.0 + position, "way": "child", "pause_seconds": 0.004,
                "tracked": tracked, "garbage": 0, "collected": 100, "uncollectable": 0, "settled": True,
                "allocated_blocks": allocated, "traced_bytes": kept_bytes if traced else None, "objects": objects,
                "object_bytes": size, "threads": 1, "python_threads": 1, "fds": 7, "rss": 10_000_000 + position,
                "uss": 8_000_000 + position, "gc_enabled": True,
            }  # fmt: skip
            columns = self.columns if series == "workload" else self.control_columns if series == "control" else {}
            row.update({name: values[at] for name, values in columns.items()})
            rows["checkpoints"].append(row)
            self._read(rows, series, total)

    def _read(self, rows: dict[str, list[dict[str, Any]]], series: str, total: int) -> None:
        position = rows["checkpoints"][-1]["id"]
        readings = sum(row["series"] == series for row in rows["checkpoints"])
        for memory, per_call, off in self.outside if series in ("workload", "control") else ():
            gained = round(total * per_call) if series == "workload" else 0
            rows["outside"].append({"checkpoint": position, "memory": memory, "gained": gained + off * readings})

    def _sub(  # noqa: PLR0917
        self,
        rows: dict[str, list[dict[str, Any]]],
        position: int,
        at: int,
        calls: int,
        total: int,
        values: dict[str, int],
        series: str = "workload",
    ) -> None:
        tracked = _BEFORE
        rows["types"].append({"checkpoint": position, "type": "function", "objects": _BEFORE, "bytes": 0})
        known = {name: sum(gained[: at - 1]) for name, (gained, _) in self.types.items() if name not in self.untracked}
        for name, value in {**known, **values}.items():
            tracked += 100 + value
            rows["types"].append({"checkpoint": position, "type": name, "objects": 100 + value, "bytes": 0})
        rows["checkpoints"].append(
            {
                "id": position, "series": series, "number": at, "sub": True, "extra": False, "iterations": calls,
                "total": total + calls, "seconds": 1.0 + position, "measure_seconds": 0.01, "collect_seconds": 0.01,
                "cpu_seconds": 1.0 + position, "way": "child", "pause_seconds": 0.004, "tracked": tracked, "garbage": 0,
                "collected": 100, "uncollectable": 0, "settled": True, "allocated_blocks": tracked,
                "traced_bytes": None, "threads": 1, "python_threads": 1, "fds": 7, "gc_enabled": True,
            }
        )  # fmt: skip

    def _file(self, path: str) -> int:
        if path not in self.files:
            self.file(path, "package" if path.startswith("/") else "project")
        return self.files[path]


def _plus(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one + two for one, two in itertools.zip_longest(first, second, fillvalue=0))


@pytest.fixture
def program() -> type[Program]:
    """The builder: `program().keeps(by_id, "app.Item", 1, 10, 151, 302).analysis()`."""
    return Program


@pytest.fixture
def by_id() -> tuple[str, ...]:
    """The path to the dictionary that keeps things in most tests."""
    return BY_ID


@pytest.fixture
def cart() -> Program:
    """The leak that most tests start from: a class attribute keeps every item, one a call."""
    return (
        Program()
        .keeps(BY_ID, "app.Item", 1, 10, 151, 302, size=144)
        .born("app.Item", ("app/cart.py", 41, "Cart.add"), ("app/shop.py", 12, "handle"), ("bench.py", 7, "run"))
        .allocates(("app/cart.py", 41, "Cart.add"), blocks=(1, 10, 151, 302), size=144)
        .source("app/cart.py", 39, "    def add(cls):", "        # new", "        item = Item()", "        keep(item)")
    )
