"""Prints what is in a recording as JSON: full checkpoints of the workload, types, and paths that changed.

    python shape.py RECORDING

A process of its own: what it imports would count in the peak memory of every process that the benchmark starts later.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Shape(NamedTuple):
    """How many full checkpoints of the workload, types, and paths that changed there are."""

    checkpoints: int
    types: int
    paths: int


NONE = Shape(0, 0, 0)


def read(recording: Path) -> Shape:
    """Return what is in a recording."""
    done = subprocess.run([sys.executable, __file__, str(recording)], capture_output=True, text=True, check=True)
    return Shape(*json.loads(done.stdout))


def main(recording: Path) -> None:
    """Print it."""
    from snapdiff.recording import read as read_recording

    tables = read_recording(recording).tables
    rows = tables["checkpoints"].to_pylist()
    full = [row for row in rows if row["series"] == "workload" and not row["sub"]]
    types = len(tables["types"]["type"].unique())
    print(json.dumps(Shape(len(full), types, tables["paths"].num_rows)))


if __name__ == "__main__":
    sys.path[:1] = []
    main(Path(sys.argv[1]))
