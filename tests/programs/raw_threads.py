"""Takes traced snapshots while threads free traced memory without the lock; prints how they were taken."""

import ctypes
import json
import os
import sys

from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state
from snapdiff.agent.snapshots import Snapshots
from snapdiff.agent.untraced import start_tracing


def main(way, library, times):
    untraced = start_tracing(4)
    ctypes.PyDLL(library).start_threads()
    kept = [str(number) for number in range(1_000)]
    snapshots = Snapshots(Book(), way)
    traced = 0
    for _ in range(times):
        found = snapshots.take(own_state([snapshots]), [], untraced, deep=True, paths=False, collect_seconds=1.0)
        traced += found["traces"] is not None
    print(json.dumps({"kept": len(kept), "traced": traced, "way": snapshots.way, "note": snapshots.note}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.stdout.flush()
    os._exit(0)  # Threads that still free would meet an interpreter that has taken its tables down.
