"""Turns a spool into a recording. Reduces, never judges."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snapdiff.agent import spool
from snapdiff.agent.traces import by_domain, stacks
from snapdiff.record import sweep
from snapdiff.record.ended import Ended
from snapdiff.record.options import Options, Sweep
from snapdiff.record.rpc import Rpc
from snapdiff.record.sources import Sources
from snapdiff.record.timeline import Sample
from snapdiff.recording import Recording, write
from snapdiff.recording.rows import table

if TYPE_CHECKING:
    import pyarrow as pa

#: Tracebacks kept, those that changed most first. 20,000 are about 2 MB; a program with more has its growth in
#: the first few.
_MOST_STACKS = 20_000
#: Lines whose source is kept.
_MOST_EXCERPTS = 200
_LONGEST_DOT = 200_000
#: Numbers of causes that are no path: what only the collector frees, and what no name leads to.
_GARBAGE, _FIRST_NAMELESS = -1, -2

#: Kinds of frames that are a measurement: a spool with one of them is worth sealing.
MEASURED = ("checkpoint", "sweep")

_COUNTERS = (
    "tracked", "garbage", "uncollectable", "settled", "allocated_blocks", "traced_bytes",
    "objects", "object_bytes", "threads", "python_threads", "fds", "gc_enabled", "collect_seconds", "cpu_seconds",
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What the supervisor knows beyond the spool. Times in seconds; memory is (RSS, USS) by checkpoint, from 1."""

    options: dict[str, Any]
    ended: Ended
    started: str
    started_monotonic: float
    duration: float
    timeline: list[Sample]
    memory: dict[int, tuple[int | None, int | None]]
    notes: list[str] = field(default_factory=list)


def describe_sweep(sweep: Sweep | None) -> dict[str, Any] | None:
    """Return a sweep as plan and manifest have it."""
    return None if sweep is None else {"name": sweep.name, "sizes": list(sweep.sizes), "at": sweep.at}


def describe_options(options: Options) -> dict[str, Any]:
    """Return the options as the manifest keeps them."""
    return {
        "target": _shown(options.target),
        "rounds": list(options.rounds),
        "setup": options.setup,
        "teardown": options.teardown,
        "inputs": options.inputs,
        "trace": options.trace,
        "trace_depth": options.trace_depth,
        "timeout": options.timeout,
        "max_time": options.max_time,
        "sweep": describe_sweep(options.sweep),
        "arguments": list(options.arguments),
        "command": list(options.command),
        "rpc": None if options.rpc is None else _describe_rpc(options.rpc),
    }


def _shown(target: str) -> str:
    """Return a target as it is called in every checkout: relative to the working directory, if it is in there."""
    here = os.path.join(os.getcwd(), "")
    return os.path.relpath(target, here) if target.startswith(here) else target


def _describe_rpc(rpc: Rpc) -> dict[str, Any]:
    return {**asdict(rpc), "request": str(rpc.request)}


def seal(folder: Path, facts: Facts, output: Path) -> int:
    """Write the recording of a spool; return its size in bytes. Raises OSError."""
    frames = [frame for frame, _ in spool.read(str(folder))]
    return write(build(frames, facts), output)


