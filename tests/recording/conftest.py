"""Recordings to write, to read and to spoil; made from what an agent would have said."""

from __future__ import annotations

import io
import json
import zipfile
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from snapdiff.analysis import analyze
from snapdiff.record.ended import AS_PLANNED, Ended
from snapdiff.record.seal import Facts, build
from snapdiff.record.timeline import Sample
from snapdiff.recording import Recording, RecordingError, read, schema, write
from snapdiff.report import render

PLAN = ((0, False), (1, False), (10, False), (151, False), (302, True))


def frames(leak: int = 1) -> list[dict[str, Any]]:
    """What an agent says of a program that keeps so many items a call, and of what holds them."""
    said: list[dict[str, Any]] = [
        {
            "kind": "loaded", "python": "3.11.9", "implementation": "cpython", "working_directory": "/app",
            "library_folders": {}, "target": {"name": "cart.py:add", "file": "cart.py", "line": 4},
            "versions": {"re": "1"},
        }
    ]  # fmt: skip
    for series in ("control", "workload"):
        total = 0
        for number, (calls, extra) in enumerate(PLAN):
            if series == "control" and extra:
                continue
            if series == "workload" and number == 3:
                said.append(_sub(number, total, 100 + leak * (total + 75)))
            total += calls
            items = 100 + (leak * total if series == "workload" else 0)
            said.append(
                {
                    "kind": "checkpoint", "series": series, "number": number, "iterations": calls, "total": total,
                    "monotonic": 100.0 + len(said), "seconds": 0.1, "call_seconds": 0.01, "extra": extra,
                    "types": {"function": [1000, 160_000], "app.Item": [items, items * 64]},
                    "owners": [
                        ["resident", "bytes", 9_000_000 + items * 64, 9_500_000, "/proc/self/smaps"],
                        ["malloc.in_use", "bytes", 2_000_000, None, "mallinfo2"],
                        ["fds", "count", 7, None, "/proc/self/fd"],
                    ],
                    "outside": {"malloc": 32 * items - 96, "mapped": 0, "files": 0},
                    "tracked": 1000 + items, "snapshot": {"way": "child", "pause_seconds": 0.004, "note": None},
                    "objects": 1000 + items,
                    "object_bytes": 160_000 + items * 64, "garbage": 0, "uncollectable": 0, "settled": True,
                    "allocated_blocks": 5000 + items, "traced_bytes": items * 64, "threads": 1, "python_threads": 1,
                    "fds": 7, "gc_enabled": True, "collect_seconds": 0.01, "cpu_seconds": 0.5,
                    "generations": [{"collected": 5 * len(said)}, {"collected": 2}],
                    **({"paths": _paths(number, total, leak)} if series == "workload" else {}),
                    "traces": {
                        "files": ["cart.py", "shop.py"], "lengths": array("i", [4]).tobytes(),
                        "frames": array("i", [0, 41, 1, 12]).tobytes(), "blocks": array("q", [items]).tobytes(),
                        "bytes": array("q", [items * 64]).tobytes(),
                        "domains": array("q", [0, items, items * 64, 389047, 3, 300]).tobytes(),
                    },
                }
            )  # fmt: skip
    if leak:
        said.append(_explained(leak))
    said.append({"kind": "given back", "steps": [["gc.collect()", 9_100_000, 9_000_000, 0.01]]})
    return [*said, {"kind": "end", "how": AS_PLANNED}]


