"""A program with a large heap and a thread that must not wait; it writes what it noticed to its argument."""

import gc
import json
import os
import signal
import sys
import threading
import time

HEAP = [{"number": number, "names": [str(number)]} for number in range(150_000)]
collecting = [0.0, 0.0]
longest = [0.0]


def on_collection(phase, info):
    """Note how long collections take: they stop everything, with or without snapdiff."""
    now = time.perf_counter()
    if phase == "start":
        collecting[0] = now
    else:
        collecting[1] += now - collecting[0]


def tick():
    """Note the longest time between two turns, without the collections in it."""
    while True:
        before, collected = time.perf_counter(), collecting[1]
        time.sleep(0.001)
        longest[0] = max(longest[0], time.perf_counter() - before - (collecting[1] - collected))


def work():
    """Start the thread, and write what it saw so far."""
    if on_collection not in gc.callbacks:
        gc.callbacks.append(on_collection)
        threading.Thread(target=tick, daemon=True).start()
        time.sleep(0.05)
        longest[0] = 0.0
    with open(sys.argv[1], "w") as file:
        json.dump({"longest": longest[0]}, file)


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