def build(frames: list[dict[str, Any]], facts: Facts) -> Recording:
    """Return the recording of a spool's frames."""
    loaded = next((frame for frame in frames if frame["kind"] == "loaded"), {})
    measured = [frame for frame in frames if frame["kind"] in ("checkpoint", "subcheckpoint")]
    explained = next((frame for frame in frames if frame["kind"] == "explained"), None)
    sources = Sources(loaded.get("working_directory", "."), loaded.get("library_folders", {}))
    rows = _Rows(sources)
    notes = [*facts.notes, *(str(frame["text"]) for frame in frames if frame["kind"] == "note")]
    rows.add_checkpoints(measured, facts)
    rows.add_traces(measured, notes)
    rows.add_domains(measured, notes)
    rows.add_paths(measured, notes)
    for row in sweep.rows(
        [frame for frame in frames if frame["kind"] == "sweep"], facts.timeline, facts.started_monotonic
    ):
        rows.add("sweep", **row)
    if explained is not None:
        rows.add_explained(explained, notes)
    for frame in frames:
        if frame["kind"] == "given back":
            for step, (action, before, after, seconds) in enumerate(frame["steps"]):
                rows.add("given_back", step=step, action=action, before=before, after=after, seconds=seconds)
    rows.add_source()
    for sample in facts.timeline:
        rows.add(
            "timeline", seconds=sample.monotonic, rss=sample.rss, phase=sample.phase, series=sample.series,
            round=sample.round,
        )  # fmt: skip
    if loaded.get("traced_by_program"):
        notes.append(
            f"The program traces its allocations itself, {loaded.get('trace_depth')} frames deep: its setting was kept."
        )
    notes += dict.fromkeys(frame["snapshot"]["note"] for frame in measured if frame["snapshot"]["note"])
    if loaded.get("free_threaded"):
        notes.append("The interpreter runs without the global lock: counts may change while they are taken.")
    manifest = {
        "options": facts.options,
        "ended": {"how": facts.ended.how, "text": facts.ended.text},
        "complete": facts.ended.complete,
        "started": facts.started,
        "duration_seconds": round(facts.duration, 3),
        "target": loaded.get("target", {}),
        "environment": _environment(loaded),
        "notes": notes,
    }
    return Recording(manifest, rows.tables())


def _environment(loaded: dict[str, Any]) -> dict[str, str]:
    names = ("implementation", "python", "gc_enabled", "gc_threshold", "hash_seed", "malloc")
    environment = {name: str(loaded[name]) for name in names if name in loaded}
    environment["platform"] = platform.platform()
    environment["machine"] = platform.machine()
    environment["libc"] = " ".join(platform.libc_ver())
    environment["snapdiff"] = metadata.version("snapdiff-leaks")
    versions = loaded.get("versions", {})
    environment["libraries"] = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return environment