def _paths(number: int, total: int, leak: int) -> dict[str, Any]:
    """The paths that changed up to a checkpoint: `module app → KEPT` and its items. The first two tell of none."""
    ends = [sum(calls for calls, _ in PLAN[: at + 1]) for at in range(number + 1)]
    if number < 2 or not leak:
        return {"nodes": [], "rows": [], "left_out": 0}
    items = [100 + leak * end for end in ends]
    ones = [1] * len(items)
    nodes = [
        [0, -1, "module app", "module"], [1, -1, "unreached", "app.Lost"], [2, -1, "unreached", "app.Held"],
        [3, 0, ".KEPT", "dict"], [4, 3, "{value}", "app.Item"],
    ]  # fmt: skip
    return {
        "nodes": nodes if number == 2 else [],
        "rows": [
            [1, [0, 0, 0], items, [count * 32 for count in items], [0] * len(items)],
            [2, [3, 96, 0], items, [count * 32 for count in items], [0] * len(items)],
            [3, [0, 0, 0], ones, [count * 100 for count in items], items],
            [4, [0, 0, 0], items, [count * 64 for count in items], [0] * len(items)],
        ],
        "left_out": 2 if number == 3 else 0,
    }


def _explained(leak: int) -> dict[str, Any]:
    birth = {"frames": [["cart.py", 41], ["shop.py", 12]], "count": 200}
    return {
        "kind": "explained",
        "causes": [
            {
                "node": 3, "path": "module app → KEPT", "type": "dict", "containers": 1, "entries": 100 + 464 * leak,
                "bound": None, "share": 29_696, "alone": 29_000, "partner": None,
                "chain": [{"label": "module app", "type": "module"}, {"label": ".KEPT", "type": "dict"}],
            }
        ],
        "nameless": [
            {
                "path": None, "type": None, "entries": None, "bound": None, "chain": [], "survivors": 7,
                "tops": ["app.Lost"],
                "types": [
                    {"type": "app.Lost", "objects": 7, "births": [{"frames": [["lost.py", 5]], "count": 9}]}
                ],
            },
            {
                "path": "frame of serve → items", "type": "list", "entries": 7, "bound": None, "survivors": 7,
                "chain": [{"label": "frame of serve", "type": "frame"}, {"label": "→ items", "type": "list"}],
                "types": [{"type": "app.Held", "objects": 7, "births": []}], "tops": [],
            },
        ],
        "births": [{"cause": 3, "type": "app.Item", **birth}],
        "grown": [{"cause": 3, "frames": [["cart.py", 42, "add"], ["shop.py", 12, "handle"]], "count": 3}],
        "suspended": [{"cause": 3, "type": "generator", "frames": [["cart.py", 44, "rows"]], "count": 9}],
        "lines": [["cart.py", 41, 464]],
        "garbage": {"types": [{"type": "app.Node", "objects": 20, "births": [birth]}], "calls": 10},
        "graphs": [
            {
                "cause": 3, "type": "app.Item", "drawn_by": "objgraph 3.6.2",
                "dot": 'a[label="Item"];\nb[label="module app"];\nb -> a [label=".KEPT"];',
            }
        ],
        "outside": {
            "lines": [
                ["malloc", "born", [["cart.py", 42, "add"]], 12, 384],
                ["threads", "waits", [["lost.py", 5, "f"]], 3, 0],
            ],
            "kinds": [["fds", "socket", 3], ["fds", "pipe", 1]],
        },
        "note": None,
    }  # fmt: skip


def _sub(number: int, total: int, items: int) -> dict[str, Any]:
    return {
        "kind": "subcheckpoint", "series": "workload", "number": number, "iterations": 75, "total": total + 75,
        "monotonic": 109.0, "seconds": 0.01, "types": {"function": 1000, "app.Item": items}, "tracked": 1000 + items,
        "snapshot": {"way": "child", "pause_seconds": 0.004, "note": None},
        "garbage": 0, "uncollectable": 0, "settled": True, "allocated_blocks": 5000,
        "threads": 1, "python_threads": 1, "fds": 7, "gc_enabled": True, "collect_seconds": 0.01, "cpu_seconds": 0.5,
        "generations": [{"collected": 5}, {"collected": 2}],
    }  # fmt: skip


