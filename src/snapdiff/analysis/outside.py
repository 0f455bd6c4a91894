"""What grows and is no object: descriptors, threads, tasks, children, and memory outside the Python heap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

import pandas as pd

from snapdiff.analysis import limits
from snapdiff.analysis.frames import Frames
from snapdiff.analysis.growth import WITHDRAWN, Judgement, rise
from snapdiff.analysis.matrices import Matrices, Series, records
from snapdiff.analysis.model import BornAt, Excerpt, Finding, Frame, GrownAt, Verdict
from snapdiff.analysis.naming import fingerprint
from snapdiff.analysis.paths import ACCUSED
from snapdiff.analysis.series import Noise, Part, judge_bytes, judge_count, noise

#: Counts, the domain of each and what one is called. A child has pipes, a thread may have a socket: what comes first
#: stands for what comes with it.
_COUNTS = {
    "children": ("process", "processes"),
    "threads": ("thread", "threads"),
    "tasks": ("task", "tasks"),
    "fds": ("fd", "descriptors"),
}
#: Owners of bytes that say themselves what they hold, by the beginning of their names.
_POOLS = {"arrow.": "arrow", "torch.": "native", "sqlite": "native", "probe.": "native"}
#: What owners hold that do not say it themselves.
_SAID_OF = {"torch.cpu": "memory of torch tensors on the CPU"}
#: Memory that is read around the calls.
MALLOC, MAPPED, FILES = "malloc", "mapped", "files"
_NAMES = {
    MALLOC: "memory that was taken from malloc", MAPPED: "private memory that was mapped",
    FILES: "mappings of files or shared memory",
}  # fmt: skip
#: Places that are named.
_MOST_NAMED = 3
_TOLD = (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE)


@dataclass(frozen=True)
class Grower:
    """A series that grew: its owner as the recording has it, and the finding of it alone."""

    owner: str
    finding: Finding
    stacks: frozenset[tuple[str, str | None]]
    """(file, function) of where the threads or tasks that stayed are, but for the program's own."""


