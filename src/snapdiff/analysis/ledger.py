"""The ledger: resident memory divided among its owners, with the rest shown and never spread.

Every resident page lies in one mapping, so the kinds of mappings add up. Within malloc's and pymalloc's the allocators
say what is in use. A number that is larger than what is left of its mappings (memory that was asked for and not touched
takes no room) is cut to that: parts never overlap.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import GivenBack, Ledger, LedgerKind, Peak

#: Parts in the order of the page: (owner, name, source).
_PARTS = (
    ("python.small", "Python objects up to 512 bytes", "pymalloc: blocks in use, less snapdiff's"),
    ("python.large", "larger Python objects", "sizes of the objects above 512 bytes"),
    ("pymalloc.kept", "pymalloc, kept for reuse", "pymalloc: its arenas, less the blocks in use"),
    ("native", "native code, in use", "malloc: in use, less larger Python objects and snapdiff's"),
    ("chunks", "malloc's mapped chunks, at most", "mallinfo2; how much of it is resident could not be found out"),
    ("malloc.kept", "malloc, kept for reuse", "smaps: heap and arenas of malloc, less what is in use"),
    ("malloc", "malloc, used or kept", "smaps: heap and arenas of malloc; this glibc does not say more"),
    ("arrow.mimalloc", "Arrow's mimalloc pool, in use", "pyarrow: bytes allocated"),
    ("mimalloc.kept", "mimalloc, kept for reuse", "smaps: where mimalloc maps its memory, less what is in use"),
    ("arrow.jemalloc", "Arrow's jemalloc pool, in use", "pyarrow: bytes allocated"),
    ("files", "mapped files: programs, libraries, data", "smaps: mappings of files"),
    ("shared", "shared memory", "smaps: mappings of /dev/shm, memfd and the like"),
    ("stacks", "stacks of threads", "smaps: where the threads' stack pointers are"),
    ("snapdiff", "snapdiff itself", "what its rehearsal took, and tracemalloc's tables"),
    ("unexplained", "unexplained", "resident memory, less all above"),
)
#: Owners whose own numbers lie in parts: (owner, name).
_WITHIN = {
    "arrow.system": "Arrow's system pool (in malloc)",
    "malloc.in_use": "malloc, in use by its own account",
    "malloc.free": "malloc, free by its own account",
    "malloc.mapped": "malloc, mapped chunks",
    "sqlite": "SQLite (in malloc)",
    "torch.cpu": "torch tensors on the CPU, at least",
    "traced": "allocated by Python since tracing began",
}
_NUMPY = "numpy.ndarray"
_BESIDE = {
    "torch.cuda": "torch on the graphics card, in use",
    "torch.cuda_reserved": "torch on the graphics card, kept",
}

_Values = dict[str, int]


def ledger(matrices: Matrices) -> tuple[Ledger, ...]:
    """Return the ledger of the workload's checkpoints; empty where resident memory was not asked for at each."""
    ids = matrices.workload.ids
    values, sources = _owners(matrices)
    if not ids or any("resident" not in values.get(number, {}) for number in ids):
        return ()
    at = [values[number] for number in ids]
    divided = [_divide(each) for each in at]
    rows = [
        Ledger(
            "resident", "resident memory", LedgerKind.TOTAL, tuple(each["resident"] for each in at), "smaps: all of it"
        )
    ]
    rows += [
        Ledger(owner, name, LedgerKind.PART, tuple(each.get(owner, 0) for each in divided), source)
        for owner, name, source in _PARTS
        if any(each.get(owner) for each in divided) or owner == "unexplained"
    ]
    rows += _told(at, sources)
    arrays = _numpy(matrices, ids)
    if any(arrays):
        rows.append(
            Ledger("numpy", "NumPy arrays (among Python objects)", LedgerKind.WITHIN, arrays, "sizes of all arrays")
        )
    return tuple(rows)


class _Left:
    """What is left of some memory while its owners take their parts."""

    def __init__(self, size: int) -> None:
        self.size = size

    def take(self, wanted: int) -> int:
        """Take a part, all that is left at most."""
        taken = min(wanted, self.size)
        self.size -= taken
        return taken


