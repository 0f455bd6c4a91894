"""Calls a function of programs, and compares the native walk with the one in Python after each few calls.

    python compare_walks.py FILE[:FILE…] FUNCTION [SETUP]

Prints one JSON object: how many paths and types differ, the first of them, and how many paths there were. A path begins
with the name of its program.
"""

import asyncio
import gc
import importlib
import inspect
import json
import os
import sys

from snapdiff.agent import counters, nativewalk
from snapdiff.agent.book import Book
from snapdiff.agent.census import census, tracked_census
from snapdiff.agent.own import own_state
from snapdiff.agent.pathwalk import walk_paths

#: Twelve calls let dicts and lists of a new entry a call grow twice.
STEPS, CALLS, MOST_SHOWN = 2, 6, 8


class Sides:
    """Both walks of one program."""

    def __init__(self):
        self.books = [Book(), Book()]
        self.native = nativewalk.load(self.books[1])
        self.owners = []
        self.found = self.without_paths = self.shallow = self.types = self.tracked_types = None
        self.differences = []
        self.paths = 0

    def compare(self):
        """Walk both ways over the same heap."""
        for _ in range(3):
            gc.collect()
        counters.clear_type_cache()
        self.found = self.native.measure(own_state([[self, self.__dict__]]), self.owners, deep=True, paths=True)
        gc.collect()
        self.without_paths = self.native.measure(own_state([[self, self.__dict__]]), [], deep=True, paths=False)
        gc.collect()
        self.shallow = self.native.measure(own_state([[self, self.__dict__]]), [], deep=False, paths=False)
        gc.collect()
        self.types, tracked, large = census(own_state([[self, self.__dict__]]))
        gc.collect()
        self.tracked_types = tracked_census(own_state([[self, self.__dict__]]))
        gc.collect()
        walk_paths(self.books[0], own_state([[self, self.__dict__]]), self.owners)
        python, native = (self.measured(book) for book in self.books)
        self.note("path", python, native)
        self.note("type", self.types, self.found["types"])
        self.note("type without paths", self.types, self.without_paths["types"])
        self.note("tracked type", self.tracked_types, self.shallow["tracked_types"])
        for found in (self.found, self.without_paths, self.shallow):
            self.note("tracked", {"": tracked}, {"": found["tracked"]})
        for found in (self.found, self.without_paths):
            self.note("large", {"": large}, {"": found["large_bytes"]})
        self.paths = len(python)
        for book in self.books:
            book.keep()
        self.found = self.without_paths = self.shallow = self.types = self.tracked_types = None

    def note(self, what, expected, actual):
        """Remember what differs."""
        for key in sorted({*expected, *actual}, key=str):
            if expected.get(key) != actual.get(key):
                self.differences.append([what, str(key), expected.get(key), actual.get(key)])

    def measured(self, book):
        """What a book counted, by path: node numbers may differ."""
        rows = {}
        for node in range(len(book.parents)):
            measures = [int(measure[node]) for measure in book.now]
            if any(measures):
                path = [(book.edges[step], book.kinds[step]) for step in book.ancestors(node)]
                rows[tuple(path)] = [*measures, book.collections[node]]
        return rows


def load(file):
    """Import a program by its name alone."""
    sys.path.insert(0, os.path.dirname(os.path.abspath(file)))
    return importlib.import_module(os.path.basename(file).removesuffix(".py"))


def main(files, function, setup=None):
    """Compare before the first call, and after every sixth."""
    modules = [load(file) for file in files.split(os.pathsep)]
    calls = [getattr(module, function) for module in modules]
    loop = asyncio.new_event_loop() if any(map(inspect.iscoroutinefunction, calls)) else None

    def run(calls):
        for call in calls:
            result = call()
            if inspect.iscoroutine(result):
                loop.run_until_complete(result)

    if setup:
        run([getattr(module, setup) for module in modules if hasattr(module, setup)])
    sides = Sides()
    sides.compare()
    for _ in range(STEPS):
        for _ in range(CALLS):
            run(calls)
        sides.compare()
    shown = sides.differences[:MOST_SHOWN]
    print(json.dumps({"differences": len(sides.differences), "shown": shown, "paths": sides.paths}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
