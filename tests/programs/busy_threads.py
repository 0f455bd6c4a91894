"""Walks in place and in children while threads allocate, resize and free without pause.

    python busy_threads.py ROUNDS

Prints one JSON object: how many walks found something in place and in children, and the threads that still run.
"""

import gc
import json
import os
import select
import signal
import sys
import threading
import time

from snapdiff.agent import nativewalk
from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state

WALL = 0x40000000  # __WALL of waitpid: the child sends no signal when it ends
PATIENCE = 60.0
stop = threading.Event()
shared = {"list": [], "dict": {}, "set": set(), "text": ""}


class Thing:
    def __init__(self, index):
        self.index = index
        self.held = [index] * (index % 50)


def lists():
    while not stop.is_set():
        shared["list"] = [[index] * (index % 30) for index in range(300)]
        shared["list"].clear()


def dicts():
    index = 0
    while not stop.is_set():
        index += 1
        shared["dict"][f"key {index}"] = {index: [index]}
        if len(shared["dict"]) > 500:
            shared["dict"] = {}
        shared["set"].symmetric_difference_update(range(index % 1000))


def instances():
    index = 0
    while not stop.is_set():
        index += 1
        thing = Thing(index)
        setattr(thing, f"attribute_{index % 40}", [thing])
        if index % 3:
            thing.__dict__.pop("held")
        shared[index % 200] = thing
        shared["text"] += "ж" if len(shared["text"]) < 10_000 else ""


def in_child(walker, own):
    """Return what a child found, read with a limit: a child that hangs is killed."""
    readable, writable = os.pipe()
    pid = walker.fork(walker.request(own, [], True, True), writable)
    os.close(writable)
    parts, ends = [], time.monotonic() + PATIENCE
    while True:
        if not select.select([readable], [], [], max(0.0, ends - time.monotonic()))[0]:
            os.kill(pid, signal.SIGKILL)
            break
        part = os.read(readable, 1 << 20)
        if not part:
            break
        parts.append(part)
    os.close(readable)
    _, status = os.waitpid(pid, WALL)
    if status:
        raise RuntimeError(f"the child ended with {status}")
    # The first eight bytes are the length.
    return walker.read(b"".join(parts)[8:])


def main(rounds):
    book = Book()
    walker = nativewalk.load(book)
    threads = [threading.Thread(target=work, daemon=True) for work in (lists, dicts, instances, instances)]
    for thread in threads:
        thread.start()
    found = {"in_place": 0, "in_children": 0}
    for _ in range(rounds):
        own = own_state([[walker, book]])
        found["in_place"] += bool(walker.measure(own, [], deep=True, paths=True)["types"]["dict"][0])
        found["in_children"] += bool(in_child(walker, own_state([[walker, book]]))["types"]["dict"][0])
    gc.collect()
    found["threads"] = sum(thread.is_alive() for thread in threads)
    stop.set()
    print(json.dumps(found), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
