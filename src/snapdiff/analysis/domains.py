"""Traced memory by tracemalloc's domain: whose allocator it came from. It lies in lines of the ledger, and is none."""

from __future__ import annotations

from typing import Final

from snapdiff.analysis.matrices import Matrices
from snapdiff.analysis.model import Domain

#: Domains whose owners are known: (name, where their number is told).
_KNOWN: Final = {
    0: ("Python’s own allocators", "tracemalloc: domain 0, the default"),
    389047: ("NumPy’s array data", "tracemalloc: domain 389047, numpy.lib.tracemalloc_domain"),
}


def domains(matrices: Matrices) -> tuple[Domain, ...] | None:
    """Return what each domain had at the checkpoints of the traced rounds, the largest first.

    None where that is not known: not all of these rounds were traced, or the recording is of a format before 3.2.
    """
    ids = matrices.traced.ids
    rows = matrices.table("domains")
    rows = rows[rows["checkpoint"].isin(ids)]
    if not matrices.is_traced or not len(rows):
        return None
    found = []
    for number, of_domain in rows.groupby("domain"):
        values = of_domain.set_index("checkpoint")[["blocks", "bytes"]].reindex(ids, fill_value=0)
        name, source = _KNOWN.get(
            int(str(number)), (f"domain {number}", f"tracemalloc: domain {number}, of a library that is not known")
        )
        blocks, sizes = (tuple(int(value) for value in values[column]) for column in ("blocks", "bytes"))
        found.append(Domain(int(str(number)), name, blocks, sizes, source))
    return tuple(sorted(found, key=lambda domain: (-domain.bytes[-1], domain.number)))
