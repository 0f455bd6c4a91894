"""What is told to be held by native code: survivors of the program's, and nothing that our own modules brought."""

import ctypes
import gc

import pytest

from snapdiff.agent import native
from snapdiff.agent.births import Births
from snapdiff.agent.own import Newcomers, own_state

pytestmark = pytest.mark.corpus

COUNT = 20


@pytest.fixture
def lost():
    """Ids of tuples that have one reference more than anything shows, and no other."""
    tuples = [([], number) for number in range(COUNT)]
    for each in tuples:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(each))
    ids = list(map(id, tuples))
    del tuples, each
    yield ids
    for each in ids:
        ctypes.pythonapi.Py_DecRef(ctypes.c_void_p(each))


def told(ids, births):
    """What is said of these tuples among all that there are: (path, survivors, types with references of their own)."""
    # No variable of ours may refer to them.
    rows, _ = native.explain(
        ["tuple"], [obj for obj in gc.get_objects() if id(obj) in ids], own_state([]), [], births, exits=0
    )
    return [(row["path"], row["survivors"], row["tops"]) for row in rows]


def test_what_nothing_refers_to_is_held_by_native_code(lost):
    assert [(None, COUNT, ["tuple"])] == told(lost, Births())


def test_what_loading_our_own_modules_made_is_no_survivor(lost):
    births = Births()
    births.ours = set(lost)
    assert [] == told(lost, births)
    births.ours = set(lost[5:])
    assert [(None, 5, ["tuple"])] == told(lost, births)


@pytest.mark.parametrize("collecting", [True, False])
def test_newcomers_are_what_was_made_meanwhile_and_the_collector_is_left_as_it_was(collecting):
    before = [[]]
    (gc.enable if collecting else gc.disable)()
    try:
        with Newcomers() as newcomers:
            made = [[]]
            assert not gc.isenabled()
        assert collecting == gc.isenabled()
    finally:
        gc.enable()
    assert {id(made), id(made[0])} <= newcomers.ids
    assert newcomers.ids.isdisjoint({id(before), id(before[0])})
