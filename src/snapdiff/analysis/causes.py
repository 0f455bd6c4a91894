"""From growing types and lines to causes: one finding a holder, with its types, births and chain."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from snapdiff.analysis import limits
from snapdiff.analysis.dot import parse
from snapdiff.analysis.frames import Frames
from snapdiff.analysis.growth import Judgement
from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import (
    BornAt,
    ChainNode,
    Container,
    Excerpt,
    Finding,
    Frame,
    Graph,
    GraphEdge,
    GraphNode,
    Law,
    TypeRow,
    Verdict,
)
from snapdiff.analysis.sentences import finding_sentence

#: Verdicts of types that are looked at as causes.
CAUSES = (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE, Verdict.SATURATING)
_MIRRORS = ("weakref", "weakref.ReferenceType", "weakref.KeyedRef")
#: Holder numbers without a holder: it was looked for and not found, or not looked for.
_NO_HOLDER, _NOT_LOOKED = -1, -2
#: The distance of a type whose survivors were not looked at.
_FAR = 1_000


@dataclass
class Holder:
    """An object that keeps survivors, with the types it keeps: {type: (part of its survivors, distance)}."""

    number: int
    container: Container | None
    chain: tuple[ChainNode, ...]
    types: dict[str, tuple[float, int]] = field(default_factory=dict)


def holders_of(matrices: Matrices, types: list[str]) -> list[Holder]:
    """Return the holders of types, those of the most types first.

    A type whose survivors nothing was found to hold is under a holder without container. A type whose survivors were
    not looked for (there were too many types, or the run ended before) goes with the first holder there is.
    """
    found: dict[int, Holder] = {}
    unseen = []
    survivors = matrices.table("survivors").set_index("type")
    rows = matrices.table("holders")
    for name in types:
        chosen = rows[(rows["type"] == name) & ~rows["larger"]]
        if name not in survivors.index:
            unseen.append(name)
            continue
        examined = int(survivors["examined"].get(name, 0))
        if not len(chosen):
            # Nothing new, so old ones got larger: they are their own containers.
            chosen = rows[(rows["type"] == name) & rows["larger"]].head(1)
        named = False
        for row in records(chosen):
            share = 1.0 if row.larger else row.survivors / max(1, examined)
            if share < limits.HOLDER_SHARE:
                continue
            holder = found.setdefault(int(row.holder), _holder(row))
            holder.types[name] = (share, int(row.distance))
            named = True
        if not named:
            found.setdefault(_NO_HOLDER, Holder(_NO_HOLDER, None, ())).types[name] = (1.0, 0)
    ranked = sorted(found.values(), key=lambda holder: (holder.container is None, -len(holder.types), holder.number))
    if unseen and not ranked:
        ranked = [Holder(_NOT_LOOKED, None, ())]
    for name in unseen:
        ranked[0].types[name] = (1.0, _FAR)
    return ranked


def _holder(row: Any) -> Holder:
    entries, bound = (None if pd.isna(value) else int(value) for value in (row.entries, row.bound))
    chain = tuple(ChainNode(str(node["label"]), str(node["type"])) for node in row.chain)
    return Holder(int(row.holder), Container(row.path, row.holder_type, entries, bound), chain)


def _without_mirrors(holders: list[Holder]) -> list[Holder]:
    """Fold sets of weak references into the first cause: they grow because something else does."""
    real = [holder for holder in holders if not set(holder.types) <= set(_MIRRORS)]
    if not real:
        return holders
    for mirror in holders:
        if mirror not in real:
            for name, (share, _) in mirror.types.items():
                before, distance = real[0].types.get(name, (0.0, _FAR))
                real[0].types[name] = (min(1.0, before + share), distance)
    return real


class Causes:
    """Builds findings from judged types and lines."""

    def __init__(self, matrices: Matrices, frames: Frames, types: dict[str, tuple[TypeRow, Judgement]]) -> None:
        self._matrices = matrices
        self._frames = frames
        self._types = types
        self._graphs = matrices.table("graphs").drop_duplicates("type").set_index("type")
        self._alive = _alive_per_line(matrices)

    def of_types(self) -> list[Finding]:
        """Return a finding for every holder of types that grew, worst first."""
        names = [name for name, (row, _) in self._types.items() if row.verdict in CAUSES]
        # A container grows in size because it grows in entries: its own size is no second cause.
        by_count = [name for name in names if self._types[name][0].objects[-1] > 0]
        kept_by = {h.container.type for h in holders_of(self._matrices, by_count) if h.container is not None}
        names = [name for name in names if name in by_count or name not in kept_by]
        holders = holders_of(self._matrices, names)
        return [self._finding(holder) for holder in _without_mirrors(holders)]

    def lines_of(self, finding: Finding) -> set[tuple[str, str | None]]:
        """Return (file, function) of the frames that allocated what a finding keeps, up to the one that is blamed."""
        births = self._matrices.table("births")
        chosen = births[births["type"].isin([finding.type, *finding.other_types])]
        return {place for number in set(chosen["stack"]) for place in self._frames.places(int(number))}

    def _finding(self, holder: Holder) -> Finding:
        main = self._main_type(holder)
        share = holder.types[main][0]
        row, judgement = self._types[main]
        verdict, law, reasons = row.verdict, row.law, list(judgement.reasons)
        container = holder.container
        if container is not None and container.bound is not None and verdict in CAUSES[:3]:
            # Its limit is known: what grows until it is reached is no leak, and what is full does not grow.
            verdict, law = Verdict.SATURATING, Law.BOUNDED
            reasons.append(f"{container.path} holds {container.size} and never more than {container.bound}")
        if holder.number == _NO_HOLDER:
            reasons.append("no reference to the survivors from a module or a running frame was found")
        born = self._births(main, holder.number)
        finding = Finding(
            fingerprint=fingerprint(main, holder.chain, born),
            verdict=verdict,
            law=law,
            domain="python",
            type=main,
            other_types=tuple(sorted(set(holder.types) - {main})),
            objects_per_iteration=_scaled(row.objects_per_iteration, share),
            bytes_per_iteration=sum(
                _scaled(self._types[name][0].bytes_per_iteration, part) for name, (part, _) in holder.types.items()
            ),
            growth=tuple(round(_scaled(gain, share)) for gain in row.objects),
            container=container,
            chain=holder.chain,
            born_at=born,
            grown_at=(),
            leak_share_bytes=None,
            not_shared_bytes=None,
            sentence="",
            reasons=tuple(reasons),
            graph=self._graph(main) or chain_graph(main, holder.chain),
            excerpts=self._excerpts([entry.frame for entry in born]),
            curve=tuple(self._matrices.windows(main)),
        )
        return with_sentence(finding)

    def _main_type(self, holder: Holder) -> str:
        """Return the type a person would name: classes with a module before builtins, then the nearest."""

        def rank(name: str) -> tuple[int, bool, bool, int, float, str]:
            _, distance = holder.types[name]
            row = self._types[name][0]
            in_size_only = row.objects[-1] <= 0
            kind = CAUSES.index(row.verdict)
            return (kind, in_size_only, name in _MIRRORS or "." not in name, distance, -row.bytes_per_iteration, name)

        return min(holder.types, key=rank)

    def _births(self, name: str, holder: int) -> tuple[BornAt, ...]:
        """Return the lines that allocated what a holder keeps of a type, by vote; of all survivors if it has none."""
        births = self._matrices.table("births")
        chosen = births[(births["type"] == name) & (births["holder"] == holder)]
        if not len(chosen):
            chosen = births[(births["type"] == name) & births["holder"].isna()]
        votes: dict[Frame, tuple[int, tuple[Frame, ...]]] = {}
        for row in records(chosen.sort_values(["count", "stack"], ascending=[False, True])):
            frame, callers = self._frames.blamed(int(row.stack))
            if frame is not None:
                count, first = votes.get(frame, (0, callers))
                votes[frame] = (count + int(row.count), first)
        total = max(1, sum(count for count, _ in votes.values()))
        ranked = sorted(votes.items(), key=lambda item: (-item[1][0], item[0].file, item[0].line))
        gained = sum(self._types[name][0].objects)
        return tuple(
            BornAt(
                frame,
                count / total,
                round(gained * count / total),
                self._alive.get((frame.file, frame.line)),
                callers,
            )
            for frame, (count, callers) in ranked[: limits.MOST_BIRTHS]
        )

    def _graph(self, name: str) -> Graph | None:
        if name not in self._graphs.index:
            return None
        row = self._graphs.loc[name]
        return parse(str(row["dot"]), name, str(row["drawn_by"]))

    def _excerpts(self, frames: list[Frame]) -> tuple[Excerpt, ...]:
        found = [self._frames.excerpt(frame) for frame in frames]
        return tuple(excerpt for excerpt in found if excerpt is not None)


def with_sentence(finding: Finding) -> Finding:
    """Return the finding with its sentence."""
    return replace(finding, sentence=finding_sentence(finding))


def fingerprint(type_name: str | None, chain: tuple[ChainNode, ...], born: tuple[BornAt, ...]) -> str:
    """Return a name for a cause that lasts: types and edges of its chain (or where it is born), digits masked."""
    if chain:
        parts = [[node.label, node.type] for node in chain]
    else:
        parts = [[entry.frame.file, entry.frame.function or ""] for entry in born[:1]]
    text = json.dumps([type_name, *parts])
    return hashlib.sha256(re.sub(r"0x[0-9a-fA-F]+|\d+", "#", text).encode()).hexdigest()[:12]


def chain_graph(type_name: str, chain: tuple[ChainNode, ...]) -> Graph | None:
    """Return the chain as a graph, for targets without objgraph."""
    if not chain:
        return None
    nodes = [
        GraphNode(at, node.label if at == 0 else node.type, "", "root" if at == 0 else "object")
        for at, node in enumerate(chain)
    ]
    nodes[-1] = GraphNode(len(chain) - 1, nodes[-1].label, "grows", "container" if len(chain) > 1 else "root")
    nodes.append(GraphNode(len(chain), type_name, "survivor", "survivor"))
    edges = [GraphEdge(at, at + 1, chain[at + 1].label if at + 1 < len(chain) else "") for at in range(len(chain))]
    return Graph(type_name, "snapdiff, from the recorded path", tuple(nodes), tuple(edges))


def _alive_per_line(matrices: Matrices) -> dict[tuple[str, int], int]:
    """Return blocks alive at the last checkpoint per allocation line."""
    traces, stacks, files = (matrices.table(name) for name in ("traces", "stacks", "files"))
    if not len(traces) or not matrices.workload.ids:
        return {}
    last = traces[traces["checkpoint"] == matrices.workload.ids[-1]]
    tops = stacks[stacks["depth"] == 0].set_index("stack")[["file", "line"]]
    sums = last.join(tops, on="stack", how="inner").groupby(["file", "line"])[["blocks"]].sum().reset_index()
    paths = dict(zip(files["file"], files["path"], strict=True))
    return {(str(paths.get(row.file)), int(row.line)): int(row.blocks) for row in records(sums)}


def _scaled(value: float, share: float) -> float:
    # A share of nearly all is all: a few survivors of a sample can lie elsewhere for a moment.
    return value if share >= 0.95 else value * share  # noqa: PLR2004
