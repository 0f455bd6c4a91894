"""Every request is handled in a thread of its own, with thread-local state, and the thread is joined."""

import threading

local = threading.local()
answers = {}
_n = 0


def setup():
    pass


def handle(number):
    local.scratch = [number, {"half": number // 2}]
    answers["last"] = sum(local.scratch[:1])


def iterate():
    global _n
    _n += 1
    thread = threading.Thread(target=handle, args=(_n,))
    thread.start()
    thread.join()
    assert answers["last"] == _n
