"""Ends in every way a program can, in the seventh call of the third round (the calls before keep an object)."""

import gc
import os
import signal
import sys
import threading
import time

kept = []
#: Rounds of 1 and 3 calls go before.
FATAL = 1 + 3 + 7


def count():
    """Keep an object; return whether this is the fatal call."""
    kept.append(object())
    return len(kept) == FATAL


def raises():
    """Raise an error whose message is the program's own business."""
    if count():
        raise ValueError("SECRET-4711")


async def raises_later():
    """Raise in a coroutine."""
    raises()


def exits():
    """End by sys.exit."""
    if count():
        sys.exit(5)


def exits_at_once():
    """End without any clean-up."""
    if count():
        os._exit(6)


def is_killed():
    """End as by kill -9 or by the kernel's out-of-memory killer."""
    if count():
        os.kill(os.getpid(), signal.SIGKILL)


def crashes():
    """End by a segmentation fault."""
    if count():
        os.kill(os.getpid(), signal.SIGSEGV)


def hangs():
    """Never return; end in the usual way when interrupted."""
    if count():
        time.sleep(3600)


def hangs_for_good():
    """Never return, and refuse to be interrupted."""
    if count():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            time.sleep(3600)


def runs_out_of_memory():
    """Ask for more memory than there is."""
    if count():
        bytearray(1 << 62)


def interrupts_itself():
    """Raise what Ctrl-C raises."""
    if count():
        raise KeyboardInterrupt


def leaves_thread():
    """Start a thread, not a daemon, that never ends."""
    if count():
        threading.Thread(target=time.sleep, args=(3600,)).start()


def waits():
    """Take its time, so that somebody outside can end it in the middle of the third round."""
    kept.append(object())
    if len(kept) > FATAL:
        time.sleep(0.2)


def teardown():
    """Say that it was called."""
    print("torn down", flush=True)


def fail():
    """Fail, as a teardown."""
    raise RuntimeError("no")


def waits_for_a_file():
    """Wait, as a teardown, until there is a file that somebody makes who sees it wait."""
    while not os.path.exists(os.environ["LET_GO"]):
        time.sleep(0.01)


def wants_its_collector():
    """Keep an object, and raise where the collector is off: in calls that are watched for lines."""
    if not gc.isenabled():
        raise RuntimeError("no collector")
    kept.append(object())
