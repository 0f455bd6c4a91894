"""Takes a traced snapshot in a child; prints whether a block could be untraced while the child was made."""

import ctypes
import json
import os
import sys

from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state
from snapdiff.agent.snapshots import Snapshots
from snapdiff.agent.untraced import start_tracing


def main(library):
    untraced = start_tracing(4)
    watch = ctypes.PyDLL(library)
    watch.prepare()
    snapshots = Snapshots(Book(), "child")
    found = snapshots.take(own_state([snapshots]), [], untraced, deep=True, paths=False, collect_seconds=1.0)
    print(json.dumps({"untraced": watch.found(), "traced": found["traces"] is not None, "way": snapshots.way}))


if __name__ == "__main__":
    main(os.environ["LD_PRELOAD"])
    sys.stdout.flush()