class Outside:
    """Judges every series of a recording that is no series of objects."""

    def __init__(self, matrices: Matrices, frames: Frames) -> None:
        self._matrices = matrices
        self._frames = frames
        self._spans = matrices.workload.spans
        self._lines = matrices.table("outside_lines")
        self._kinds = matrices.table("outside_kinds")

    def growers(self) -> list[Grower]:
        """Return what grew: counts first, then pools, then memory as a whole."""
        if not self._spans:
            return []
        found = self._counts()
        pools = self._pools()
        has_threads = any(each.owner == "threads" for each in found)
        # A thread's stack is mapped: 8 MiB each, told with the thread.
        memory = [each for each in self._memory(pools) if each.owner == MALLOC or not has_threads]
        return found + list(pools.values()) + memory

    # -- counts -------------------------------------------------------------------------------------------

    def _counts(self) -> list[Grower]:
        found = []
        for owner, (domain, unit) in _COUNTS.items():
            gained = self._owned(owner, self._matrices.workload)
            if gained is None:
                continue
            judgement = self._with_control(owner, judge_count(gained, self._spans, unit), unit)
            # Runtimes of libraries start threads as they need them: a pool of these that fills is not worth a word.
            filled = judgement.verdict is Verdict.SATURATING and owner != "threads"
            if judgement.verdict in _TOLD or (filled and any(span.extra for span in self._spans)):
                found.append(self._grower(owner, domain, unit, gained, judgement))
        return found

    def _with_control(self, owner: str, judgement: Judgement, unit: str) -> Judgement:
        """Withdraw an accusation when the count rose without any call too."""
        control = self._owned(owner, self._matrices.control)
        calls = [span.iterations for span in self._matrices.control.spans]
        if not control or judgement.verdict not in ACCUSED or control[-1] < limits.ALSO_IN_CONTROL * (
            judgement.rate * calls[-1]
        ):  # fmt: skip
            return judgement
        reason = f"{WITHDRAWN}the control gained {control[-1]} {unit} without any call"
        return replace(judgement, verdict=Verdict.INCONCLUSIVE, reasons=(*judgement.reasons, reason))

    def _owned(self, owner: str, series: Series) -> tuple[int, ...] | None:
        """Return what each round added to an owner, None where it was not asked at each checkpoint."""
        owners = self._matrices.table("owners")
        values = owners[owners["owner"] == owner].set_index("checkpoint")["value"].reindex(series.ids)
        if len(values) < 2 or values.isna().any():  # noqa: PLR2004
            return None
        return tuple(int(gain) for gain in values.diff().iloc[1:])

    # -- bytes --------------------------------------------------------------------------------------------

    def _pools(self) -> dict[str, Grower]:
        found = {}
        owners = self._matrices.table("owners")
        for owner in sorted({str(name) for name in owners[owners["unit"] == "bytes"]["owner"]}):
            domain = next((word for start, word in _POOLS.items() if owner.startswith(start)), None)
            gained = self._owned(owner, self._matrices.workload) if domain is not None else None
            if domain is None or gained is None:
                continue
            judgement = judge_bytes(gained, self._spans, (), 0.0, limits.NATIVE_BYTES_RATE)
            if judgement.verdict in _TOLD:
                found[owner] = self._grower(owner, domain, "bytes", gained, judgement)
        return found

    def _memory(self, pools: dict[str, Grower]) -> list[Grower]:
        found = []
        objects = [max(0, gain) for gain in self._matrices.workload.growth("object_bytes")]
        inner = [sum(each) for each in zip(*(pool.finding.growth for pool in pools.values()), strict=True)]
        inner = inner or [0] * len(self._spans)
        for name in (MALLOC, MAPPED, FILES):
            readings = _Readings(self._matrices, name)
            if not readings.gained:
                continue
            explained = [0] * len(self._spans)
            if name != FILES:
                explained = [sum(both) for both in zip(objects, inner, strict=True)]
            left = tuple(
                round(gain - known) for gain, known in zip(readings.gained, explained, strict=True)
            )  # fmt: skip
            if left[-1] < limits.NATIVE_BESIDE_OBJECTS * explained[-1]:
                continue
            judgement = judge_bytes(
                left, self._spans, readings.parts, readings.noise.scatter, limits.NATIVE_BYTES_RATE
            )  # fmt: skip
            if judgement.verdict in _TOLD:
                found.append(self._grower(name, "native", "bytes", left, judgement))
        return found

    # -- findings -----------------------------------------------------------------------------------------

    def _grower(self, owner: str, domain: str, unit: str, growth: tuple[int, ...], judgement: Judgement) -> Grower:
        rate = growth[-1] / self._spans[-1].iterations
        born = self._born(owner, by_bytes=unit == "bytes")
        waits = self._places(owner, "waits")
        reasons = list(judgement.reasons)
        if owner in _NAMES:
            reasons.insert(0, f"counted: {_NAMES[owner]}, less what growing Python objects account for")
        elif unit == "bytes":
            reasons.insert(0, f"counted: {_SAID_OF.get(owner, f'what {owner} says that it holds')}")
        finding = Finding(
            fingerprint=fingerprint(owner, (), born), verdict=judgement.verdict, law=judgement.law, domain=domain,
            type=None, other_types=(), objects_per_iteration=0.0 if unit == "bytes" else rate,
            bytes_per_iteration=rate if unit == "bytes" else 0.0, growth=growth, container=None, chain=(), born_at=born,
            grown_at=(), leak_share_bytes=None, not_shared_bytes=None, sentence="", reasons=tuple(reasons), graph=None,
            excerpts=self._excerpts(row.frame for row in born), curve=self._curve(growth), unit=unit,
            kinds=self._kinds_of(owner), waits_at=tuple(GrownAt(frame, callers) for frame, callers, _ in waits),
            doubt=judgement.doubt, rise=rise(growth, self._spans) if judgement.verdict in ACCUSED else None,
        )  # fmt: skip
        return Grower(owner, finding, self._library_places(owner))

    def _born(self, owner: str, *, by_bytes: bool) -> tuple[BornAt, ...]:
        """Return the line at which it is born, by vote; nothing where the vote is not clear."""
        places = self._places(owner, "born", by_bytes=by_bytes)
        total = sum(weight for _, _, weight in places)
        if total <= 0 or places[0][2] < limits.CLEAR_VOTE * total:
            return ()
        frame, callers, weight = places[0]
        return (BornAt(frame, weight / total, None, None, callers),)

    def _places(self, owner: str, what: str, *, by_bytes: bool = False) -> list[tuple[Frame, tuple[Frame, ...], int]]:
        """Return frames to blame with callers and weight, those of the most weight first."""
        votes: dict[Frame, tuple[tuple[Frame, ...], int]] = {}
        for row in self._rows(owner, what):
            frame, callers = self._frames.blamed(int(row.stack))
            if frame is not None:
                first, weight = votes.get(frame, (callers, 0))
                votes[frame] = (first, weight + int(row.bytes if by_bytes else row.count))
        ranked = sorted(votes.items(), key=lambda item: (-item[1][1], item[0].file, item[0].line))
        return [(frame, callers, weight) for frame, (callers, weight) in ranked[:_MOST_NAMED]]

    def _rows(self, owner: str, what: str) -> list[Any]:
        return records(self._lines[(self._lines["owner"] == owner) & (self._lines["what"] == what)])

    def _library_places(self, owner: str) -> frozenset[tuple[str, str | None]]:
        """Return (file, function) of the standard library's frames in which the threads or tasks that stayed are."""
        return frozenset(
            (frame.file, frame.function)
            for row in self._rows(owner, "waits")
            for frame in self._frames.of_library(int(row.stack))
        )

    def _kinds_of(self, owner: str) -> tuple[str, ...]:
        if owner in _SAID_OF:
            return (_SAID_OF[owner],)
        rows = self._kinds[self._kinds["owner"] == owner].sort_values(["count", "kind"], ascending=[False, True])
        return tuple(str(kind) for kind in rows["kind"])

    def _curve(self, growth: Sequence[int]) -> tuple[tuple[int, int], ...]:
        calls = accumulate((span.iterations for span in self._spans), initial=0)
        return tuple(zip(calls, accumulate(growth, initial=0), strict=False))

    def _excerpts(self, places: Iterable[Frame]) -> tuple[Excerpt, ...]:
        found = [self._frames.excerpt(frame) for frame in dict.fromkeys(places)]
        return tuple(excerpt for excerpt in found if excerpt is not None)


