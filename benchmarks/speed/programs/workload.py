"""A workload that allocates as programs do: it parses, sorts and formats, a dozen calls deep, and keeps nothing.

    python workload.py RESULT.json [--collect] CALLS…

makes the calls, with a collection after each of the numbers when asked: a recording collects where it counts.

In each process it writes what its calls took to the file that `SNAPDIFF_BENCH_SPENT` or RESULT names, when it ends: CPU
seconds of each call and the peak of the resident memory. So they are measured alike, whoever makes the calls.

Where objects lie decides how many arenas the interpreter gives back when a call ends, to ask for them again in the
next: the same 162 calls had 12,700 to 65,000 page faults, of 1 to 5 percent of their time. Calls that are all alike
stay in the state that they fell into, so theirs are of 17 sizes; and `SNAPDIFF_BENCH_SHIFT` says how many small objects
are made before the calls, a number of its own for each turn (Curtsinger and Berger, STABILIZER, ASPLOS 2013).
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
_MOST_ROWS = 14_000
_SIZES = 17
_ROWS = [json.dumps({"i": number, "v": [number, number + 1], "s": f"x{number}"}) for number in range(_MOST_ROWS)]
_DOCUMENTS = ["[" + ", ".join(_ROWS[: _MOST_ROWS - 250 * (7 * place % _SIZES)]) + "]" for place in range(_SIZES)]
"""Of 10,000 to 14,000 rows, in no order."""
del _ROWS
_SHIFT = [bytes(480) for _ in range(int(os.environ.get("SNAPDIFF_BENCH_SHIFT", "0")))]
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
    rows = json.loads(_DOCUMENTS[int(_SPENT[0]) % _SIZES])
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