def _divide(values: _Values) -> _Values:
    """Return the parts of resident memory at one checkpoint."""
    known = values.get
    all_of_it = _Left(values["resident"])
    parts: _Values = {
        "files": all_of_it.take(known("files.mapped", 0)),
        "shared": all_of_it.take(known("shared", 0)),
        "stacks": all_of_it.take(known("stacks", 0)),
    }
    heap = _Left(all_of_it.take(known("malloc.resident", 0)))
    mimalloc = _Left(all_of_it.take(known("mimalloc.resident", 0)))
    arenas = _Left(all_of_it.take(known("pymalloc.arenas", 0)))
    chunks = _Left(all_of_it.take(known("malloc.mapped_resident", known("malloc.mapped", 0))))
    own = all_of_it.take(known("snapdiff.mapped", 0))
    parts["arrow.jemalloc"] = all_of_it.take(known("arrow.jemalloc", 0))
    parts["unexplained"] = all_of_it.size
    blocks = _Left(arenas.take(known("pymalloc.used", 0)))
    parts["pymalloc.kept"] = arenas.size
    own += blocks.take(known("snapdiff.pymalloc", 0))
    parts["python.small"] = blocks.size
    if "malloc.in_use" in values:
        found = "malloc.mapped_resident" in values
        used = _Left(heap.take(values["malloc.in_use"]) + (chunks.take(chunks.size) if found else 0))
        parts["malloc.kept"] = heap.size
        own += used.take(known("snapdiff.malloc", 0) + known("tracemalloc", 0))
        large = _Left(known("python.large", 0))
        parts["python.large"] = used.take(large.take(used.size)) + chunks.take(large.size)
        parts["native"], parts["chunks"] = used.size, chunks.size
    else:
        parts["malloc"] = heap.size + chunks.size
    parts["arrow.mimalloc"] = mimalloc.take(known("arrow.mimalloc", 0))
    parts["mimalloc.kept"] = mimalloc.size
    parts["snapdiff"] = own
    return parts


def _told(at: list[_Values], sources: dict[str, str]) -> Iterable[Ledger]:
    """Yield what owners say of themselves that is no part."""
    told = dict.fromkeys(owner for each in at for owner in each)
    for owner in told:
        name = _WITHIN.get(owner) or _BESIDE.get(owner)
        if owner.startswith("probe."):
            name = f"{owner.partition('.')[2]}, by its own account"
        numbers = tuple(each.get(owner, 0) for each in at)
        if name is not None and any(numbers):
            kind = LedgerKind.BESIDE if owner in _BESIDE else LedgerKind.WITHIN
            yield Ledger(owner, name, kind, numbers, sources[owner])


def _numpy(matrices: Matrices, ids: list[int]) -> tuple[int, ...]:
    types = matrices.table("types")
    rows = types[types["type"] == _NUMPY].set_index("checkpoint")["bytes"]
    return tuple(int(rows.get(number, 0)) for number in ids)


def _owners(matrices: Matrices) -> tuple[dict[int, _Values], dict[str, str]]:
    """Return what owners say in bytes, {checkpoint: {owner: bytes}}, and who was asked."""
    values: dict[int, _Values] = {}
    sources: dict[str, str] = {}
    for row in records(matrices.table("owners")):
        if row.unit == "bytes":
            values.setdefault(int(row.checkpoint), {})[str(row.owner)] = int(row.value)
            sources[str(row.owner)] = str(row.source)
    return values, sources


def peaks(matrices: Matrices) -> tuple[Peak, ...]:
    """Return the highest resident memory of each round of the workload."""
    series = matrices.workload
    owners = matrices.table("owners")
    known = {(int(row.checkpoint), str(row.owner)): row for row in records(owners)}
    samples: dict[int, list[int]] = {}
    for sample in records(matrices.table("timeline")):
        if sample.phase == "round" and sample.series == "workload":
            samples.setdefault(int(sample.round), []).append(int(sample.rss))
    numbers = [int(number) for number in series.checkpoints["number"]]
    found = []
    for at, (first, last) in enumerate(zip(series.ids, series.ids[1:], strict=False)):
        rows = [known.get((number, "resident")) for number in (first, last)]
        if rows[0] is None or rows[1] is None:
            return ()
        before, after = int(rows[0].value), int(rows[1].value)
        mark = _optional(rows[1].peak)
        inside = samples.get(numbers[at + 1], [])
        traced = known.get((last, "traced"))
        found.append(
            Peak(
                before=before,
                peak=max([before, after, *([mark] if mark is not None else inside)]),
                after=after,
                exact=mark is not None,
                traced=None if traced is None else _optional(traced.peak),
                arrow=_risen(known, first, last),
            )
        )
    return tuple(found)


def _risen(known: dict[tuple[int, str], Any], first: int, last: int) -> int | None:
    """Return the highest peak of Arrow's pools that rose between two checkpoints."""
    risen = []
    for (number, owner), row in known.items():
        if number == last and owner.startswith("arrow."):
            peak = _optional(getattr(row, "peak", None))
            before = _optional(getattr(known.get((first, owner)), "peak", None))
            if peak is not None and peak > (before or 0):
                risen.append(peak)
    return max(risen, default=None)


def given_back(matrices: Matrices) -> tuple[GivenBack, ...]:
    """Return what was tried to give memory back, in order."""
    rows = matrices.table("given_back").sort_values("step", kind="stable")
    return tuple(
        GivenBack(str(row.action), int(row.before), int(row.after), float(row.seconds)) for row in records(rows)
    )


def _optional(value: Any) -> int | None:
    """Return a number that may be missing."""
    return None if pd.isna(value) else int(value)