def facts() -> Facts:
    """What the supervisor knows beyond the agent."""
    return Facts(
        options={
            "target": "cart.py:add",
            "rounds": [1, 10, 151],
            "trace": "rounds",
            "trace_depth": 4,
            "command": ["x"],
        },
        ended=Ended(AS_PLANNED, AS_PLANNED),
        started="2026-01-02T03:04:05+00:00",
        started_monotonic=100.0,
        duration=4.5,
        timeline=[Sample(0.1, 9_000_000, "load", "control", 0), Sample(0.2, 9_100_000, "round", "workload", 1)],
        memory={1: (9_000_000, 8_000_000)},
    )


@pytest.fixture(scope="session")
def recording() -> Recording:
    """The recording of a leak, with a row in every table but `source`."""
    return build(frames(), facts())


@pytest.fixture
def sealed() -> Callable[..., Recording]:
    """Return a recording of checkpoints whose traces are of other domains: [domain, blocks, bytes]."""

    def make(domains: list[list[int]]) -> Recording:
        said = frames()
        for frame in said:
            if frame.get("traces"):
                frame["traces"]["domains"] = array("q", [number for row in domains for number in row]).tobytes()
        return build(said, facts())

    return make


@pytest.fixture
def file(recording: Recording, tmp_path: Path) -> Path:
    """That recording as a file."""
    path = tmp_path / "run.snapdiff"
    write(recording, path)
    return path


@pytest.fixture(scope="session")
def parquet() -> Callable[..., bytes]:
    """Return a table as the bytes of a Parquet file."""

    def make(table: pa.Table, **options: Any) -> bytes:
        data = io.BytesIO()
        pq.write_table(table, data, **options)
        return data.getvalue()

    return make


@pytest.fixture
def archive(recording: Recording, parquet: Callable[..., bytes], tmp_path: Path) -> Callable[..., Path]:
    """Write a recording by hand, another manifest (a dict, or bytes) and parts (bytes, tables, None)."""

    def make(manifest: dict[str, Any] | bytes | None = None, *, empty: bool = False, **parts: Any) -> Path:
        path = tmp_path / "hand-made.snapdiff"
        if not isinstance(manifest, bytes):
            whole = {"format": schema.FORMAT, "version": [schema.MAJOR, schema.MINOR], **recording.manifest}
            manifest = json.dumps({**whole, **(manifest or {})}).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr(schema.MANIFEST, manifest)
            for name, table in recording.tables.items():
                part = parts.get(name, table.slice(0, 0) if empty else table)
                if part is not None:
                    made.writestr(name + ".parquet", part if isinstance(part, bytes) else parquet(part))
        return path

    return make


@pytest.fixture
def changed(recording: Recording) -> Callable[..., pa.Table]:
    """Return a table of the recording with a column set to one value, in one row or in all."""

    def make(table: str, column: str, value: Any, row: int | None = None) -> pa.Table:
        rows = recording.tables[table].to_pylist()
        for at, each in enumerate(rows):
            if row is None or at == row % len(rows):
                each[column] = value
        return pa.Table.from_pylist(rows, recording.tables[table].schema)

    return make


@pytest.fixture
def refusal() -> Callable[[Path], str]:
    """Return the sentence with which a file is refused."""

    def make(path: Path) -> str:
        with pytest.raises(RecordingError) as caught:
            read(path)
        sentence = str(caught.value)
        assert sentence.endswith((".", ")."))
        assert "\n" not in sentence
        return sentence

    return make


@pytest.fixture
def use() -> Callable[..., None]:
    """Read, judge and report a file as the command line does; a refusal in a sentence is as good as a report."""

    def make(path: Path, form: str = "json") -> None:
        try:
            text = render(analyze(read(path)), form)
        except RecordingError:
            return
        # What is reported can be written to a file, and JSON is JSON to everybody.
        text.encode()
        if form == "json":
            json.loads(text, parse_constant=_no_json)

    return make


def _no_json(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
