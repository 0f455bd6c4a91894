"""The format: names, columns and limits of everything in a recording.

Version 1.0. A reader accepts every minor version of its major version and ignores manifest keys it does not
know; a newer major version is refused.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = "snapdiff-recording"
MAJOR, MINOR = 1, 0
MANIFEST = "manifest.json"

#: Limits on what a reader takes from a stranger. A recording of a program of 10 million objects, traced four
#: frames deep, has a manifest of 6 KB, 300 thousand rows and 9 MB in all.
MAX_MANIFEST_BYTES = 1024 * 1024
MAX_TABLE_BYTES = 512 * 1024 * 1024
MAX_FILE_BYTES = 1024 * 1024 * 1024
MAX_ROWS = 20_000_000
MAX_ENTRIES = 64


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
        # recording began; `iterations` of this round so far, `total` of the series.
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
            tracked_before=number,
            tracked=number,
            garbage=number,
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
        ),  # fmt: skip
        # Objects and bytes per type; of sub-checkpoints only the objects that the collector tracks, 0 bytes.
        "types": schema(checkpoint=number, type=text, objects=number, bytes=number),
        # `kind` is project, stdlib, package or other; project paths are relative to the working directory.
        "files": schema(file=number, path=text, kind=text),
        # Frames of allocation tracebacks, the most recent call at depth 0.
        "stacks": schema(stack=number, depth=number, file=number, line=number, function=text),
        # Live blocks and bytes per traceback at each checkpoint; tracebacks that never changed are left out.
        "traces": schema(checkpoint=number, stack=number, blocks=number, bytes=number),
        # Resident memory seen from outside.
        "timeline": schema(seconds=real, rss=number, phase=text, series=text, round=number),
        # Survivors of the confirming round: how many were new, examined, and reached by no root.
        "survivors": schema(type=text, fresh=number, examined=number, unreached=number),
        # Where they were allocated: of all that were examined (no holder), and of those that each holder keeps.
        "births": schema(type=text, holder=number, stack=number, count=number),
        # What keeps survivors, `distance` steps away from them; `larger` rows are old objects that got larger.
        "holders": schema(
            type=text,
            holder=number,
            path=text,
            holder_type=text,
            entries=number,
            bound=number,
            survivors=number,
            larger=flag,
            distance=number,
            chain=pa.list_(step),
        ),  # fmt: skip
        "graphs": schema(type=text, drawn_by=text, dot=text),
        # Source lines of project files around what grew.
        "source": schema(file=number, line=number, text=text),
    }
