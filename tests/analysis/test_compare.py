"""Before and after: what is fixed, new or another rate, and what cannot be told."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from snapdiff.analysis.comparable import same_target
from snapdiff.analysis.compare import compare
from snapdiff.analysis.comparison import Match, Outcome, Status, proves_absence
from snapdiff.analysis.suppressions import parse

ONE = (1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")
#: Analyses that do not change, judged once.
_JUDGED = {}
NAMES = ("module app:module", ".names:list")


def only(rows):
    """The row, when there is just one."""
    (row,) = rows
    return row


def times(rate, rounds=ONE):
    """Growth of a round at a rate."""
    return tuple(round(rate * calls) for calls in rounds)


def change(before, after):
    """The one cause of two single runs."""
    return only(compare([before], [after]).changes)


@pytest.fixture
def leaks(program, by_id):
    """Build a run that keeps items in a dictionary, traced, at a rate a call."""

    def run(rate=1.0, path=by_id, name="app.Item", place=ADD, size=144, **options):
        made = program(**options)
        growth = times(rate, tuple(calls for calls, _ in made.spans))
        return made.keeps(path, name, *growth, size=size).born(name, place).allocates(place, blocks=growth, size=size)

    def one():
        """The leak that most tests are about, judged once."""
        if "leak" not in _JUDGED:
            _JUDGED["leak"] = run().analysis()
        return _JUDGED["leak"]

    run.one = one
    return run


@pytest.fixture
def clean(program):
    """A run that keeps nothing."""
    if "clean" not in _JUDGED:
        _JUDGED["clean"] = program(confirming=None, traced=True).analysis()
    return _JUDGED["clean"]


# -- what became of a cause -------------------------------------------------------------------------------


def test_a_leak_that_is_gone_is_fixed_and_the_sentence_can_be_pasted(leaks, clean):
    found = compare([leaks.one()], [clean])
    assert Outcome.FIXED == found.outcome
    assert (
        "Fixed: `module app → Cart.by_id` kept 1 `app.Item` per call, now 0 (1, 10, 151 calls: +1 +10 +151 → 0 0 0)."
        == found.sentence
    )
    assert (Status.FIXED, Match.NONE) == (only(found.changes).status, only(found.changes).matched_by)
    assert ((1.0,), (None,)) == (only(found.changes).before_rates, only(found.changes).after_rates)
    assert "type" == only(found.changes).after_growth.counted


def test_a_leak_that_came_is_new(leaks, clean):
    found = compare([clean], [leaks.one()])
    assert Outcome.WORSE == found.outcome
    assert found.sentence.startswith("New leak: `module app → Cart.by_id` gains 1 `app.Item` per call")
    assert found.sentence.endswith("; before 0 (1, 10, 151 calls: 0 0 0 → +1 +10 +151).")


def test_the_same_leak_is_unchanged_and_weighs_nothing(leaks):
    found = compare([leaks.one()], [leaks.one()])
    assert (Outcome.UNCHANGED, Match.FINGERPRINT) == (found.outcome, only(found.changes).matched_by)
    assert "(1, 10, 151 calls: +1 +10 +151, before and after)" in found.sentence


def test_nothing_on_both_sides_is_clean(clean):
    found = compare([clean], [clean])
    assert (Outcome.CLEAN, ()) == (found.outcome, found.changes)
    assert "Clean before and after: nothing grows with the calls." == found.sentence


def test_a_cache_that_was_given_a_bound_is_fixed_and_says_so(leaks, program, by_id):
    bounded = program().keeps(by_id, "app.Item", 1, 10, 117, 0, entries=128, bound=128).analysis()
    assert "saturating" == only([each for each in bounded.findings if each.container]).verdict
    found = change(leaks.one(), bounded)
    assert (Status.FIXED, Match.LIKENESS, ("container",)) == (found.status, found.matched_by, found.alike)
    assert (
        "Fixed: `module app → Cart.by_id` kept 1 `app.Item` per call, and now it is full: "
        "it holds 128 and never more than 128 (recognised by its container; its fingerprint is another one now)."
    ) == found.sentence
    # The cause is still called by the name that it had as a leak, with its numbers.
    assert (True, "app.Item", "finding") == (found.gone, found.finding.type, found.before_growth.counted)
    # Entries there are not what was counted before: all objects of the type are.
    assert ("type", (1, 10, 117)) == (found.after_growth.counted, tuple(n for _, n in found.after_growth.rounds))


def test_a_rate_that_doubled_is_worse_and_one_that_halved_is_better(leaks):
    one, two = leaks(1.0).analysis(), leaks(2.0).analysis()
    assert (Status.WORSE, Status.BETTER) == (change(one, two).status, change(two, one).status)
    assert "keeps 2 `app.Item` per call, before 1 per call; 144 B a call before, now 288 B" in change(one, two).sentence
    assert Outcome.WORSE == compare([one], [two]).outcome
    assert Outcome.BETTER == compare([two], [one]).outcome


@pytest.mark.parametrize(("expected", "rate"), [("unchanged", 1.2), ("worse", 1.4)])
def test_a_rate_is_another_one_from_a_quarter_on(leaks, expected, rate):
    assert expected == change(leaks(1.0).analysis(), leaks(rate).analysis()).status


def test_rates_of_few_objects_differ_by_chance(program, by_id):
    # 46 and 65 objects in 463 calls: a factor of 1.4, and two runs of one program can differ so. 460 and 650 cannot.
    few = [program().keeps(by_id, "app.Item", *growth).analysis() for growth in ((0, 1, 15, 30), (0, 2, 21, 42))]
    many = [program().keeps(by_id, "app.Item", *growth).analysis() for growth in ((0, 10, 150, 300), (0, 20, 210, 420))]
    assert (Status.UNCHANGED, Status.WORSE) == (change(*few).status, change(*many).status)


def test_leaks_at_random_are_hardly_ever_called_changed(leaks, by_id, program):
    chance = random.Random(5)

    def run():
        growth = tuple(sum(chance.random() < 0.5 for _ in range(calls)) for calls in ONE)
        return program().keeps(by_id, "app.Item", *growth).analysis()

    runs = [run() for _ in range(12)]
    found = [change(one, two) for one, two in zip(runs[::2], runs[1::2], strict=True)]
    assert {Status.UNCHANGED} == {each.status for each in found if each.status is not Status.UNSURE}


def test_as_many_objects_of_more_bytes_are_worse(leaks):
    found = change(leaks(size=144).analysis(), leaks(size=4096).analysis())
    assert Status.WORSE == found.status
    assert "as many objects, but 144 B a call before and 4.0 KiB after" == found.reason


def test_bytes_of_another_python_are_not_compared(leaks):
    other = leaks(size=4096)
    other.manifest["environment"]["python"] = "3.12.1"
    assert Status.UNCHANGED == change(leaks(size=144).analysis(), other.analysis()).status


# -- recognising a cause ----------------------------------------------------------------------------------


def test_a_container_with_another_name_is_recognised_by_type_and_line(leaks, by_id):
    renamed = leaks(path=("module app:module", ".Cart:type", ".items:dict")).analysis()
    found = change(leaks.one(), renamed)
    assert (Status.UNCHANGED, Match.LIKENESS, ("type", "line")) == (found.status, found.matched_by, found.alike)
    assert found.before.fingerprint != found.after.fingerprint
    assert "recognised by its type and line; its fingerprint is another one now" in found.sentence


def test_a_line_that_moved_inside_its_function_is_the_same_line(leaks):
    moved = leaks(path=("module app:module", ".items:dict"), place=("app/cart.py", 57, "Cart.add")).analysis()
    assert ("type", "line") == change(leaks.one(), moved).alike


def test_type_alone_is_not_enough(leaks):
    found = compare([leaks.one()], [leaks(path=NAMES, name="app.Item", place=("app/names.py", 3, "add")).analysis()])
    assert [Status.NEW, Status.FIXED] == [each.status for each in found.changes]
    assert Outcome.WORSE == found.outcome


def test_the_same_fingerprint_goes_before_likeness(leaks, by_id, program):
    both = leaks().keeps(NAMES, "app.Item", *ONE).born("app.Item", ADD).analysis()
    found = compare([leaks.one()], [both])
    assert [(Status.NEW, Match.NONE), (Status.UNCHANGED, Match.FINGERPRINT)] == [
        (each.status, each.matched_by) for each in found.changes
    ]


# -- runs that cannot tell everything ---------------------------------------------------------------------


def test_an_incomplete_run_after_fixes_nothing(leaks, program):
    early = program(confirming=None).ended("killed by signal 9").analysis()
    found = compare([leaks.one()], [early])
    assert (Outcome.INCONCLUSIVE, Status.UNSURE) == (found.outcome, only(found.changes).status)
    assert "the run after ended early (killed by signal 9)" in found.sentence


def test_an_incomplete_run_that_convicts_is_new(leaks, clean):
    assert Outcome.WORSE == compare([clean], [leaks().ended("raised ValueError").analysis()]).outcome


def test_an_incomplete_run_before_proves_nothing_new(leaks, program):
    early = program(confirming=None).ended("killed by signal 9").analysis()
    assert Outcome.INCONCLUSIVE == compare([early], [leaks.one()]).outcome


def test_nothing_can_be_told_where_a_side_ended_early_and_nothing_was_found(program, clean):
    early = program(confirming=None).ended("killed by signal 9").analysis()
    for before, after in ((clean, early), (early, clean)):
        found = compare([before], [after])
        assert Outcome.INCONCLUSIVE == found.outcome
        assert "ended early (killed by signal 9), so what is missing there proves nothing" in found.sentence


def test_what_leaks_as_before_in_a_run_that_ended_early_leaves_the_rest_open(leaks):
    found = compare([leaks.one()], [leaks().ended("timed out").analysis()])
    assert (Outcome.INCONCLUSIVE, Status.UNCHANGED) == (found.outcome, only(found.changes).status)
    assert found.sentence.endswith("proves nothing. And 1 unchanged.")


def test_a_fix_is_a_fix_also_of_a_run_that_ended_early(leaks, clean):
    assert Outcome.FIXED == compare([leaks().ended("timed out").analysis()], [clean]).outcome


def test_what_is_rare_is_not_fixed_where_too_few_calls_were_made_to_see_it(leaks, program):
    rare = leaks(rate=0.05, rounds=(1, 10, 1000), confirming=2000).analysis()
    assert "slow-leak" == only(rare.findings).verdict
    for expected, rounds in (("unsure", (1, 10, 151)), ("fixed", (1, 10, 400)), ("fixed", (1, 10, 1000))):
        short = program(rounds=rounds, confirming=None, traced=True).analysis()
        assert expected == change(rare, short).status
    short = program(rounds=(1, 10, 151), confirming=None, traced=True).analysis()
    assert "the run after has too few calls to show it" == change(rare, short).reason
    assert (Status.UNSURE, Outcome.INCONCLUSIVE) == (change(short, rare).status, compare([short], [rare]).outcome)


def test_a_control_that_grew_tells_nothing(leaks, program):
    restless = program(confirming=None).control_gains(objects=(0, 3, 40)).analysis()
    assert not proves_absence(restless)
    found = compare([leaks.one()], [restless])
    assert Outcome.INCONCLUSIVE == found.outcome
    assert "the control after grew without any call" in found.sentence


def test_a_leak_that_stands_beside_a_control_that_grew_does_not_make_another_fixed(leaks, program):
    other = ("module app:module", ".Queue:type", ".waiting:list")
    restless = program().keeps(other, "app.Job", 1, 10, 151, 302).control_gains(objects=(0, 3, 40)).analysis()
    assert ("leak", True) == (restless.verdict, restless.restless)
    assert not proves_absence(restless)
    statuses = [change.status for change in compare([leaks.one()], [restless]).changes]
    assert Status.FIXED not in statuses


def test_a_finding_that_is_inconclusive_after_is_not_fixed(leaks, program, by_id):
    # Watched for the planned rounds only: growth that nothing confirmed.
    unproven = program(confirming=None).keeps(by_id, "app.Item", 1, 10, 151).analysis()
    assert "inconclusive" == unproven.verdict
    found = change(leaks.one(), unproven)
    assert (Status.UNSURE, "after it grew, and could not be told from noise") == (found.status, found.reason)


def test_what_is_suppressed_after_is_not_fixed(leaks):
    accepted = leaks().analysis(*parse(["leak:Cart.by_id # known"], "here"))
    found = compare([leaks.one()], [accepted])
    assert (Status.UNSURE, "after it is suppressed") == (only(found.changes).status, only(found.changes).reason)
    assert "after, after 1: 1 suppressed finding not compared." in found.caveats


# -- several runs a side ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "sides"),
    [
        ("new", "--- lll"),
        ("unsure", "--- l-l"),
        ("unsure", "-l- lll"),
        ("fixed", "lll ---"),
        ("unsure", "l-- ---"),
        ("fixed", "lll -e"),
        ("unsure", "lll ee"),
        ("new", "-e ll"),
        ("new", "-- le"),
    ],
)
def test_new_is_in_all_runs_after_and_none_before(leaks, clean, program, expected, sides):
    runs = {
        "l": leaks.one(),
        "-": clean,
        "e": program(confirming=None).ended("killed").analysis(),
    }
    before, after = sides.split()
    found = compare([runs[each] for each in before], [runs[each] for each in after])
    assert expected == only(found.changes).status


def test_how_many_runs_have_it_is_the_reason(leaks, clean):
    leak = leaks.one()
    assert "found in 2 of 3 runs after" == only(compare([clean] * 3, [leak, clean, leak]).changes).reason
    assert "in all 3 runs after, in none of the 2 that can tell before" == (
        only(compare([clean] * 2, [leak] * 3).changes).reason
    )


def test_rates_are_compared_with_their_spread_over_the_runs(leaks):
    before = [leaks(rate).analysis() for rate in (1.0, 1.6)]
    found = only(compare(before, [leaks(rate).analysis() for rate in (1.8, 2.0)]).changes)
    assert (Status.UNCHANGED, (1.0, 1.6)) == (found.status, tuple(round(each, 1) for each in found.before_rates))
    assert found.reason.startswith("1 to 1.6 a call before")
    assert Status.WORSE == only(compare(before, [leaks(rate).analysis() for rate in (3.0, 2.5)]).changes).status


def test_a_side_without_a_run_is_refused(clean):
    with pytest.raises(ValueError, match="needs a run on each side"):
        compare([clean], [])


# -- sides that cannot be compared ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("same", "one", "other"),
    [
        (True, "app/worker.py:search", "./app/worker.py:search"),
        (True, "app/worker.py:search", "/builds/7/app/worker.py:search"),
        (True, "app/worker.py:search", "app\\worker.py:search"),
        (True, "src/app/worker.py:search", "app.worker:search"),
        (True, "app/__init__.py:run", "app:run"),
        (True, "C:\\app\\job.py", "app/job.py"),
        (True, "tests/test_a.py::Test::test_b[x:y]", "/builds/7/tests/test_a.py::Test::test_b[x:y]"),
        (False, "app/worker.py:search", "app/worker.py:add"),
        (False, "app/worker.py", "app/worker.py:search"),
        (False, "mail/main.py:run", "billing/main.py:run"),
        (False, "worker.py:search", "leaky_worker.py:search"),
        (False, "/builds/7/main.py:run", "/builds/8/main.py:run"),
        (False, "tests/test_a.py::test_b[1]", "tests/test_a.py::test_b[2]"),
        (False, "", "app.py"),
    ],
)
def test_a_target_is_the_same_from_another_folder_and_no_other_one_is(same, one, other):
    assert (same, same) == (same_target(one, other), same_target(other, one))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"target": "app/cart.py:remove"},
            "of different targets, `app/cart.py:add` before and `app/cart.py:remove` af",
        ),
        ({"inputs": "few"}, "given arguments from another function (`--inputs`: none before and few after)"),
        ({"arguments": ["--fast"]}, "the program was given other arguments (`-- ARGS`)"),
        (
            {"rpc": {"command": "python w.py", "request": "b/few.jsonl"}},
            "(`--request`: none before and few.jsonl after)",
        ),
    ],
)
def test_what_is_not_there_when_something_else_was_called_is_not_fixed(leaks, program, options, said):
    other = program(confirming=None, traced=True)
    other.manifest["options"] |= options
    for sides in (([leaks.one()], [other.analysis()]), ([other.analysis()] * 2, [other.analysis(), leaks.one()])):
        found = compare(*sides)
        assert (Outcome.INCONCLUSIVE, ()) == (found.outcome, (*found.changes, *found.types, *found.lines))
        assert f"Cannot be told: {found.void}" == found.sentence
        assert "Record the same" in found.void
    assert said in compare([leaks.one()], [other.analysis()]).sentence


def test_the_arguments_of_a_worker_are_those_behind_its_program(program):
    made = program()
    rpc = {"command": "python -X dev /srv/w.py --index big", "request": "few.jsonl"}
    made.manifest["options"] |= {"target": "w.py", "rpc": rpc}
    assert ("few.jsonl", ("--index", "big")) == (
        made.analysis().method.requests,
        made.analysis().method.arguments,
    )


def test_a_sweep_has_nothing_to_compare(clean):
    swept = replace(clean, sweep=object(), rounds=())
    assert "Record both sides in rounds, without `--sweep`" in compare([swept], [swept]).sentence


# -- cycles, types and lines ------------------------------------------------------------------------------


def test_cyclic_garbage_that_is_gone_is_told_and_weighs_nothing(program, clean):
    freed = (1000, 1014, 1154, 3268)
    littering = program(confirming=None).checkpoints(collected=freed).litters("app.Box", 140).analysis()
    assert "cycle" == littering.verdict
    found = compare([littering], [clean])
    assert (Outcome.CLEAN, ()) == (found.outcome, found.changes)
    assert Status.FIXED == only(found.cycles).status
    assert "Fixed: the program left 14 objects per call in cycles" in only(found.cycles).sentence
    assert Status.NEW == only(compare([clean], [littering]).cycles).status


LITTER = ("app/cart.py", 60, "Cart.box")


@pytest.fixture
def littering(program):
    """Build a run that leaves boxes to the collector; with `place` it knows where they are born."""

    def run(name="app.Box", place=LITTER):
        found = program(confirming=None).checkpoints(collected=(1000, 1014, 1154, 3268)).litters(name, 140)
        return (found if place is None else found.born(name, place)).analysis()

    return run


def test_cyclic_garbage_is_the_same_where_only_one_side_was_traced(littering):
    """Under `--trace auto` a run is traced if it leaks: a fix made of its garbage what is fixed, and what is new."""
    traced, plain = littering(), littering(place=None)
    assert traced.findings[0].fingerprint != plain.findings[0].fingerprint
    for before, after in ((traced, plain), (plain, traced), (traced, traced)):
        assert Status.UNCHANGED == only(compare([before], [after]).cycles).status


def test_cyclic_garbage_of_runs_of_one_side_is_the_same_where_only_some_were_traced(littering):
    traced, plain = littering(), littering(place=None)
    found = only(compare([plain, traced], [traced, plain, plain]).cycles)
    assert (Status.UNCHANGED, 2, 3) == (found.status, len(found.before_rates), len(found.after_rates))
    assert None not in (*found.before_rates, *found.after_rates)


def test_cyclic_garbage_of_another_line_or_type_is_another(littering):
    elsewhere = littering(place=("app/shop.py", 3, "Shop.pack"))
    assert {Status.FIXED, Status.NEW} == {
        row.status for row in compare([littering()], [littering("app.Bag", None)]).cycles
    }
    assert {Status.FIXED, Status.NEW} == {row.status for row in compare([littering()], [elsewhere]).cycles}


def test_types_and_lines_are_compared_with_their_rounds(leaks, clean):
    found = compare([leaks.one()], [clean])
    row = next(row for row in found.types if row.type == "app.Item")
    assert (Status.FIXED, (1, 10, 151), (0, 0, 0)) == (row.status, row.before, row.after)
    assert ((1.0,), (0.0,)) == (row.before_rates, row.after_rates)
    assert ("app/cart.py", 41, Status.FIXED) == (
        only(found.lines).frame.file,
        only(found.lines).frame.line,
        only(found.lines).status,
    )


def test_types_and_lines_of_a_run_that_ended_early_are_not_called_fixed(leaks, program):
    early = program(confirming=None, traced=True).ended("killed by signal 9").analysis()
    found = compare([leaks.one()], [early])
    assert {(Status.UNSURE, (None,))} == {(row.status, row.after_rates) for row in (*found.types, *found.lines)}
    # One that ran to its end beside it can tell.
    whole = program(confirming=None, traced=True).analysis()
    found = compare([leaks.one()], [early, whole])
    assert {(Status.FIXED, (None, 0.0))} == {(row.status, row.after_rates) for row in (*found.types, *found.lines)}


def test_a_line_that_an_edit_moved_is_one_line(leaks):
    found = compare([leaks.one()], [leaks(place=("app/cart.py", 57, "Cart.add")).analysis()])
    row = only(found.lines)
    assert (57, 41, Status.UNCHANGED) == (row.frame.line, row.moved_from, row.status)


def test_two_lines_of_a_function_that_moved_are_not_guessed(leaks):
    def run(first, second):
        return (
            leaks(place=("app/cart.py", first, "Cart.add"))
            .allocates(("app/cart.py", second, "Cart.add"), blocks=ONE)
            .analysis()
        )

    found = compare([run(41, 42)], [run(51, 52)])
    assert [Status.NEW, Status.NEW, Status.FIXED, Status.FIXED] == [row.status for row in found.lines]
    assert {None} == {row.moved_from for row in found.lines}


def test_without_traces_on_a_side_no_line_is_called_fixed(leaks, program):
    untraced = program(confirming=None, traced=False).analysis()
    found = compare([leaks.one()], [untraced])
    assert () == found.lines
    assert "Allocations were not traced in every run, so lines are not compared." in found.caveats


def test_numbers_of_a_type_that_grows_elsewhere_are_not_this_cause(leaks, by_id, program):
    # `str` grows in another place now: "now 0" would be wrong of the type, and is not said.
    before = leaks(name="str").analysis()
    after = program().keeps(NAMES, "str", *ONE, edge="[*]").analysis()
    found = next(each for each in compare([before], [after]).changes if each.status is Status.FIXED)
    assert "now 0" not in found.sentence
    assert "and now nothing there grows with the calls" in found.sentence


# -- caveats ----------------------------------------------------------------------------------------------


def test_what_else_differs_is_a_caveat(leaks):
    other = leaks(rounds=(1, 10, 100), confirming=200)
    other.manifest["options"] |= {"target": "/builds/7/app/cart.py:add", "setup": "warm"}
    other.manifest["environment"] = {"python": "3.12.1", "libraries": "json 2, re 3", "hash_seed": "random"}
    before = leaks()
    before.manifest["environment"] = {"python": "3.11.9", "libraries": "json 2, re 2", "hash_seed": "0"}
    assert (
        "The target has more than one name, and is taken for one: app/cart.py:add and /builds/7/app/cart.py:add.",
        "The plan is not the same: 1, 10, 151 calls before, 1, 10, 100 calls after.",
        "The setup is not the same: none before, warm after.",
        "Libraries are not the same: re 2 only before, re 3 only after.",
        "python is not the same: 3.11.9 before, 3.12.1 after.",
    ) == compare([before.analysis()], [other.analysis()]).caveats


def test_plans_that_differ_are_told_apart_in_the_sentence(leaks):
    found = compare([leaks.one()], [leaks(rounds=(1, 10, 100), confirming=200).analysis()])
    assert "(1, 10, 151 calls: +1 +10 +151, now 1, 10, 100 calls: +1 +10 +100)" in found.sentence


def test_the_same_side_twice_has_no_caveat(leaks):
    assert () == compare([leaks.one()], [leaks.one()]).caveats


# -- findings of other kinds ------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", ["native", "fd", "thread", "arrow"])
def test_findings_without_container_chain_type_and_line_are_compared(leaks, clean, domain):
    leak = leaks.one()
    bare = replace(
        only(leak.findings), domain=domain, type=None, container=None, chain=(), born_at=(), grown_at=(),
        fingerprint=f"{domain}0", sentence=f"Leak: the process gains 1 {domain} per call.",
    )  # fmt: skip
    odd = replace(leak, findings=(bare,))
    assert Status.FIXED == change(odd, clean).status
    assert "Fixed: the process kept" in change(odd, clean).sentence
    assert f"New leak: the process gains 1 {domain} per call" in change(clean, odd).sentence
    assert Status.UNCHANGED == change(odd, odd).status
    assert Status.FIXED == next(each for each in compare([odd], [leak]).changes if each.after is None).status


def test_comparing_is_pure(leaks, clean):
    runs = [leaks.one()], [clean]
    assert compare(*runs) == compare(*runs)


def test_two_findings_with_one_fingerprint_are_two_causes(leaks):
    leak = leaks.one()
    twice = replace(leak, findings=leak.findings * 2)
    assert [Status.UNCHANGED, Status.FIXED] == sorted(
        (each.status for each in compare([twice], [leak]).changes), key=lambda status: status != "unchanged"
    )
