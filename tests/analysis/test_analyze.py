"""A recording becomes findings: what is judged, in which order, and what withdraws it."""

from __future__ import annotations

from snapdiff.analysis import Verdict
from snapdiff.analysis.model import Control, Law
from snapdiff.api import Report

ONE = (1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")
HANDLE = ("app/shop.py", 12, "handle")
RUN = ("bench.py", 7, "run")


def only(findings):
    """The finding, when there is just one."""
    (finding,) = findings
    return finding


# -- rounds -----------------------------------------------------------------------------------------------


def test_growth_of_every_round_is_exact(program):
    found = (
        program()
        .grows("app.Item", 953, 20, 302, 604, size=144)
        .grows_untracked("float", 7, 10, 151, 302, size=24)
        .allocates(ADD, blocks=(960, 30, 453, 906), size=100)
        .analysis()
    )
    assert (960, 30, 453, 906) == tuple(each.objects for each in found.rounds)
    assert (953, 20, 302, 604) == tuple(each.tracked for each in found.rounds)
    assert tuple(953 * 144 * n // 953 + 24 * m for n, m in ((953, 7), (20, 10), (302, 151), (604, 302))) == tuple(
        each.bytes for each in found.rounds
    )
    assert (960, 30, 453, 906) == tuple(each.blocks for each in found.rounds)
    assert (96_000, 3000, 45_300, 90_600) == tuple(each.traced_bytes for each in found.rounds)


def test_rounds_say_how_many_calls_they_were_and_which_one_confirms(cart):
    rounds = cart.analysis().rounds
    assert [(1, 1, False), (2, 10, False), (3, 151, False), (4, 302, True)] == [
        (each.number, each.iterations, each.extra) for each in rounds
    ]
    assert [1.0] * 4 == [each.objects_per_iteration for each in rounds]
    assert [0.001, 0.01, 0.151, 0.302] == [each.seconds for each in rounds]


def test_memory_that_was_not_measured_is_none_and_not_zero(cart):
    rounds = cart.checkpoints(rss=(None,) * 5, uss=(None, 1, None, 3, None)).analysis().rounds
    assert [None] * 4 == [each.rss for each in rounds]
    assert [1, None, 3, None] == [each.uss for each in rounds]


def test_garbage_and_checkpoints_are_handed_on_as_they_were(cart):
    found = cart.checkpoints(garbage=(0, 4, 5, 6, 7)).analysis()
    assert [4, 5, 6, 7] == [each.garbage for each in found.rounds]
    assert ["control"] * 4 + ["workload"] * 5 == [row.series for row in found.checkpoints]
    assert [0, 1, 11, 162, 464] == [row.iterations for row in found.checkpoints if row.series == "workload"]
    assert [0, 4, 5, 6, 7] == [row.garbage for row in found.checkpoints if row.series == "workload"]


def test_the_timeline_names_the_control_apart_from_the_rounds(cart):
    found = (
        cart.sampled(0.1, 10, "load", "control", 0)
        .sampled(0.2, 11, "round", "control", 1)
        .sampled(0.3, 12, "round", "workload", 1)
        .sampled(0.4, 13, "checkpoint", "workload", 1)
        .analysis()
    )
    assert ["start", "control", "round", "checkpoint"] == [point.phase for point in found.timeline]
    assert [10, 11, 12, 13] == [point.rss for point in found.timeline]


def test_the_method_and_the_environment_come_from_the_manifest(cart):
    found = cart.analysis()
    assert ("app/cart.py:add", (1, 10, 151), "rounds", 4) == (
        found.method.target,
        found.method.plan,
        found.method.trace,
        found.method.trace_depth,
    )
    assert ("snapdiff", "record", "app/cart.py:add") == found.method.command
    assert 4.5 == found.method.duration_seconds
    assert 9 * 0.25 == found.method.tool_seconds
    assert (("implementation", "cpython"), ("python", "3.11.9")) == found.environment


def test_notes_of_the_recording_reach_the_reader(cart):
    cart.manifest["notes"] = ["3 of 9 allocation tracebacks were left out."]
    assert ("3 of 9 allocation tracebacks were left out.",) == cart.analysis().notes


# -- verdicts and their order -----------------------------------------------------------------------------


def test_a_leak_convicts_the_run_with_exit_code_one(cart):
    found = cart.analysis()
    assert Verdict.LEAK is found.verdict
    assert 1 == Report(found).exit_code
    assert (True, "as planned") == (found.complete, found.ended)


def test_a_program_that_gains_nothing_is_clean_with_exit_code_zero(program):
    found = program().grows("app.Item", 0, 0, 0, 0).analysis()
    assert (Verdict.CLEAN, (), ()) == (found.verdict, found.findings, found.types)
    assert 0 == Report(found).exit_code


def test_a_slow_leak_convicts_too(program, by_id):
    found = program().keeps(by_id, "app.Item", 0, 1, 21, 43).analysis()
    assert (Verdict.SLOW_LEAK, 1) == (found.verdict, Report(found).exit_code)


def test_a_saturating_program_passes(program, by_id):
    found = program().keeps(by_id, "app.Item", 1, 10, 117, 0).analysis()
    assert (Verdict.SATURATING, 0) == (found.verdict, Report(found).exit_code)


def test_growth_that_no_path_explains_is_told_by_type_and_accuses_nobody(program):
    found = program().grows("app.Item", *ONE).analysis()
    assert (Verdict.CLEAN, ()) == (found.verdict, found.findings)
    assert [Verdict.LEAK] == [row.verdict for row in found.types]


def test_initialisation_is_one_finding_and_never_one_a_type(program):
    found = program().grows("dict", 500, 0, 0).grows("list", 400, 0, 0).grows("tuple", 51, 0, 0).analysis()
    finding = only(found.findings)
    assert (Verdict.ONE_TIME, Law.ONE_TIME, None) == (finding.verdict, finding.law, finding.type)
    assert (951, 0, 0, 0) == (*finding.growth, 0)[:4]
    assert ("dict", "list", "tuple") == finding.other_types
    assert ("3 types grew in the first round only",) == finding.reasons
    assert 0 == Report(found).exit_code


def test_types_come_with_what_grew_most_first(program):
    found = program().grows("b.Small", 1, 10, 151, 302).grows("a.Large", 3, 30, 453, 906).analysis()
    assert ["a.Large", "b.Small"] == [row.type for row in found.types]
    assert ((3, 30, 453, 906), 3.0, 192.0, Verdict.LEAK) == (
        found.types[0].objects,
        found.types[0].objects_per_iteration,
        found.types[0].bytes_per_iteration,
        found.types[0].verdict,
    )


def test_types_that_did_not_change_are_left_out(cart):
    assert ["app.Item"] == [row.type for row in cart.grows("app.Same", 0, 0, 0, 0).analysis().types]


def test_a_type_that_is_there_only_at_some_checkpoints_counts_as_none_at_the_others(program):
    found = program(confirming=None).grows("app.Item", 1, 10, 151)
    found.types["app.Late"] = ((-100, 0, 151), (-6400, 0, 9664))
    row = next(row for row in found.analysis().types if row.type == "app.Late")
    assert (-100, 0, 151) == row.objects


# -- types and curves -------------------------------------------------------------------------------------


def test_a_type_is_judged_by_its_size_where_its_count_stands_still(program):
    enough = only(program().grows("list", 0, 0, 0, 0, sizes=(8, 80, 1208, 2416)).analysis().types)
    less = only(program().grows("list", 0, 0, 0, 0, sizes=(8, 80, 1208, 2415)).analysis().types)
    more = only(program().grows("list", 0, 0, 0, 3, sizes=(8, 80, 1208, 2416)).analysis().types)
    assert [Verdict.LEAK, Verdict.CLEAN, Verdict.CLEAN] == [enough.verdict, less.verdict, more.verdict]
    assert (8.0, 0.0) == (enough.bytes_per_iteration, enough.objects_per_iteration)


def test_the_curve_of_a_finding_has_a_point_after_every_round(cart):
    assert ((0, 0), (1, 1), (11, 11), (162, 162), (464, 464)) == only(cart.analysis().findings).curve


def test_the_curve_of_all_objects_includes_sub_checkpoints_that_fit_between_the_full_ones(cart):
    curve = cart.counts_within(3, app_Item=[26, 41, 56]).analysis().curve
    assert ((0, 0), (1, 1), (11, 11), (26, 26), (41, 41), (56, 56), (162, 162), (464, 464)) == curve


def test_sub_checkpoints_that_contradict_the_full_counts_are_left_out_of_the_curve(cart):
    curve = cart.counts_within(3, app_Item=[5, 41, 900]).analysis().curve
    assert ((0, 0), (1, 1), (11, 11), (41, 41), (162, 162), (464, 464)) == curve


def test_the_curve_of_all_objects_begins_begins_at_nothing_and_ends_at_the_sum(cart):
    found = cart.grows("app.Once", 900, 0, 0, 0).analysis()
    assert ((0, 0), (1, 901), (11, 911), (162, 1062), (464, 1364)) == found.curve


# -- lines ------------------------------------------------------------------------------------------------


def test_lines_that_grow_are_listed_with_their_excerpt(cart):
    line = only(cart.analysis().lines)
    assert ((1, 10, 151, 302), (144, 1440, 21_744, 43_488), 1.0, 144.0) == (
        line.blocks,
        line.bytes,
        line.blocks_per_iteration,
        line.bytes_per_iteration,
    )
    assert (Verdict.LEAK, 41) == (line.verdict, line.excerpt.focus)


def test_allocations_of_one_line_by_several_ways_are_added(program):
    found = program().allocates(ADD, HANDLE, blocks=(1, 4, 51, 102)).allocates(ADD, RUN, blocks=(0, 6, 100, 200))
    assert (1, 10, 151, 302) == only(found.analysis().lines).blocks


# -- the control ------------------------------------------------------------------------------------------


def test_a_control_that_grows_withdraws_the_accusation_of_what_grew_there(cart):
    found = cart.control_gains(objects=(0, 0, 4), of="app.Item").analysis()
    finding = only(found.findings)
    assert (Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE) == (found.verdict, finding.verdict)
    assert "withdrawn: the control gained 4 objects and 0 blocks without any call" == finding.reasons[-1]
    assert "the control gained 4 objects and 0 blocks without any call" == finding.doubt
    assert (Control(4, 0, True), 3) == (found.control, Report(found).exit_code)


def test_what_came_and_went_without_a_call_withdraws_as_well(cart):
    found = cart.control_gains(objects=(1, -1, 0), of="app.Item").analysis()
    assert (Verdict.INCONCLUSIVE, Control(1, 0, True)) == (found.verdict, found.control)


def test_a_type_that_stood_still_in_the_control_is_not_that_of_another_thread(cart):
    found = cart.control_gains(objects=(40, 400, 6000), blocks=(0, 3, 0), of="float").analysis()
    finding = only(found.findings)
    assert (Verdict.LEAK, Verdict.LEAK, 1) == (found.verdict, finding.verdict, Report(found).exit_code)
    assert found.sentence.startswith("Leak: ")
    assert "the control gained 6,000 objects and 3 blocks without any call, but no app.Item" == finding.reasons[-1]
    assert "control" in [check.name for check in found.audit if not check.passed]


def test_growth_that_no_name_holds_is_withdrawn_by_any_growth_of_the_control(program):
    found = program().grows("app.Item", *ONE).control_gains(objects=(0, 0, 4), of="float").analysis()
    assert Verdict.INCONCLUSIVE == found.verdict


def test_a_control_that_grows_makes_a_clean_run_inconclusive_and_says_so(program):
    found = program().grows("app.Item", 0, 0, 0, 0).control_gains(objects=(0, 0, -2)).analysis()
    assert (Verdict.INCONCLUSIVE, 3) == (found.verdict, Report(found).exit_code)
    assert found.sentence.startswith(
        "Inconclusive: the control, the same rounds around an empty function, gained -2 objects"
    )


def test_the_sentence_of_a_withdrawn_leak_names_the_control(cart):
    sentence = cart.control_gains(objects=(0, 0, 4), of="app.Item").analysis().sentence
    assert sentence.startswith("Inconclusive")
    assert "control" in sentence


def test_a_recording_without_a_control_says_that_it_did_not_run(program, by_id):
    found = program(control=False).keeps(by_id, "app.Item", *ONE).analysis()
    assert (Control(0, None, False), Verdict.LEAK) == (found.control, found.verdict)
    assert "control" in [row.name for row in found.audit if not row.passed]


# -- recordings that ended early --------------------------------------------------------------------------


def test_an_incomplete_recording_whose_rounds_convict_is_a_leak(cart):
    found = cart.ended("raised ValueError in call 7 of round 5").analysis()
    assert (Verdict.LEAK, False, 1) == (found.verdict, found.complete, Report(found).exit_code)
    assert "raised ValueError in call 7 of round 5" == found.ended


def test_an_incomplete_recording_that_does_not_convict_is_no_pass(program):
    found = (
        program(confirming=None).grows("app.Item", 0, 0, 0).ended("killed by SIGKILL in call 2 of round 4").analysis()
    )
    assert (Verdict.CLEAN, False, 3) == (found.verdict, found.complete, Report(found).exit_code)


def test_growth_that_no_confirming_round_confirms_is_inconclusive(program, by_id):
    found = (
        program(confirming=None).keeps(by_id, "app.Item", *ONE[:3]).ended("timed out in call 3 of round 4").analysis()
    )
    assert (Verdict.INCONCLUSIVE, 3) == (found.verdict, Report(found).exit_code)
    assert "confirming round" in [row.name for row in found.audit if not row.passed]
    assert "no confirming round was completed, so nobody is accused" == only(found.findings).doubt


def test_the_first_round_alone_proves_nothing(program):
    found = (
        program(rounds=(1,), confirming=None)
        .grows("app.Item", 951)
        .ended("interrupted in call 3 of round 2")
        .analysis()
    )
    assert (Verdict.INCONCLUSIVE, (), 951) == (found.verdict, found.findings, found.rounds[0].objects)
    assert (
        "Incomplete, interrupted in call 3 of round 2. Only the first round was completed, which proves nothing."
        == (found.sentence)
    )


def test_without_a_completed_round_nothing_can_be_said(program):
    found = program(rounds=(), confirming=None).ended("killed by SIGKILL in call 1 of round 1").analysis()
    assert ((), (), 3) == (found.rounds, found.findings, Report(found).exit_code)
    assert "Incomplete, killed by SIGKILL in call 1 of round 1. No round was completed, so nothing can be said." == (
        found.sentence
    )


def test_empty_tables_are_a_recording_in_which_nothing_was_completed(program):
    recording = program().recording()
    empty = type(recording)({}, {name: table.slice(0, 0) for name, table in recording.tables.items()})
    from snapdiff.analysis import analyze

    found = analyze(empty)
    assert (Verdict.INCONCLUSIVE, False, (), (), ()) == (
        found.verdict,
        found.complete,
        found.rounds,
        found.checkpoints,
        found.curve,
    )
    assert "Incomplete, unknown. No round was completed, so nothing can be said." == found.sentence


# -- the audit --------------------------------------------------------------------------------------------


def test_a_run_as_planned_passes_the_whole_audit(cart):
    assert ["control", "ended as planned", "confirming round", "collector settled", "threads"] == [
        row.name for row in cart.analysis().audit if row.passed
    ]


def test_failed_checks_come_first_with_the_number_behind_them(cart):
    found = cart.checkpoints(settled=(True, True, False, False, True), python_threads=(1, 1, 2, 3, 3)).analysis()
    assert [("collector settled", "2 of 5 checkpoints still freed objects"), ("threads", "+2")] == [
        (row.name, row.value) for row in found.audit if not row.passed
    ]


def test_threads_that_libraries_start_in_the_first_round_are_no_reason_to_doubt(cart):
    found = cart.checkpoints(python_threads=(1, 9, 9, 9, 9), threads=(1, 2, 30, 4, 50)).analysis()
    assert [] == [row.name for row in found.audit if not row.passed]


def test_a_run_that_grew_nothing_needs_no_confirming_round(program):
    found = program(confirming=None).grows("app.Item", 951, 0, 0).analysis()
    assert ("not needed", True) == next(
        (row.value, row.passed) for row in found.audit if row.name == "confirming round"
    )
