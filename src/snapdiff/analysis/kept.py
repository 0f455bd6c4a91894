"""Memory that an allocator only keeps: the program has freed it, and it comes back when it is asked for. No leak.

After the last checkpoint the agent asked every allocator to give back what it can, and read resident memory around
each. What came back is told where it is most of what the process gained in the calls.
"""

from __future__ import annotations

from itertools import accumulate

from snapdiff.analysis import limits
from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import Finding, Law, Verdict
from snapdiff.analysis.naming import fingerprint
from snapdiff.analysis.sentences import amount

_RESIDENT = "resident"
#: What the program can call for the same, by how the step that the agent took begins.
_CALLS = {
    "release_unused": ("arrow", "Arrow's memory pool", "pyarrow.default_memory_pool().release_unused()"),
    "torch": ("native", "torch's allocator on the GPU", "torch.cuda.empty_cache()"),
    "malloc_trim": ("native", "malloc", "ctypes.CDLL(None).malloc_trim(0)"),
}


def only_kept(matrices: Matrices) -> list[Finding]:
    """Return a finding, which accuses nobody, for each allocator that kept most of what the calls made resident."""
    series = matrices.workload
    owners = matrices.table("owners")
    values = owners[owners["owner"] == _RESIDENT].set_index("checkpoint")["value"].reindex(series.ids)
    if len(values) < 2 or values.isna().any():  # noqa: PLR2004
        return []
    growth = tuple(int(gain) for gain in values.diff().iloc[1:])
    least = max(limits.KEPT_BYTES, limits.KEPT_SHARE * sum(growth))
    calls = accumulate((span.iterations for span in series.spans), initial=0)
    curve = tuple(zip(calls, accumulate(growth, initial=0), strict=False))
    found = []
    for row in records(matrices.table("given_back").sort_values("step")):
        known = next((each for start, each in _CALLS.items() if str(row.action).startswith(start)), None)
        back = int(row.before) - int(row.after)
        if known is None or back < least or sum(growth) < limits.KEPT_BYTES:
            continue
        domain, who, call = known
        sentence = f"Not a leak: {who} keeps {amount(back)} that the program has freed; `{call}` gives them back."
        reason = f"resident memory rose by {amount(sum(growth))} in the calls, and {row.action} took off {amount(back)}"
        found.append(
            Finding(
                fingerprint=fingerprint(f"kept by {who}", (), ()), verdict=Verdict.SATURATING, law=Law.BOUNDED,
                domain=domain, type=None, other_types=(), objects_per_iteration=0.0, bytes_per_iteration=0.0,
                growth=growth, container=None, chain=(), born_at=(), grown_at=(), leak_share_bytes=None,
                not_shared_bytes=None, sentence=sentence, reasons=(reason,), graph=None, excerpts=(), curve=curve,
                unit="bytes",
            )
        )  # fmt: skip
    return found