class _Readings:
    """What calls gained of one kind of memory: by round, and by part of N and of the extra rounds. Less the noise."""

    def __init__(self, matrices: Matrices, name: str) -> None:
        values = matrices.outside(name)
        self.noise = self._noise(values, matrices)
        self.gained: list[float] = []
        self.parts: list[Part] = []
        rows = matrices.all_checkpoints
        rows = rows[rows["series"] == "workload"]
        if not len(values) or not set(rows["id"]) <= set(values.index):
            return
        spans = matrices.workload.spans
        first = next((at for at, span in enumerate(spans) if span.extra), len(spans)) - 1
        total = 0.0
        for before, after in pairwise(records(rows)):
            gained = float(values[after.id] - values[before.id]) - self.noise.offset
            total += gained
            calls = int(after.total - before.total)
            if len(self.gained) >= max(0, first) and calls > 0:
                self.parts.append(Part(len(self.gained), calls, gained))
            if not after.sub:
                self.gained.append(total)
                total = 0.0
        if len(self.gained) != len(spans):
            self.gained, self.parts = [], []

    @staticmethod
    def _noise(values: pd.Series, matrices: Matrices) -> Noise:
        """Return the noise of the control's last round: those before it warm the instrument up."""
        rows = matrices.all_checkpoints
        rows = rows[(rows["series"] == "control") & rows["id"].isin(values.index)]
        last = rows[rows["number"] == rows["number"].max()] if len(rows) else rows
        numbers = [int(number) for number in last["id"]]
        return noise([int(values[after] - values[before]) for before, after in pairwise(numbers)])
