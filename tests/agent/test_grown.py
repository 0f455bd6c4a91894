"""Where things grow: what was running is blamed, or nothing where that is not known."""

from __future__ import annotations

import gc
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from snapdiff.agent import grown

kept: list[str] = []


def long_in_a_library():
    """Run very many lines of the standard library, then keep something."""
    textwrap.wrap("some words that are to be put on lines " * 2_000, 20)
    kept.append("x")
    return 1


def long_by_itself():
    """Run very many lines of its own, then keep something."""
    total = 0
    for number in range(200_000):
        total += number
    kept.append("x")
    return 1


@pytest.fixture
def lines(monkeypatch):
    """Seek where `kept` grows in so many seconds; return the lines that are blamed, as text."""

    def find(call, seconds):
        monkeypatch.setattr(grown, "_MOST_SECONDS", seconds)
        watch = grown.Watch(lambda: len(kept), False)
        grown.find([watch], call)
        source = Path(__file__).read_text(encoding="utf-8").splitlines()
        hits = watch.hits if watch.is_known else {}
        return {source[stack[0][1] - 1].strip() for stack in hits if stack[0][0] == __file__}, hits

    return find


def test_the_line_is_found_where_libraries_run_for_longer_than_there_is_time(lines):
    found, hits = lines(long_in_a_library, 0.001)
    assert ({'kept.append("x")'}, 1) == (found, len(hits))


def test_nothing_is_blamed_where_time_is_up_before_the_line_ran(lines):
    assert (set(), {}) == lines(long_by_itself, 0.01)


class Cycle:
    """Lives until the collector runs."""

    alive = most = 0

    def __init__(self):
        self.me = self
        Cycle.alive += 1
        Cycle.most = max(Cycle.most, Cycle.alive)

    def __del__(self):
        Cycle.alive -= 1


def make_many_cycles():
    for _ in range(60_000):
        Cycle()
    kept.append("x")
    return 1


def test_the_collector_runs_within_a_watched_call_that_makes_much_garbage(lines):
    found, _ = lines(make_many_cycles, 30)
    assert ({'kept.append("x")'}, True) == (found, Cycle.most < 20_000)
    assert gc.isenabled()


def test_with_enough_time_the_line_is_found_at_once(lines):
    found, _ = lines(long_by_itself, 30)
    assert {'kept.append("x")'} == found


def keep_elsewhere():
    kept.append("x")
    return 1


def test_what_another_thread_does_is_not_blamed_on_the_line_that_waits_for_it(lines):
    with ThreadPoolExecutor(1) as pool:
        # It runs already, and before Python 3.12 it cannot be traced.
        pool.submit(int).result()
        found, _ = lines(lambda: pool.submit(keep_elsewhere).result(), 5)
    assert ({'kept.append("x")'} if sys.version_info >= (3, 12) else set()) == found


class Leaves:
    """Is only freed by the collector, and keeps something then."""

    def __init__(self):
        self.itself = self

    def __del__(self):
        kept.append("left behind")


def drop():
    Leaves()
    return 1


dropped: list[Leaves] = []


def drop_an_old_one():
    dropped.append(Leaves())
    if len(dropped) > 2:
        del dropped[0]
    return 1


@pytest.mark.parametrize("call", [drop, drop_an_old_one])
def test_what_a_finalizer_keeps_is_blamed_on_the_finalizer_although_the_collector_runs_it(lines, call):
    found, hits = lines(call, 30)
    assert {'kept.append("left behind")'} == found
    assert {"__del__"} == {stack[0][2].rpartition(".")[2] for stack in hits}
    assert gc.isenabled()


def test_a_program_without_a_collector_stays_without(lines):
    gc.disable()
    try:
        assert set() == lines(drop, 0.1)[0]
        assert not gc.isenabled()
    finally:
        gc.enable()
