"""What no name leads to: held by a frame, by native code, or by nothing but itself."""

from __future__ import annotations

import pytest

from snapdiff.analysis import Verdict
from snapdiff.analysis.model import Law
from snapdiff.api import Report

ONE = (1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")
DECODE = ("app/native.py", 8, "decode")
WORK = ("app/work.py", 5, "work")


def only(findings):
    """The finding, when there is just one."""
    (finding,) = findings
    return finding


def times(k):
    return tuple(k * gain for gain in ONE)


@pytest.fixture
def lost(program):
    """Errors that native code holds, each with two notes of the program; nothing in Python refers to them."""
    return (
        program()
        .path("unreached:ValueError", objects=ONE, size=100)
        .path("unreached:app.Note", objects=times(2), size=50)
        .nameless("app.Note", "ValueError", held=("ValueError",))
        .born("ValueError", DECODE)
    )


# -- held by native code ----------------------------------------------------------------------------------


def test_survivors_held_by_native_code_are_one_finding_named_after_what_it_holds_itself(lost):
    found = lost.analysis()
    finding = only(found.findings)
    assert (Verdict.LEAK, "ValueError", ("app.Note",)) == (finding.verdict, finding.type, finding.other_types)
    assert (True, None, ()) == (finding.held_natively, finding.container, finding.chain)
    assert (ONE, 1.0, 200.0) == (finding.growth, finding.objects_per_iteration, finding.bytes_per_iteration)
    assert [(8, 464)] == [(row.frame.line, row.born) for row in finding.born_at]
    assert "no reference to them from a module, class, frame, thread or context variable was found" in finding.reasons
    assert 1 == Report(found).exit_code


def test_of_what_native_code_holds_a_class_of_the_program_names_the_finding(program):
    found = program()
    for name in ("dict", "ValueError", "app.Error"):
        found.path(f"unreached:{name}", objects=ONE)
    names = found.nameless("dict", "ValueError", "app.Error", held=("dict", "ValueError", "app.Error")).analysis()
    assert "app.Error" == only(names.findings).type


def test_types_of_survivors_that_do_not_grow_name_nothing(lost):
    lost.nameless("app.Other", held=("app.Other",))
    assert ["ValueError"] == [finding.type for finding in lost.analysis().findings]


def test_what_is_born_in_the_function_of_a_known_cause_is_part_of_it(cart):
    cart.path("unreached:app.Part", objects=ONE).nameless("app.Part").born("app.Part", (*ADD[:1], 44, ADD[2]))
    assert ["app.Item"] == [finding.type for finding in cart.analysis().findings]


def test_what_is_born_elsewhere_is_a_cause_of_its_own(cart):
    cart.path("unreached:app.Part", objects=ONE).nameless("app.Part").born("app.Part", DECODE)
    assert {"app.Item", "app.Part"} == {finding.type for finding in cart.analysis().findings}


def test_two_holders_of_what_is_born_in_one_function_are_one_cause(lost):
    lost.path("unreached:frame", objects=ONE).nameless("frame").born("frame", (*DECODE[:1], 9, DECODE[2]))
    assert ["ValueError"] == [finding.type for finding in lost.analysis().findings]


# -- held by a frame --------------------------------------------------------------------------------------


def test_survivors_held_by_a_frame_are_found_in_its_variable(program):
    found = program().path("unreached:app.Item", objects=ONE)
    found.nameless("app.Item", frame="frame of serve").born("app.Item", ADD).grew(WORK)
    finding = only(found.analysis().findings)
    assert (Verdict.LEAK, "app.Item", False) == (finding.verdict, finding.type, finding.held_natively)
    assert ("frame of serve → items", "list", 464) == (
        finding.container.path,
        finding.container.type,
        finding.container.size,
    )
    assert ["frame of serve", ".items"] == [node.label for node in finding.chain]
    assert ([41], [5]) == (
        [row.frame.line for row in finding.born_at],
        [row.frame.line for row in finding.grown_at],
    )
    assert not any("no reference to them" in reason for reason in finding.reasons)


def test_what_only_code_refers_to_is_judged_like_what_nothing_does(program):
    found = program().path("code:app.Item", objects=ONE).nameless("app.Item", frame="frame of serve")
    assert Verdict.LEAK is only(found.analysis().findings).verdict


def test_nameless_growth_that_stopped_saturates(program):
    found = program().path("unreached:app.Item", objects=(1, 10, 117, 0)).nameless("app.Item", held=("app.Item",))
    assert (Verdict.SATURATING, 0) == (found.analysis().verdict, Report(found.analysis()).exit_code)


# -- nobody looked ----------------------------------------------------------------------------------------


def test_of_a_run_that_ended_before_anybody_looked_the_largest_growth_is_told_and_no_more(program):
    found = program().path("unreached:app.Item", objects=ONE, size=10).path("unreached:str", objects=ONE, size=20)
    finding = only(found.ended("killed by SIGKILL in call 2 of round 5").analysis().findings)
    assert ("str", ("app.Item",), None, ()) == (
        finding.type,
        finding.other_types,
        finding.container,
        finding.born_at,
    )
    assert not finding.held_natively


def test_beside_a_named_cause_what_nobody_looked_at_is_left_out(cart):
    assert 1 == len(cart.path("unreached:str", objects=ONE).analysis().findings)


# -- held by itself ---------------------------------------------------------------------------------------


def collected(*freed):
    """What the collector has freed at each checkpoint, of what it freed in each round."""
    return tuple(1000 + sum(freed[:at]) for at in range(len(freed) + 1))


@pytest.fixture
def cycles(program):
    """Three objects a call that only the collector frees."""
    return program().checkpoints(collected=collected(*times(3))).litters("app.Node", 20).litters("dict", 10)


def test_what_only_the_collector_frees_is_one_finding_and_no_leak(cycles):
    found = cycles.born("app.Node", ADD).analysis()
    finding = only(found.findings)
    assert (Verdict.CYCLE, Law.FLAT, "app.Node", ("dict",)) == (
        finding.verdict,
        finding.law,
        finding.type,
        finding.other_types,
    )
    assert (times(3), 3.0, None) == (finding.growth, finding.objects_per_iteration, finding.container)
    assert [41] == [row.frame.line for row in finding.born_at]
    assert "the collector freed 3, 30, 453, 906 objects in the rounds" == finding.reasons[0]
    assert (Verdict.CYCLE, 0) == (found.verdict, Report(found).exit_code)


def test_parts_name_the_garbage_only_where_nothing_else_does(program):
    found = program().checkpoints(collected=collected(*times(3))).litters("cell", 20).litters("function", 30)
    assert "function" == only(found.analysis().findings).type
    assert "app.Node" == only(found.litters("app.Node", 1).analysis().findings).type


def test_garbage_of_which_no_type_was_seen_is_told_without_one(program):
    finding = only(program().checkpoints(collected=collected(*times(3))).analysis().findings)
    assert (Verdict.CYCLE, None, (), ()) == (finding.verdict, finding.type, finding.other_types, finding.born_at)


def test_what_the_control_leaves_to_the_collector_is_not_the_programs(cycles):
    cycles.checkpoints(collected=collected(*(gain + 7 for gain in times(3))))
    cycles.control_checkpoints(collected=collected(7, 7, 7))
    assert times(3) == only(cycles.analysis().findings).growth


def test_garbage_of_the_control_alone_is_no_finding(cycles):
    cycles.checkpoints(collected=collected(700, 700, 700, 700))
    assert 1 == len(cycles.analysis().findings)
    cycles.control_checkpoints(collected=collected(700, 700, 700))
    assert () == cycles.analysis().findings


def test_less_than_one_object_in_two_calls_is_not_worth_a_finding(program):
    def findings(*freed):
        return len(program().checkpoints(collected=collected(*freed)).analysis().findings)

    assert [1, 0, 0] == [findings(1, 5, 76, 151), findings(1, 5, 75, 151), findings(1, 5, 76, 150)]


def test_garbage_whose_rate_more_than_doubles_is_no_steady_garbage(program):
    def findings(last):
        return len(program().checkpoints(collected=collected(1, 10, 151, last)).analysis().findings)

    assert [1, 0] == [findings(604), findings(605)]


def test_garbage_needs_two_rounds_after_the_first(program):
    short = program(rounds=(1, 10), confirming=None).checkpoints(collected=collected(3, 30))
    planned = program(confirming=None).checkpoints(collected=collected(3, 30, 453))
    assert [0, 1] == [len(found.analysis().findings) for found in (short, planned)]


@pytest.mark.parametrize(
    ("born", "growth", "expected"),
    [
        (None, ONE, [False]),
        (DECODE, ONE, [False, True]),
        (None, times(3), [False, True]),
    ],
)
def test_what_native_code_holds_for_objects_that_are_named_is_a_part_of_them(program, by_id, born, growth, expected):
    """A row of a tensor keeps the whole tensor, which is of the same type: as many, and made nowhere else."""
    found = program().keeps(by_id, "torch.Tensor", *ONE).path("unreached:torch.Tensor", objects=growth)
    found.nameless("torch.Tensor", held=("torch.Tensor",))
    if born is not None:
        found.born("torch.Tensor", born)
    assert expected == sorted(finding.held_natively for finding in found.analysis().findings)
