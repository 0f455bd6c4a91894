"""What only the collector frees, found in a few calls without it, which must not take all memory."""

import gc

from snapdiff.agent import garbage
from snapdiff.agent.births import Births


def make_a_cycle():
    ring = []
    ring.append(ring)
    return 1


def test_garbage_is_told_by_type_with_the_calls_that_made_it():
    found = garbage.cyclic_garbage(make_a_cycle, 20, Births())
    assert (20, [("list", 20)]) == (found["calls"], [(row["type"], row["objects"]) for row in found["types"]])
    assert gc.isenabled()


def test_no_further_call_is_made_where_these_took_much_memory(monkeypatch):
    sizes = iter((0, 0, 100, 200, 300))
    monkeypatch.setattr(garbage, "resident", lambda: (next(sizes), None))
    monkeypatch.setattr(garbage, "_MOST_BYTES", 150)
    assert 2 == garbage.cyclic_garbage(make_a_cycle, 20, Births())["calls"]


def test_where_the_kernel_tells_no_sizes_all_calls_are_made(monkeypatch):
    monkeypatch.setattr(garbage, "resident", lambda: (None, None))
    assert 20 == garbage.cyclic_garbage(make_a_cycle, 20, Births())["calls"]
