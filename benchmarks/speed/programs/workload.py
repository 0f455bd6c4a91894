"""A workload that allocates as programs do: it parses, sorts and formats, a dozen calls deep, and keeps nothing.

python workload.py CALLS RESULT.json      makes the calls and writes how many seconds they took
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

_DEPTH = 12
_ROWS = 12_000
_DOCUMENT = json.dumps([{"i": number, "v": [number, number + 1], "s": f"x{number}"} for number in range(_ROWS)])


def call() -> int:
    """Make one call: about ten milliseconds."""
    return _deep(_DEPTH)


def _deep(calls: int) -> int:
    return _work() if calls == 0 else _deep(calls - 1)


def _work() -> int:
    rows = json.loads(_DOCUMENT)
    rows.sort(key=lambda row: -row["i"])
    return sum(len(str(row)) for row in rows)


def main(calls: int, result: Path) -> None:
    """Make so many calls and write their time."""
    started = time.perf_counter()
    for _ in range(calls):
        call()
    seconds = time.perf_counter() - started
    result.write_text(json.dumps([seconds, _peak()]), encoding="utf-8")


def _peak() -> int | None:
    """Return the peak of the resident memory in bytes, where Linux tells it.

    `getrusage` would tell of the process that started this one where that was larger.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), None)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
