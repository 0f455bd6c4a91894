"""A workload that allocates as programs do: it parses, sorts and formats, a dozen calls deep, and keeps nothing.

    python workload.py RESULT.json [--collect] CALLS…

makes the calls, with a collection after each of the numbers when asked: a recording collects where it counts.

In each process it writes what its calls took to the file that `SNAPDIFF_BENCH_SPENT` or RESULT names, when it ends: CPU
seconds of each call and the peak of the resident memory. So they are measured alike, whoever makes the calls.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
import time
from array import array
from pathlib import Path

_DEPTH = 12
_ROWS = 12_000
_DOCUMENT = json.dumps([{"i": number, "v": [number, number + 1], "s": f"x{number}"} for number in range(_ROWS)])
_MOST_CALLS = 4096
_SPENT = array("d", bytes(8 * (_MOST_CALLS + 1)))
"""How many calls were made, then the CPU seconds of each. It has its length from the start: it must not grow."""


def call() -> int:
    """Make one call: a few tens of milliseconds."""
    started = time.process_time()
    result = _deep(_DEPTH)
    made = min(int(_SPENT[0]) + 1, _MOST_CALLS)
    _SPENT[0] = made
    _SPENT[made] = time.process_time() - started
    return result


def _deep(calls: int) -> int:
    return _work() if calls == 0 else _deep(calls - 1)


def _work() -> int:
    rows = json.loads(_DOCUMENT)
    rows.sort(key=lambda row: -row["i"])
    return sum(len(str(row)) for row in rows)


def _write(result: Path) -> None:
    spent = list(_SPENT[1 : int(_SPENT[0]) + 1])
    result.write_text(json.dumps({"calls": spent, "peak": _peak()}), encoding="utf-8")


def _peak() -> int | None:
    """Return the peak of the resident memory in bytes, where Linux tells it.

    `getrusage` would tell of the process that started this one where that was larger.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


def _collect() -> None:
    gc.disable()
    while gc.collect():
        pass
    gc.enable()


def main(result: Path, collecting: bool, windows: list[int]) -> None:
    """Make so many calls in each window."""
    for calls in windows:
        for _ in range(calls):
            call()
        if collecting:
            _collect()
    _write(result)


if __name__ == "__main__":
    _collects = sys.argv[2] == "--collect"
    main(Path(sys.argv[1]), _collects, [int(calls) for calls in sys.argv[2 + _collects :]])
elif "SNAPDIFF_BENCH_SPENT" in os.environ:
    atexit.register(_write, Path(os.environ["SNAPDIFF_BENCH_SPENT"]))
