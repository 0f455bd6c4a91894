"""Starts a process with multiprocessing's spawn method in each call."""

import multiprocessing


def answer(queue, number):
    """Run in the child."""
    queue.put(number * 2)


def work():
    """Ask a child."""
    context = multiprocessing.get_context("spawn")
    queue = context.SimpleQueue()
    child = context.Process(target=answer, args=(queue, 21))
    child.start()
    print("answer", queue.get(), flush=True)
    child.join()


if __name__ == "__main__":
    work()
