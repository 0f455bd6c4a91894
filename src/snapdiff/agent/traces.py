"""Live memory blocks by allocation traceback and by domain, straight from tracemalloc's C module.

`tracemalloc.take_snapshot()` and its comparison cost 117 to 916 collections on a large heap, and importing
`tracemalloc` imports pickle. The raw traces, summed by traceback here, are all that a checkpoint needs.
"""

from __future__ import annotations

import _tracemalloc
from array import array

from .own import FOLDER

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Iterator

#: Type code and name of what has one number a stack.
_COLUMNS = (("i", "lengths"), ("q", "blocks"), ("q", "bytes"))


def aggregate() -> dict[str, Any] | None:
    """Return the live blocks per traceback, or None when tracemalloc does not run.

    `files` are names. All else is bytes, of numbers in this machine's order: `lengths` has 32 bits a stack, how many
    of the numbers in `frames` are its own; `frames` has file index and line by turns, 32 bits each, most recent call
    first; `blocks` and `bytes` have 64 bits a stack. `domains` has domain, blocks and bytes by turns, 64 bits each:
    0 is Python's own allocators', others are of who reports what he allocates (NumPy). Blocks that the agent allocated
    are left out.
    """
    if not _tracemalloc.is_tracing():
        return None
    traces = _tracemalloc._get_traces()
    # Equal tracebacks are one tuple within one call of _get_traces, so identity is enough to group by.
    # Python's own is always told: then it is known that there is nothing else.
    per_domain: dict[int, dict[int, list[Any]]] = {0: {}}
    rows: dict[int, list[Any]] = {}
    last = None
    for trace in traces:
        # Those of a domain follow each other.
        if trace[0] != last:
            last = trace[0]
            rows = per_domain.setdefault(last, {})
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
    for number, rows in sorted(per_domain.items()):
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
        "lengths": array("i", map(len, merged)).tobytes(),
        "frames": array("i", [number for stack in merged for number in stack]).tobytes(),
        "blocks": array("q", [row[0] for row in merged.values()]).tobytes(),
        "bytes": array("q", [row[1] for row in merged.values()]).tobytes(),
        "domains": array("q", [number for domain in domains for number in domain]).tobytes(),
    }


def stacks(traces: dict[str, Any]) -> Iterator[tuple[array[int], int, int]]:
    """Yield (file indices and lines by turns, blocks, bytes) of what `aggregate` or the native walker returned."""
    frames, at = array("i", traces["frames"]), 0
    for length, blocks, size in zip(*(array(code, traces[name]) for code, name in _COLUMNS)):
        yield frames[at : at + length], blocks, size
        at += length


def by_domain(traces: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Return (domain, blocks, bytes) of each domain, in the order of their numbers; none of an older agent's traces."""
    numbers = array("q", traces.get("domains", b""))
    return sorted(zip(numbers[::3], numbers[1::3], numbers[2::3]))


def blocks_per_line(traces: dict[str, Any]) -> dict[tuple[str, int], int]:
    """Return {(file, line): blocks} by the most recent call."""
    files, lines = traces["files"], {}  # type: ignore[var-annotated]
    for stack, blocks, _ in stacks(traces):
        line = (files[stack[0]], stack[1])
        lines[line] = lines.get(line, 0) + blocks
    return lines
