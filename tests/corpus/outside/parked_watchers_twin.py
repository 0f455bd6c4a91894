"""A watcher's thread waits for its event, and is joined."""

import threading

never = threading.Event()


class Watcher:
    def __init__(self, number):
        self.number = number
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        self.done.wait()

    def start(self):
        self.thread.start()


def setup():
    pass


def iterate():
    watcher = Watcher(1)
    watcher.start()
    watcher.done.set()
    watcher.thread.join()
