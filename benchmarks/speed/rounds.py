"""Prints the rounds of a recording's workload as JSON: `[[calls, seconds that they took], …]`, one a full checkpoint.

    python rounds.py RECORDING

A process of its own: what it imports would count in the peak memory of every process that the benchmark starts later.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def read(recording: Path) -> list[tuple[int, float]]:
    """Return the calls and their seconds before each full checkpoint of the workload."""
    done = subprocess.run([sys.executable, __file__, str(recording)], capture_output=True, text=True, check=True)
    return [(calls, seconds) for calls, seconds in json.loads(done.stdout)]


def main(recording: Path) -> None:
    """Print them."""
    from snapdiff.recording import read as read_recording

    rows = read_recording(recording).tables["checkpoints"].to_pylist()
    full = [row for row in rows if row["series"] == "workload" and not row["sub"]]
    print(json.dumps([(row["iterations"], row["call_seconds"]) for row in full]))


if __name__ == "__main__":
    sys.path[:1] = []
    main(Path(sys.argv[1]))
