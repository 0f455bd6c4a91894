"""A program that counts what it hears of child processes; it writes that to its argument."""

import json
import os
import signal
import sys

heard = {"signals": 0, "children": 0}


def listen():
    """Count the signals about children, and the children that a wait for any of them would get."""
    signal.signal(signal.SIGCHLD, lambda number, frame: heard.update(signals=heard["signals"] + 1))
    try:
        os.waitpid(-1, os.WNOHANG)
        heard["children"] += 1
    except ChildProcessError:
        pass
    with open(sys.argv[1], "w") as file:
        json.dump(heard, file)
