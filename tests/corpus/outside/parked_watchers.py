"""A watcher's thread waits for an event that never comes; nobody joins it."""

import threading

never = threading.Event()


class Watcher:
    def __init__(self, number):
        self.number = number
        self.stopped = False
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        never.wait()

    def start(self):
        self.thread.start()  # born


def setup():
    pass


def iterate():
    watcher = Watcher(1)
    watcher.start()
