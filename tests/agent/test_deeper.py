"""Callers beyond the depth of tracing are found in a few calls that are traced deeper, and nothing else is changed."""

import _tracemalloc
from collections import deque
from itertools import cycle

import pytest

from snapdiff.agent import deeper
from snapdiff.agent.births import Births
from snapdiff.agent.deeper import Callers

#: A library that makes a thing six calls below who asked for it.
LIBRARY = """
class Thing:
    def __init__(self):
        self.me = None
def a(keep): return b(keep)
def b(keep): return c(keep)
def c(keep): return d(keep)
def d(keep): return e(keep)
def e(keep):
    thing = Thing()
    keep(thing)
"""
DEPTH = 4


@pytest.fixture
def library():
    namespace = {"__name__": "deep"}
    exec(compile(LIBRARY, "/venv/lib/python3/site-packages/deep.py", "exec"), namespace)
    return namespace


class Program:
    """Asks the library for things at two lines, of which the first takes three turns of four."""

    def __init__(self, library, keep=None):
        self.library = library
        self.kept = []
        self.keep = keep or self.kept.append
        self.turns = cycle("aaab")
        self.calls = 0

    def call(self):
        self.calls += 1
        if next(self.turns) == "a":
            self.library["a"](self.keep)  # often
        else:
            self.library["a"](self.keep)  # seldom
        return 1

    def births(self, calls=40, depth=DEPTH):
        """Return the births of what some traced calls left."""
        _tracemalloc.start(depth)
        try:
            for _ in range(calls):
                self.call()
            self.calls = 0
            return [{"cause": 7, "type": "deep.Thing", **birth} for birth in Births().of(self.kept)]
        finally:
            _tracemalloc.stop()


@pytest.fixture
def program(library):
    return Program(library)


def line(comment):
    """Return the number of the line of this file that ends with a comment."""
    with open(__file__, encoding="utf-8") as file:
        return next(number for number, text in enumerate(file, 1) if text.rstrip().endswith("# " + comment))


def own(births):
    """Return how many objects are born below each line of this file's program."""
    lines = {line("often"), line("seldom")}
    return {
        number: birth["count"] for birth in births for file, number in birth["frames"]
        if file == __file__ and number in lines
    }  # fmt: skip


def complete(births, program, *, seconds=0.0, few=False, depth=DEPTH):
    Callers(depth, births).seek(program.call, seconds, lambda wanted: dict.fromkeys(wanted, program.kept), few)
    return births


def test_births_that_are_all_a_librarys_get_the_lines_that_asked_for_it_in_proportion(program):
    births = program.births()
    assert ({}, 40) == (own(births), sum(birth["count"] for birth in births))
    before = births[0]["frames"]
    complete(births, program)
    assert {line("often"): 30, line("seldom"): 10} == own(births)
    assert [before] * 2 == [birth["frames"][:DEPTH] for birth in births]
    assert not _tracemalloc.is_tracing()


def test_what_comes_by_the_same_way_and_is_not_kept_says_nothing(program):
    # Only the last of these live, and they are more than what is kept in the same calls.
    recent, call = deque(maxlen=50), program.call

    def both():
        for _ in range(3):
            program.library["a"](recent.append)
        return call()

    births = program.births()
    program.call = both
    complete(births, program)
    assert ({line("often"): 30, line("seldom"): 10}, 40) == (own(births), sum(birth["count"] for birth in births))


def test_no_call_is_made_where_the_programs_own_line_is_known(program):
    births = program.births(depth=10)
    before = [dict(birth) for birth in births]
    assert (before, 0) == (complete(births, program, depth=10), program.calls)
    assert {line("often"): 30, line("seldom"): 10} == own(births)


def test_no_call_is_made_where_calls_are_slow(program):
    births = program.births()
    assert ({}, 0) == (own(complete(births, program, seconds=60.0)), program.calls)


def test_few_calls_are_made_where_each_is_dear(program):
    complete(program.births(), program, few=True)
    assert deeper._FEW_CALLS == program.calls


def test_a_program_that_traces_itself_keeps_its_tracing(program):
    births = program.births()
    _tracemalloc.start(1)
    try:
        assert ({}, 0) == (own(complete(births, program)), program.calls)
        assert (True, 1) == (_tracemalloc.is_tracing(), _tracemalloc.get_traceback_limit())
    finally:
        _tracemalloc.stop()


def test_a_program_without_a_further_call_keeps_what_is_known(program):
    births = program.births()
    program.call = lambda: 0
    assert {} == own(complete(births, program))


def test_a_birth_that_none_of_the_calls_made_again_stays(program, library):
    births = program.births()
    library["e"] = None
    program.library = {"a": lambda keep: 1}
    assert {} == own(complete(births, program))
    assert 40 == sum(birth["count"] for birth in births)


def test_a_recording_names_the_programs_line_of_what_a_library_makes_deep_below_it(measure, programs):
    finding = measure("copies.py:keep", trace="rounds")["findings"][0]
    (born,) = finding["born_at"]
    source = (programs / "copies.py").read_text(encoding="utf-8").splitlines()
    assert ("copies.Item", "copies.py", 1.0) == (finding["type"], born["file"], born["share"])
    assert "# born" in source[born["line"] - 1]
