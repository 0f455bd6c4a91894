"""The format: names, columns and limits of everything in a recording.

Version 3.3. A reader accepts every minor version of its major version, takes tables that came later as empty, and
ignores manifest keys it does not know; another major version is refused.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "snapdiff-recording"
MAJOR, MINOR = 3, 3
#: Tables that were not in version 3.0, and the minor version that brought them.
SINCE = {
    "owners": 1, "given_back": 1, "sweep": 1, "outside": 1, "outside_lines": 1, "outside_kinds": 1, "domains": 2,
    "suspended": 3,
}  # fmt: skip
MANIFEST = "manifest.json"

#: Limits on what a reader takes from a stranger. A recording of a program of 10 million objects, traced four
#: frames deep, has a manifest of 6 KB, 300 thousand rows and 9 MB in all.
MAX_MANIFEST_BYTES = 1024 * 1024
MAX_TABLE_BYTES = 512 * 1024 * 1024
MAX_FILE_BYTES = 1024 * 1024 * 1024
MAX_ROWS = 20_000_000
MAX_ENTRIES = 64
#: Domains of traced memory in one recording. Python has one, and NumPy and a few others one each.
MAX_DOMAINS = 32
#: tracemalloc numbers domains by a C `unsigned int`.
MAX_DOMAIN = 2**32 - 1


@functools.cache
def tables() -> dict[str, pa.Schema]:
    """Return the schema of every table, by name (the file in the ZIP is `NAME.parquet`)."""
    import pyarrow as pa

    text, number, real, flag = pa.string(), pa.int64(), pa.float64(), pa.bool_()
    step = pa.struct([("label", text), ("type", text)])

    def schema(**columns: pa.DataType) -> pa.Schema:
        return pa.schema(list(columns.items()))

    return {
        # One row a checkpoint or sub-checkpoint, in order; `id` is its position. Times in seconds since the
        # recording began; `iterations` of this round so far, `total` of the series. Series are control and workload,
        # and, where the workload was run again to be traced, `traced control` and `traced`. `way` is how the heap
        # snapshot was taken (child, in place, python); it stopped the program for `pause_seconds`.
        "checkpoints": schema(
            id=number,
            series=text,
            number=number,
            sub=flag,
            extra=flag,
            iterations=number,
            total=number,
            seconds=real,
            call_seconds=real,
            measure_seconds=real,
            collect_seconds=real,
            cpu_seconds=real,
            tracked=number,
            garbage=number,
            collected=number,
            uncollectable=number,
            settled=flag,
            allocated_blocks=number,
            traced_bytes=number,
            objects=number,
            object_bytes=number,
            threads=number,
            python_threads=number,
            fds=number,
            rss=number,
            uss=number,
            gc_enabled=flag,
            way=text,
            pause_seconds=real,
        ),  # fmt: skip
        # What owners hold at full checkpoints, of every series: `unit` is bytes or count. `value` is what the owner
        # itself says, or what is resident of its mappings; `peak` the most since the checkpoint before or, where an
        # owner keeps but one, ever. `source` says who was asked. In bytes: `resident` (resident memory, all of it),
        # `files.mapped`, `shared`, `stacks`, `malloc.in_use`, `malloc.free`, `malloc.mapped`, `malloc.resident`,
        # `malloc.mapped_resident`, `mimalloc.resident`, `pymalloc.arenas`, `pymalloc.used`, `python.large`
        # (objects above 512 bytes), `snapdiff.<allocator>`, `traced`, `tracemalloc` (its tables), `arrow.<backend>`,
        # `torch.cpu`, `torch.cuda`, `torch.cuda_reserved`, `sqlite`, `probe.<name>`. Counts: `fds`, `threads`, `tasks`
        # (asyncio's that are not done), `children` (processes), `garbage` (objects in gc.garbage). Who cannot be asked
        # has no row.
        "owners": schema(checkpoint=number, owner=text, unit=text, value=number, peak=number, source=text),
        # Bytes outside the Python heap that the calls of a series gained up to a checkpoint or sub-checkpoint, read
        # right before and right after them. `memory` is malloc (what its callers hold), mapped (private memory that
        # malloc has not) or files (all other mappings). Without glibc there are no rows.
        "outside": schema(checkpoint=number, memory=text, gained=number),
        # Where some more calls gained what is no object; `owner` is of `outside` or `owners`. `what` is born (the
        # line that was running; `count` calls, and `bytes` together) or waits (where `count` threads or tasks are now).
        "outside_lines": schema(owner=text, what=text, stack=number, count=number, bytes=number),
        # What those are: kinds of descriptors, names of threads and coroutines, programs of children.
        "outside_kinds": schema(owner=text, kind=text, count=number),
        # What was tried after the last checkpoint to give memory back, in order, and resident memory around it.
        "given_back": schema(step=number, action=text, before=number, after=number, seconds=real),
        # Objects and bytes per type; of sub-checkpoints only the objects that the collector tracks, 0 bytes.
        "types": schema(checkpoint=number, type=text, objects=number, bytes=number),
        # `kind` is project, stdlib, package or other; project paths are relative to the working directory.
        "files": schema(file=number, path=text, kind=text),
        # Frames of allocation tracebacks, the most recent call at depth 0.
        "stacks": schema(stack=number, depth=number, file=number, line=number, function=text),
        # Live blocks and bytes per traceback at each checkpoint; tracebacks that never changed are left out.
        "traces": schema(checkpoint=number, stack=number, blocks=number, bytes=number),
        # The same of all tracebacks together, by tracemalloc's domain, without snapdiff's own: 0 is Python's own
        # allocators' and has a row at each checkpoint that was traced, others are of who tells tracemalloc what he
        # allocates, and have none where they have no live blocks.
        "domains": schema(checkpoint=number, domain=number, blocks=number, bytes=number),
        # One row a call of a sweep, in order. `size` is the input's (0 in the control), `part` warm-up, up, down or
        # traced, `peak_traced` Python's memory at its highest above that before, `peak_rss` resident memory at its
        # highest (`sampled` from outside, or told by the kernel). Objects and bytes are all that can be reached, before
        # the call and after it.
        "sweep": schema(
            id=number,
            series=text,
            size=number,
            part=text,
            repeat=number,
            began=real,
            seconds=real,
            cpu_seconds=real,
            peak_traced=number,
            rss_before=number,
            rss_after=number,
            peak_rss=number,
            sampled=flag,
            objects_before=number,
            bytes_before=number,
            objects=number,
            bytes=number,
        ),
        # Resident memory seen from outside.
        "timeline": schema(seconds=real, rss=number, phase=text, series=text, round=number),
        # Steps of paths: how objects are reached, by name and type. `parent` is -1 for roots. `falls` says how far
        # objects, bytes and entries fell below their peaks in the extra rounds.
        "paths": schema(node=number, parent=number, edge=text, type=text, falls=pa.list_(number)),
        # What is reached first by each path, at the workload's checkpoints; paths that did not change after the first
        # round are left out. `entries` are those of collections.
        "path_counts": schema(checkpoint=number, node=number, objects=number, bytes=number, entries=number),
        # What keeps growth alive, looked at after the last checkpoint. `cause` is the container's path where there is
        # one, else negative; `native` causes are held by nothing that Python can see. Shares in bytes; the partner is
        # the cause with which it shares the most objects.
        "causes": schema(
            cause=number,
            path=text,
            holder_type=text,
            containers=number,
            entries=number,
            bound=number,
            share=number,
            alone=number,
            partner=number,
            survivors=number,
            native=flag,
            chain=pa.list_(step),
        ),  # fmt: skip
        # Types of survivors that no name leads to, and whether native code holds those objects themselves.
        "cause_types": schema(cause=number, type=text, survivors=number, held=flag),
        # Where the survivors of a cause were allocated, and where its container grew in some more calls.
        "births": schema(cause=number, type=text, stack=number, count=number),
        "grown": schema(cause=number, stack=number, count=number),
        # Where the suspended generators and coroutines among the survivors of a cause wait.
        "suspended": schema(cause=number, type=text, stack=number, count=number),
        # Live objects that can be reached and were allocated at a line of which more blocks were alive.
        "alive": schema(file=number, line=number, objects=number),
        # What the collector freed of some more calls that ran without it.
        "garbage": schema(type=text, objects=number, calls=number),
        "graphs": schema(cause=number, type=text, drawn_by=text, dot=text),
        # Source lines of project files around what grew.
        "source": schema(file=number, line=number, text=text),
    }
