"""Lines that keep memory of which no object can be found: accused only where nothing else explains them."""

from __future__ import annotations

import pytest

from snapdiff.analysis import Verdict
from snapdiff.analysis.model import Law
from snapdiff.api import Report

ONE = (1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")
HANDLE = ("app/shop.py", 12, "handle")
RUN = ("bench.py", 7, "run")
LOST = ("app/native.py", 8, "encode")
LIBRARY = ("/venv/lib/python3.11/site-packages/orm/row.py", 88, None)


def only(findings):
    """The finding, when there is just one."""
    (finding,) = findings
    return finding


def types(found):
    return [finding.type for finding in found.analysis().findings]


def alone(program, *, size=1000, reached=0, blocks=ONE, sizes=None):
    """A line that keeps memory while nothing else grows."""
    return program().allocates(LOST, RUN, blocks=blocks, size=size, sizes=sizes).reached(*LOST[:2], reached)


def test_memory_lost_in_c_is_a_finding_of_its_line_without_a_type(program):
    found = alone(program).source(LOST[0], 7, "def encode():", "    return native()").analysis()
    finding = only(found.findings)
    assert (Verdict.LEAK, Law.LINEAR, None, None) == (finding.verdict, finding.law, finding.type, finding.container)
    assert (1.0, 1000.0, ONE, "blocks", True) == (
        finding.objects_per_iteration,
        finding.bytes_per_iteration,
        finding.growth,
        finding.unit,
        finding.held_natively,
    )
    assert LOST == (finding.born_at[0].frame.file, finding.born_at[0].frame.line, finding.born_at[0].frame.function)
    assert "0 of its 464 blocks are reachable objects" == finding.reasons[-1]
    assert [8] == [excerpt.focus for excerpt in finding.excerpts]
    assert (Verdict.LEAK, 1) == (found.verdict, Report(found).exit_code)


def test_a_line_of_which_objects_can_be_reached_is_not_accused(program):
    # A tenth of 464 blocks are 46.4 objects.
    assert [1, 0] == [len(types(alone(program, reached=count))) for count in (46, 47)]


def test_a_line_that_was_not_looked_at_is_not_accused(program):
    assert [] == types(program().allocates(LOST, RUN, blocks=ONE, size=1000))
    assert [] == types(program().allocates(LOST, RUN, blocks=ONE, size=1000).reached(LOST[0], 9, 0))


def test_a_line_is_accused_only_of_what_the_sizes_of_all_objects_leave_over(program):
    # Objects that were reached by no path that changed are still objects. A tenth may be rounding.
    assert [1, 0] == [len(types(alone(program).grows("str", *ONE, size=size))) for size in (90, 91)]


def test_a_hundred_bytes_of_every_new_instance_are_its_attributes_which_are_in_no_size(program):
    def lost(size, name):
        return len(types(alone(program, size=size).grows(name, *ONE, size=0)))

    # 1,100 and 1,099 bytes a call, of which a hundred are not counted; a tenth of what is left may be rounding.
    assert [1, 0] == [lost(1100, "app.Item"), lost(1099, "app.Item")]
    assert 1 == lost(1099, "str")


def test_where_nothing_else_grows_sixteen_bytes_a_call_are_enough(program):
    assert [1, 0] == [len(types(alone(program, size=size))) for size in (16, 15)]


def test_what_takes_the_place_of_memory_from_before_tracing_is_not_lost(program):
    small = alone(program, size=120)
    assert [None] == types(small)
    assert [] == types(small.replaces())
    large = alone(program, size=1000)
    assert [None] == types(large.gains_outside("malloc", 1000))
    assert [] == types(alone(program, size=1000).gains_outside("malloc", 0))


@pytest.fixture
def lost_beside(program, by_id):
    """How many findings there are of a line that keeps so many bytes beside strings that leak."""

    def make(size, *, leaking=64):
        found = program().keeps(by_id, "str", *ONE, size=leaking).born("str", ADD)
        found.allocates(ADD, blocks=ONE, size=leaking)
        return types(found.allocates(LOST, RUN, blocks=ONE, size=size).reached(*LOST[:2], 0))

    return make


def test_beside_other_growth_sixty_four_bytes_a_call_are_needed(lost_beside):
    assert [2, 1] == [len(lost_beside(64)), len(lost_beside(63))]


def test_beside_much_other_growth_a_fifth_of_it_is_needed(lost_beside):
    # A fifth of 5,000 bytes a call are 1,000.
    assert [2, 1] == [len(lost_beside(1000, leaking=4000)), len(lost_beside(999, leaking=4000))]


def test_memory_that_does_not_grow_with_the_calls_accuses_no_line(program):
    assert [] == types(alone(program, blocks=(464, 0, 0, 0)))
    assert [] == types(alone(program, blocks=(1, 10, 117, 0)))


def test_blocks_that_get_larger_accuse_by_their_bytes(program):
    finding = only(alone(program, blocks=(1, 0, 0, 0), sizes=(100, 1000, 15_100, 30_200)).analysis().findings)
    assert (Verdict.LEAK, 100.0) == (finding.verdict, finding.bytes_per_iteration)


def test_a_line_at_which_survivors_are_born_is_no_second_finding(cart):
    cart.allocates(ADD, RUN, blocks=ONE, size=2000).reached(*ADD[:2], 0)
    assert ["app.Item"] == types(cart)


def test_a_line_at_which_a_container_grows_is_no_second_finding(cart):
    cart.grew(LOST, RUN).allocates(LOST, RUN, blocks=ONE, size=2000).reached(*LOST[:2], 0)
    assert ["app.Item"] == types(cart)


def test_a_line_that_allocates_for_a_blamed_line_is_no_second_finding(cart):
    cart.allocates(LIBRARY, ADD, HANDLE, blocks=ONE, size=2000).reached(*LIBRARY[:2], 0)
    assert ["app.Item"] == types(cart)


def test_a_line_that_allocates_for_another_line_is_a_second_finding(cart):
    cart.allocates(LIBRARY, HANDLE, blocks=ONE, size=2000).reached(*LIBRARY[:2], 0)
    assert {"app.Item", None} == set(types(cart))


def test_two_lines_of_one_function_are_one_finding(program):
    found = alone(program).allocates((*LOST[:1], 9, LOST[2]), RUN, blocks=ONE, size=500).reached(LOST[0], 9, 0)
    assert 8 == only(found.analysis().findings).born_at[0].frame.line


def test_a_run_that_was_not_traced_accuses_no_line(program):
    assert [] == types(alone(lambda: program(traced=False)))


def test_no_line_is_accused_before_a_confirming_round(program):
    assert [] == types(alone(lambda: program(confirming=None), blocks=ONE[:3]))
