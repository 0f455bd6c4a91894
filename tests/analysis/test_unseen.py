"""Blocks that no walk reaches: of the objects of an extension that come in step with them, or lost."""

from __future__ import annotations

import pytest

ONE = (1, 10, 151, 302)
SPAWN = ("app/cart.py", 41, "Cart.add")
RUN = ("bench.py", 7, "run")
JOB = ("app/jobs.py", 4, "job")
ADDED = "app/cart.py:add"
FOUR_A_CALL = tuple(4 * count for count in ONE)


@pytest.fixture
def waiting(program, by_id):
    """Objects that a dict keeps, and four blocks a call that no object is seen to hold."""

    def make(kind="greenlet.greenlet", *, at=(JOB,), born=(SPAWN, RUN), blocks=FOUR_A_CALL, size=400, target=ADDED):
        made = program()
        made.manifest["options"]["target"] = target
        found = made.keeps(by_id, kind, *ONE, size=88).born(kind, *born)
        found.allocates(SPAWN, RUN, blocks=ONE, size=88)
        found.allocates(*at, blocks=blocks, size=size).reached(*JOB[:2], 0)
        return found.analysis().findings

    return make


def types(findings):
    return sorted(str(finding.type) for finding in findings)


def test_what_a_suspended_function_of_an_extension_holds_is_told_with_it(waiting):
    """The local variables of a greenlet that waits were lost in C, beside the greenlet that a list keeps."""
    (found,) = waiting()
    assert ("greenlet.greenlet", 88.0 + 1600.0) == (found.type, found.bytes_per_iteration)
    assert [
        "with it: 4 memory blocks per call (1.6 KiB), allocated at app/jobs.py:4 in job, that no object is seen to "
        "hold; probably these do, as an extension need not say what its objects refer to"
    ] == [reason for reason in found.reasons if reason.startswith("with it")]


def test_blocks_that_malloc_gave_are_in_what_malloc_gained(waiting):
    (found,) = waiting(size=3000)
    assert 88.0 == found.bytes_per_iteration


def test_beside_objects_that_tell_what_they_hold_blocks_are_lost(waiting):
    assert ["None", "app.Item"] == types(waiting("app.Item"))


def test_blocks_that_come_out_of_step_are_lost(waiting):
    assert ["None", "greenlet.greenlet"] == types(waiting(blocks=(5, 45, 679, 1359)))


def test_blocks_made_in_a_call_of_what_makes_the_objects_too_are_lost(waiting):
    assert ["None", "greenlet.greenlet"] == types(waiting(at=(JOB, RUN)))


DEEPER = tuple(("app/jobs.py", line, "deeper") for line in (8, 9, 10))


def test_where_the_traceback_of_blocks_was_cut_nobody_knows_what_called_them(waiting):
    assert ["None", "greenlet.greenlet"] == types(waiting(at=(JOB, *DEEPER)))


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("app/cart.py:add", ["greenlet.greenlet"]),
        # The function that made the blocks is called as each call is, or nobody knows how those begin.
        ("app/jobs.py:job", ["None", "greenlet.greenlet"]),
        ("app.jobs:Jobs.job", ["None", "greenlet.greenlet"]),
        ("", ["None", "greenlet.greenlet"]),
    ],
)
def test_where_the_traceback_of_objects_was_cut_it_ends_at_what_was_called(waiting, target, found):
    assert found == types(waiting(born=(SPAWN, *DEEPER), target=target))


def test_blocks_of_a_function_that_makes_the_objects_too_are_lost(waiting):
    assert ["None", "greenlet.greenlet"] == types(waiting(born=(SPAWN, *DEEPER[:2], (*JOB[:1], 9, JOB[2]))))