class _Rows:
    """Collects the rows of all tables."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._files: dict[str, int] = {}
        self._stacks: dict[tuple[tuple[str, int], ...], int] = {}
        self._grown_lines: list[tuple[str, int]] = []

    def add(self, table: str, **row: Any) -> None:
        """Add a row."""
        self._rows.setdefault(table, []).append(row)

    def tables(self) -> dict[str, pa.Table]:
        """Return all tables, empty ones too."""
        from snapdiff.recording import schema

        return {name: table(self._rows.get(name, []), columns) for name, columns in schema.tables().items()}

    def add_checkpoints(self, frames: list[dict[str, Any]], facts: Facts) -> None:
        ordinal = 0
        for position, frame in enumerate(frames):
            sub = frame["kind"] == "subcheckpoint"
            ordinal += not sub
            rss, uss = (None, None) if sub else facts.memory.get(ordinal, (None, None))
            self.add(
                "checkpoints",
                id=position,
                sub=sub,
                rss=rss,
                uss=uss,
                seconds=frame["monotonic"] - facts.started_monotonic,
                measure_seconds=frame["seconds"],
                extra=frame.get("extra", False),
                call_seconds=frame.get("call_seconds"),
                way=frame["snapshot"]["way"],
                pause_seconds=frame["snapshot"]["pause_seconds"],
                **{key: frame[key] for key in ("series", "number", "iterations", "total")},
                collected=sum(each["collected"] for each in frame["generations"]),
                **{key: frame.get(key) for key in _COUNTERS},
            )
            for name, row in frame["types"].items():
                objects, size = (row, 0) if sub else row
                self.add("types", checkpoint=position, type=name, objects=objects, bytes=size)
            for owner, unit, value, peak, source in () if sub else frame["owners"]:
                self.add(
                    "owners", checkpoint=position, owner=owner, unit=unit, value=value, peak=peak, source=source
                )  # fmt: skip

            for memory, gained in (frame.get("outside") or {}).items():
                self.add("outside", checkpoint=position, memory=memory, gained=gained)

    def add_traces(self, frames: list[dict[str, Any]], notes: list[str]) -> None:
        """Add live blocks per traceback, for those that changed between checkpoints of a series."""
        counts: dict[tuple[tuple[str, int], ...], dict[int, tuple[int, int]]] = {}
        traced = []
        for position, frame in enumerate(frames):
            traces = frame.get("traces")
            if not traces:
                continue
            traced.append(position)
            files = traces["files"]
            for flat, blocks, size in stacks(spool.unpacked(traces)):
                stack = tuple((files[flat[at]], flat[at + 1]) for at in range(0, len(flat), 2))
                counts.setdefault(stack, {})[position] = (blocks, size)
        changed = []
        for stack, by_position in counts.items():
            sizes = [by_position.get(position, (0, 0)) for position in traced]
            spread = max(size for _, size in sizes) - min(size for _, size in sizes)
            if len(set(sizes)) > 1:
                changed.append((-spread, stack))
        changed.sort()
        if len(changed) > _MOST_STACKS:
            notes.append(f"{len(changed) - _MOST_STACKS:,} of {len(changed):,} allocation tracebacks were left out.")
        for _, stack in changed[:_MOST_STACKS]:
            number = self._stack(stack)
            for position in traced:
                blocks, size = counts[stack].get(position, (0, 0))
                self.add("traces", checkpoint=position, stack=number, blocks=blocks, bytes=size)

    def add_domains(self, frames: list[dict[str, Any]], notes: list[str]) -> None:
        """Add live blocks by domain, of the largest domains where somebody has made too many."""
        from snapdiff.recording import schema

        largest: dict[int, int] = {}
        by_position = {
            at: by_domain(spool.unpacked(frame["traces"])) for at, frame in enumerate(frames) if frame.get("traces")
        }
        for domains in by_position.values():
            for domain, _, size in domains:
                largest[domain] = max(size, largest.get(domain, 0))
        kept = set(sorted(largest, key=lambda domain: (-largest[domain], domain))[: schema.MAX_DOMAINS])
        if len(kept) < len(largest):
            notes.append(f"{len(largest) - len(kept):,} of {len(largest):,} domains of traced memory were left out.")
        for position, domains in by_position.items():
            for domain, blocks, size in domains:
                if domain in kept:
                    self.add("domains", checkpoint=position, domain=domain, blocks=blocks, bytes=size)

    def add_paths(self, frames: list[dict[str, Any]], notes: list[str]) -> None:
        """Add the paths that changed, with their measures at every checkpoint of the workload."""
        checkpoints = [at for at, frame in enumerate(frames) if "paths" in frame]
        measures: dict[int, list[list[int]]] = {}
        steps: dict[int, dict[str, Any]] = {}
        left_out = 0
        for at in checkpoints:
            part = frames[at]["paths"]
            left_out = max(left_out, part["left_out"])
            for node, parent, edge, kind in part["nodes"]:
                steps[node] = {"node": node, "parent": parent, "edge": edge, "type": kind, "falls": [0, 0, 0]}
            for node, falls, *lists in part["rows"]:
                measures[node] = lists
                steps[node]["falls"] = falls
        for step in steps.values():
            self.add("paths", **step)
        for node, lists in sorted(measures.items()):
            for position, at in enumerate(checkpoints):
                # A path that did not change in a later round kept what it had.
                objects, size, entries = (each[min(position, len(each) - 1)] for each in lists)
                self.add("path_counts", checkpoint=at, node=node, objects=objects, bytes=size, entries=entries)
        if left_out:
            notes.append(f"{left_out:,} paths that changed in a round were left out.")

    def add_explained(self, explained: dict[str, Any], notes: list[str]) -> None:
        """Add what was found out about causes after the last checkpoint."""
        for cause in explained["causes"]:
            self._add_cause(
                cause["node"],
                cause,
                share=cause["share"],
                alone=cause["alone"],
                containers=cause["containers"],
                partner=cause["partner"],
            )
        for at, cause in enumerate(explained["nameless"]):
            number = _FIRST_NAMELESS - at
            self._add_cause(number, cause, share=None, alone=None, containers=1, partner=None)
            for kind in cause["types"]:
                self.add(
                    "cause_types", cause=number, type=kind["type"], survivors=kind["objects"],
                    held=kind["type"] in cause["tops"],
                )  # fmt: skip
                self._add_births(number, kind["type"], kind["births"])
        named = {cause["node"] for cause in explained["causes"]}
        named.update(_FIRST_NAMELESS - at for at in range(len(explained["nameless"])))
        for birth in explained["births"]:
            self._add_births(birth["cause"], birth["type"], [birth])
        for rise in explained["grown"]:
            if rise["cause"] in named:
                stack = tuple((str(file), int(line)) for file, line, _ in rise["frames"])
                self.add("grown", cause=rise["cause"], stack=self._stack(stack), count=rise["count"])
        for row in explained.get("suspended", ()):
            if row["cause"] in named:
                stack = tuple((str(file), int(line)) for file, line, _ in row["frames"])
                self.add(
                    "suspended", cause=row["cause"], type=row["type"], stack=self._stack(stack), count=row["count"]
                )  # fmt: skip
        for path, line, objects in explained["lines"]:
            self.add("alive", file=self._file(path), line=line, objects=objects)
        garbage = explained["garbage"]
        for kind in garbage["types"] if garbage is not None else ():
            self.add("garbage", type=kind["type"], objects=kind["objects"], calls=garbage["calls"])
            self._add_births(_GARBAGE, kind["type"], kind["births"])
        outside = explained.get("outside") or {"lines": [], "kinds": []}
        for owner, what, frames, count, size in outside["lines"]:
            stack = tuple((str(file), int(line)) for file, line, _ in frames)
            if stack:
                self.add("outside_lines", owner=owner, what=what, stack=self._stack(stack), count=count, bytes=size)
        for owner, kind, count in outside["kinds"]:
            self.add("outside_kinds", owner=owner, kind=kind, count=count)
        for graph in explained["graphs"]:
            if len(graph["dot"]) <= _LONGEST_DOT:
                self.add(
                    "graphs", cause=graph["cause"], type=graph["type"], drawn_by=graph["drawn_by"], dot=graph["dot"]
                )  # fmt: skip
        if explained["note"] is not None:
            notes.append(str(explained["note"]))

    def _add_cause(self, number: int, cause: dict[str, Any], **more: Any) -> None:
        self.add(
            "causes", cause=number, path=cause["path"], holder_type=cause["type"], entries=cause["entries"],
            bound=cause["bound"], survivors=cause.get("survivors", 0), native=cause["path"] is None,
            chain=cause["chain"], **more,
        )  # fmt: skip

    def _add_births(self, cause: int, kind: str, births: list[dict[str, Any]]) -> None:
        for birth in births:
            stack = tuple((str(file), int(line)) for file, line in birth["frames"])
            if stack:
                self.add("births", cause=cause, type=kind, stack=self._stack(stack), count=birth["count"])

    def add_source(self) -> None:
        """Add the source around the lines of all kept stacks, most changed first."""
        kept: dict[tuple[int, int], str] = {}
        wanted: Iterable[tuple[str, int]] = dict.fromkeys(self._grown_lines)
        project = [place for place in wanted if self._sources.kind(place[0]) == "project"]
        for path, line in project[:_MOST_EXCERPTS]:
            for number, text in self._sources.excerpt(path, line):
                kept[self._files[path], number] = text
        for (file, number), text in sorted(kept.items()):
            self.add("source", file=file, line=number, text=text)

    def _stack(self, stack: tuple[tuple[str, int], ...]) -> int:
        if stack not in self._stacks:
            number = self._stacks[stack] = len(self._stacks)
            for depth, (path, line) in enumerate(stack):
                self._grown_lines.append((path, line))
                self.add(
                    "stacks", stack=number, depth=depth, file=self._file(path), line=line,
                    function=self._sources.function(path, line),
                )  # fmt: skip
        return self._stacks[stack]

    def _file(self, path: str) -> int:
        if path not in self._files:
            number = self._files[path] = len(self._files)
            self.add("files", file=number, path=self._sources.shown(path), kind=self._sources.kind(path))
        return self._files[path]
