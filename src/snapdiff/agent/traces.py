"""Live memory blocks by allocation traceback and by domain, straight from tracemalloc's C module.

`tracemalloc.take_snapshot()` and its comparison cost 117 to 916 collections on a large heap, and importing
`tracemalloc` imports pickle. The raw traces, summed by traceback here, are all that a checkpoint needs.
"""

from __future__ import annotations

import _tracemalloc

from .own import FOLDER

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any


def aggregate() -> dict[str, Any] | None:
    """Return the live blocks per traceback, or None when tracemalloc does not run.

    `files` are names; `stacks` are flat lists `[file index, line, file index, line, …]`, most recent call
    first; `blocks` and `bytes` have one number a stack. `domains` are lists `[domain, blocks, bytes]` in the order of
    their numbers: 0 is Python's own allocators', others are those of who reports what he allocates (NumPy).
    Blocks that the agent allocated are left out.
    """
    if not _tracemalloc.is_tracing():
        return None
    traces = _tracemalloc._get_traces()
    # Equal tracebacks are one tuple within one call of _get_traces, so identity is enough to group by.
    # Python's own is always told: then it is known that there is nothing else.
    by_domain: dict[int, dict[int, list[Any]]] = {0: {}}
    rows: dict[int, list[Any]] = {}
    last = None
    for trace in traces:
        # Those of a domain follow each other.
        if trace[0] != last:
            last = trace[0]
            rows = by_domain.setdefault(last, {})
        key = id(trace[2])
        row = rows.get(key)
        if row is None:
            rows[key] = [trace[2], 1, trace[1]]
        else:
            row[1] += 1
            row[2] += trace[1]
    files: dict[str, int] = {}
    merged: dict[tuple[int, ...], list[int]] = {}
    domains = []
    for number, rows in sorted(by_domain.items()):
        domain = [number, 0, 0]
        for stack, blocks, size in rows.values():
            if stack[0][0].startswith(FOLDER):
                continue
            flat = []
            for name, line in stack:
                if name.startswith(FOLDER):
                    break
                flat.append(files.setdefault(name, len(files)))
                flat.append(line)
            row = merged.setdefault(tuple(flat), [0, 0])
            for at, more in enumerate((blocks, size)):
                row[at] += more
                domain[at + 1] += more
        if domain[1] or not number:
            domains.append(domain)
    return {
        "files": list(files),
        "stacks": list(merged),
        "blocks": [row[0] for row in merged.values()],
        "bytes": [row[1] for row in merged.values()],
        "domains": domains,
    }
