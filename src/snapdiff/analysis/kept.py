"""Memory that an allocator only keeps: the program has freed it, and it comes back when it is asked for. No leak.

After the last checkpoint the agent asked every allocator to give back what it can, and read resident memory around
each. What came back is told where the calls left the allocator that much more to keep, and it is most of what they made
resident.
"""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

import pandas as pd

from snapdiff.analysis import limits
from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import Finding, Law, Verdict
from snapdiff.analysis.naming import fingerprint
from snapdiff.analysis.sentences import amount


class _Keeper(NamedTuple):
    """An allocator: the domain of its finding, its name, the call by which a program asks, and owners of the ledger.

    What it keeps free is what the first owner has less what the second has.
    """

    domain: str
    name: str
    call: str
    has: str
    uses: str | None = None


#: By how the step begins that the agent took. Of others it is not known how much they kept before the calls.
_KEEPERS = {
    "release_unused() of Arrow's mimalloc": _Keeper(
        "arrow", "Arrow's memory pool", "pyarrow.default_memory_pool().release_unused()",
        "mimalloc.resident", "arrow.mimalloc",
    ),
    "malloc_trim": _Keeper("native", "malloc", "ctypes.CDLL(None).malloc_trim(0)", "malloc.free"),
}  # fmt: skip


def only_kept(matrices: Matrices) -> list[Finding]:
    """Return a finding, which accuses nobody, for each allocator that kept most of what the calls made resident."""
    series = matrices.workload
    resident = _held(matrices, "resident")
    if resident is None:
        return []
    rise = int(resident.iloc[-1] - resident.iloc[0])
    found = []
    for row in records(matrices.table("given_back").sort_values("step")):
        keeper = next((each for start, each in _KEEPERS.items() if str(row.action).startswith(start)), None)
        kept = None if keeper is None else _kept(matrices, keeper)
        if keeper is None or kept is None:
            continue
        growth = tuple(int(gain) for gain in kept.diff().iloc[1:])
        back = min(int(row.before) - int(row.after), sum(growth))
        if back < max(limits.KEPT_BYTES, limits.KEPT_SHARE * rise):
            continue
        calls = accumulate((span.iterations for span in series.spans), initial=0)
        what = f"{keeper.name} keeps {amount(back)} that the calls have freed"
        sentence = f"Not a leak: {what}; `{keeper.call}` gives them back."
        reason = (
            f"resident memory rose by {amount(rise)} in the calls, what {keeper.name} keeps free by "
            f"{amount(sum(growth))}, and {row.action} took off {amount(int(row.before) - int(row.after))}"
        )
        found.append(
            Finding(
                fingerprint=fingerprint(f"kept by {keeper.name}", (), ()), verdict=Verdict.SATURATING, law=Law.BOUNDED,
                domain=keeper.domain, type=None, other_types=(), objects_per_iteration=0.0, bytes_per_iteration=0.0,
                growth=growth, container=None, chain=(), born_at=(), grown_at=(), leak_share_bytes=None,
                not_shared_bytes=None, sentence=sentence, reasons=(reason,), graph=None, excerpts=(),
                curve=tuple(zip(calls, accumulate(growth, initial=0), strict=False)), unit="bytes",
            )
        )  # fmt: skip
    return found


def _kept(matrices: Matrices, keeper: _Keeper) -> pd.Series[int] | None:
    has = _held(matrices, keeper.has)
    if has is None or keeper.uses is None:
        return has
    uses = _held(matrices, keeper.uses)
    return None if uses is None else has - uses


def _held(matrices: Matrices, owner: str) -> pd.Series[int] | None:
    """Return what an owner has at each checkpoint of the workload, in bytes; None where that is not all known."""
    owners = matrices.table("owners")
    values = owners[owners["owner"] == owner].set_index("checkpoint")["value"].reindex(matrices.workload.ids)
    return None if len(values) < 2 or values.isna().any() else values  # noqa: PLR2004
