"""The measured process: one operation on one heap, with `gc.collect()` timed beside each run.

    python inside.py OPERATION OBJECTS RUNS EVENTS

EVENTS is a file that gets one JSON object a line, so that what was done is known when the process is killed:

- `ready`: `tracked` objects, resident `rss` in bytes, the tool's `version`; or `skipped`: `why`
- `start` of a run: `monotonic` seconds and the `collect` beside it, `[wall, cpu]` seconds, the median of three
- `run`: `collect` and `spent`, `[wall, cpu]` seconds; `added` bytes at the peak; `details` that the operation tells
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

# This file's own folder must not be searched: its modules have names of other people's.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from speed import heap, meter, operations  # noqa: E402
from speed.operation import Timed  # noqa: E402

COLLECTIONS = 3
"""A collection is short: one alone is at the mercy of whatever else runs."""


def main(name: str, objects: int, runs: int, events: Path) -> None:
    """Measure the operation and write the events."""
    with events.open("a", encoding="utf-8", buffering=1) as file:

        def tell(event: str, **fields: Any) -> None:
            file.write(json.dumps({"event": event, **fields}) + "\n")

        operation = operations.ALL[name]
        try:
            version = importlib.metadata.version(operation.distribution) if operation.distribution else ""
            timed = operation.ready() if operation.tracing else None
            heap.build(objects, below=operation.tracing)
            timed = timed or operation.ready()
        except ImportError as error:
            tell("skipped", why=f"{type(error).__name__}: {error}")
            return
        tell("ready", tracked=len(gc.get_objects()), version=version)
        measure(timed, runs, tell)


def measure(timed: Timed, runs: int, tell: Any) -> None:
    """Run so often, each run after a timed collection on the same heap."""
    memory = meter.Memory()
    for _ in range(runs):
        # What the run before left is collected apart.
        gc.collect()
        collect = meter.median(meter.spend(gc.collect)[0] for _ in range(COLLECTIONS))
        memory.forget()
        tell("start", monotonic=time.monotonic(), collect=collect)
        spent, details = meter.spend(timed)
        tell("run", collect=collect, spent=spent, added=memory.added(), details=details or {})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
