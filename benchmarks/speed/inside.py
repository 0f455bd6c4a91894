"""The measured process: one operation on one heap, with the yardstick timed before.

    python inside.py OPERATION OBJECTS RUNS HEAP EVENTS

EVENTS is a file that gets one JSON object a line, so that what was done is known when the process is killed:

- `ready`: `tracked` objects, the tool's `version`, and `collect`: `[wall, cpu]` seconds of one `gc.collect()`, the
  median of seven; or `skipped`: `why`
- `start` of a run: `cpu` seconds that the process and its children took so far
- `run`: `spent`, `[wall, cpu]` seconds; `added` bytes at the peak; `details` that the operation tells

The yardstick is timed before the tool is imported (a tracer is imported and on, but has been asked nothing): a tool may
leave something behind that makes every later collection dearer, and would be measured with a longer yardstick.
"""

from __future__ import annotations

import gc
import importlib.metadata
import json
import sys
from pathlib import Path
from typing import Any

# This file's own folder must not be searched: its modules have names of other people's.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from speed import application, heap, meter, operations  # noqa: E402
from speed.operation import Timed  # noqa: E402

COLLECTIONS = 7
"""A collection is short: one alone is at the mercy of whatever else runs. The two that end the building warm up."""


def main(name: str, objects: int, runs: int, kind: str, events: Path) -> None:
    """Measure the operation and write the events."""
    with events.open("a", encoding="utf-8", buffering=1) as file:

        def tell(event: str, **fields: Any) -> None:
            file.write(json.dumps({"event": event, **fields}) + "\n")

        operation = operations.ALL[name]
        build = application.build if operation.application else heap.build
        scattered = operation.scattered or kind == heap.SCATTERED
        try:
            timed = operation.ready() if operation.tracing else None
            build(objects, scattered, operation.tracing)
            tracked = len(gc.get_objects())
            collect = meter.median(meter.spend(gc.collect)[0] for _ in range(COLLECTIONS))
            version = importlib.metadata.version(operation.distribution) if operation.distribution else ""
            timed = timed or operation.ready()
        except ImportError as error:
            tell("skipped", why=f"{type(error).__name__}: {error}")
            return
        tell("ready", tracked=tracked, version=version, collect=collect)
        measure(timed, runs, tell)


def measure(timed: Timed, runs: int, tell: Any) -> None:
    """Run so often on the same heap."""
    memory = meter.Memory()
    for _ in range(runs):
        # What the run before left is collected apart.
        gc.collect()
        memory.forget()
        tell("start", cpu=meter.cpu())
        spent, details = meter.spend(timed)
        tell("run", spent=spent, added=memory.added(), details=details or {})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], Path(sys.argv[5]))
