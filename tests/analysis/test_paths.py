"""Which container is named: the topmost that grows, once, with what grows below it."""

from __future__ import annotations

import pyarrow.compute as pc
import pytest

from snapdiff.analysis import Verdict, analyze
from snapdiff.analysis.matrices import Matrices
from snapdiff.analysis.model import Law
from snapdiff.analysis.paths import Paths
from snapdiff.recording import Recording

ONE = (1, 10, 151, 302)
SLOWER = (1, 10, 139, 220)
"""Of 1,000 keys drawn at random: it may fill up."""
FULL = (1, 10, 117, 0)


def only(findings):
    """The finding, when there is just one."""
    (finding,) = findings
    return finding


def named(found):
    """The containers of all findings, in their order."""
    return [finding.container.path for finding in found.findings]


def times(k):
    return tuple(k * gain for gain in ONE)


def test_a_table_that_is_empty_whenever_it_is_looked_at_is_no_leak_however_large_it_has_become(program):
    # Entries that only the collector takes out: the longer it has not run, the fuller the table was meanwhile.
    steps, sizes = ("module app:module", ".slots:set"), (0, 1024, 8192, 16_384)
    assert () == program().path(*steps, sizes=sizes).looked_at(*steps).analysis().findings
    assert "leak" == program().path(steps[0], ".text:bytearray", sizes=sizes).analysis().verdict


# -- the topmost ------------------------------------------------------------------------------------------


def test_only_the_topmost_growing_container_is_a_cause(program, by_id):
    # Each item has a list of its own with ten strings: there are more lists, and they have more entries.
    found = (
        program()
        .keeps(by_id, "app.Item", *ONE)
        .path(*by_id, "{value}:app.Item", ".tags:list", objects=ONE, entries=times(10))
        .path(*by_id, "{value}:app.Item", ".tags:list", "[*]:str", objects=times(10))
        .analysis()
    )
    assert ["module app → Cart.by_id"] == named(found)
    assert ("app.Item", ("list", "str")) == (found.findings[0].type, found.findings[0].other_types)
    assert (1 + 1 + 10) * 64 == found.findings[0].bytes_per_iteration


def test_keys_and_values_of_one_dictionary_are_one_cause(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE).path(*by_id, "{key}:str", objects=ONE).analysis()
    assert ["module app → Cart.by_id"] == named(found)
    assert ("app.Item", ("str",)) == (found.findings[0].type, found.findings[0].other_types)


def test_keys_and_values_are_one_cause_where_only_they_grow_and_not_their_dictionary(program, by_id):
    # So it is where a collection does not say how many entries it has.
    found = program().path(*by_id, "{value}:app.Item", objects=ONE).path(*by_id, "{key}:str", objects=ONE)
    assert ["module app → Cart.by_id"] == named(found.analysis())


def test_two_containers_below_one_object_are_two_causes(program):
    found = program()
    for name, size in ((".first", 200), (".second", 100)):
        found.keeps(("module app:module", f"{name}:list"), "app.Item", *ONE, size=size, edge="[*]")
    assert ["module app → first", "module app → second"] == named(found.analysis())


def test_a_container_below_one_that_stays_as_it_is_is_the_cause(program):
    steps = ("module app:module", ".registry:dict", "{value}:app.Shop", ".orders:list")
    found = program().path(*steps[:2], entries=(3, 0, 0, 0)).keeps(steps, "app.Order", *ONE, edge="[*]")
    assert ["module app → registry{value}.orders"] == named(found.analysis())


def test_what_grows_at_an_attribute_is_named_by_what_has_the_attribute(program):
    # A linked structure: every link but the first is folded into one path, which has no length.
    steps = ("module app:module", ".stack:app.Stack")
    found = (
        program()
        .path(*steps, ".top:app.Link", objects=ONE)
        .path(*steps, ".top:app.Link", ".value:str", objects=ONE)
        .analysis()
    )
    finding = only(found.findings)
    assert ("module app → stack", "app.Stack") == (finding.container.path, finding.container.type)
    assert ("app.Link", ("str",), ONE) == (finding.type, finding.other_types, finding.growth)
    assert ("objects", None) == (finding.unit, finding.container.size)


def test_a_root_that_grows_is_its_own_container(program):
    finding = only(program().path("module app:module", objects=ONE).analysis().findings)
    assert "module app" == finding.container.path


def test_where_parent_and_child_were_looked_at_the_child_with_its_entries_is_named(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE).looked_at(*by_id[:2])
    assert ["module app → Cart.by_id"] == named(found.analysis())


def test_where_only_the_parent_was_looked_at_objects_that_grow_in_it_are_its_own(program):
    # More lists with more entries below an object: the agent looked at the object.
    steps = ("module app:module", ".shop:app.Shop")
    found = program().path(*steps, ".rows:list", objects=ONE, entries=times(2)).looked_at(*steps, entries=3)
    assert ["module app → shop"] == named(found.analysis())


def test_where_only_the_parent_was_looked_at_entries_alone_still_name_the_child(program, by_id):
    found = program().path(*by_id, entries=ONE).path(*by_id, "{value}:app.Item", objects=ONE).looked_at(*by_id[:2])
    assert ["module app → Cart.by_id"] == named(found.analysis())


# -- verdicts along a path --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gained", "verdict", "law"),
    [(SLOWER, Verdict.INCONCLUSIVE, Law.BOUNDED), ((1, 10, 117, 40), Verdict.SATURATING, Law.BOUNDED)],
)
def test_a_container_above_that_still_fills_takes_the_accusation_from_what_grows_in_it(program, gained, verdict, law):
    cache = ("module app:module", ".cache:dict")
    rows = (*cache, "{value}:app.Entry", ".rows:list")
    found = program().path(*cache, entries=gained).keeps(rows, "app.Row", *times(5), edge="[*]").analysis()
    inner = next(each for each in found.findings if each.type == "app.Row")
    assert (verdict, law) == (inner.verdict, inner.law)
    assert any("may fill up and stop: it is judged with that" in reason for reason in inner.reasons)
    assert (verdict is Verdict.INCONCLUSIVE) == inner.doubt.endswith("may fill up and stop: it is judged with that")
    assert verdict is found.verdict


def test_a_container_above_that_is_full_leaves_the_accusation(program):
    cache = ("module app:module", ".cache:dict")
    rows = (*cache, "{value}:app.Entry", ".rows:list")
    found = program().path(*cache, entries=FULL).keeps(rows, "app.Row", *ONE, edge="[*]").analysis()
    assert [Verdict.LEAK, Verdict.SATURATING] == [finding.verdict for finding in found.findings]


def test_what_fills_below_a_leak_is_part_of_it(program, by_id):
    found = (
        program()
        .keeps(by_id, "app.Item", *ONE)
        .path(*by_id, "{value}:app.Item", ".kind:app.Kind", objects=SLOWER)
        .analysis()
    )
    finding = only(found.findings)
    assert (Verdict.LEAK, ("app.Kind",)) == (finding.verdict, finding.other_types)


def test_the_worst_measure_of_a_path_decides(program, by_id):
    # The dictionary gets entries at one a call, and is replaced by more and more dictionaries on the way.
    found = program().path(*by_id, objects=SLOWER, entries=ONE).looked_at(*by_id).analysis()
    assert Verdict.LEAK is only(found.findings).verdict


def test_more_and_more_collections_are_a_leak_while_what_is_in_all_of_them_still_fills(program, by_id):
    found = program().path(*by_id, "{value}:list", objects=ONE, entries=SLOWER).analysis()
    assert Verdict.LEAK is only(found.findings).verdict


def test_a_path_that_fell_far_below_its_peak_is_clean(program, by_id):
    def judged(fall):
        return (
            program()
            .path(*by_id, entries=ONE, falls=(0, 0, fall))
            .path(*by_id, "{value}:app.Item", objects=ONE, falls=(fall, 0, 0))
            .analysis()
        )

    # 453 were gained in N and after it: a tenth may be lost again.
    assert [Verdict.LEAK, Verdict.CLEAN] == [judged(45).verdict, judged(46).verdict]


def test_falls_are_those_of_the_measure_that_is_judged(program, by_id):
    found = program().path(*by_id, entries=ONE, falls=(400, 400, 0))
    assert Verdict.LEAK is found.analysis().verdict


# -- counts -----------------------------------------------------------------------------------------------


def test_what_grows_below_another_cause_is_not_counted_twice(program, by_id):
    # The cache holds rows and still fills; a log in each of its rows holds three more a call, for itself.
    cache, filling = ("module app:module", ".cache:dict"), (1, 10, 117, 40)
    log = (*cache, "{value}:app.Row", ".log:list")
    found = (
        program()
        .path(*cache, entries=filling)
        .path(*cache, "{value}:app.Row", objects=filling)
        .keeps(log, "app.Row", *times(3), edge="[*]")
        .analysis()
    )
    assert [("module app → cache{value}.log", times(3)), ("module app → cache", filling)] == [
        (each.container.path, each.growth) for each in found.findings
    ]


def test_the_same_type_under_several_names_of_one_cause_is_summed(program, by_id):
    # Names that came in one round and stayed do not grow in the last: still they are part of it.
    found = (
        program()
        .keeps(by_id, "app.Item", *ONE)
        .path(*by_id, ".last:app.Item", objects=(0, 0, 7, 0))
        .path("module app:module", ".other:app.Item", objects=(0, 5, 0, 0))
    )
    assert (1, 10, 158, 302) == only(found.analysis().findings).growth


def test_below_a_cause_is_what_no_nearer_cause_has_above_it(program, by_id):
    inner = (*by_id, "{value}:app.Item", ".tags:list")
    found = (
        program()
        .path(*by_id, "{key}:str", objects=FULL)
        .path(*by_id, entries=FULL)
        .path(*inner, entries=ONE)
        .path(*inner, "[*]:str", objects=ONE)
    )
    paths = Paths(Matrices(found.recording()))
    outer_node, inner_node = (paths.nodes[found.node(*steps)] for steps in (by_id, inner))
    assert {outer_node.number, inner_node.number} == {each.node.number for each in paths.grown()}
    assert [paths.nodes[found.node(*inner, "[*]:str")]] == paths.below(inner_node)
    assert {found.node(*by_id, "{key}:str"), found.node(*inner[:-1]), inner_node.number} == {
        node.number for node in paths.below(outer_node)
    }


def test_causes_are_found_once_however_often_they_are_asked_for(program, by_id):
    paths = Paths(Matrices(program().keeps(by_id, "app.Item", *ONE).recording()))
    first = [(each.node.number, list(each.below)) for each in paths.grown()]
    assert first == [(each.node.number, list(each.below)) for each in paths.grown()]


# -- sizes ------------------------------------------------------------------------------------------------


def sized(program, *sizes, steps=("module app:module", ".log:bytearray"), **more):
    return program().path(*steps, sizes=sizes, **more).looked_at(*steps).analysis()


def test_one_object_that_gets_larger_for_ever_is_a_leak_of_bytes_in_itself(program):
    finding = only(sized(program, 1000, 10_000, 151_000, 302_000).findings)
    assert (Verdict.LEAK, "bytearray", "bytes") == (finding.verdict, finding.type, finding.unit)
    assert ("module app → log", "bytearray") == (finding.container.path, finding.container.type)
    assert (0.0, 1000.0) == (finding.objects_per_iteration, finding.bytes_per_iteration)
    assert (1000, 10_000, 151_000, 302_000) == finding.growth


def test_size_is_judged_by_eight_bytes_a_call(program):
    assert Verdict.LEAK is sized(program, 8, 80, 1208, 2416).verdict
    assert Verdict.CLEAN is sized(program, 8, 80, 1208, 2415).verdict


def test_a_size_that_fell_far_below_its_peak_is_clean(program):
    # 453,000 bytes were gained in N and after it.
    growing = (1000, 10_000, 151_000, 302_000)
    assert [Verdict.LEAK, Verdict.CLEAN] == [
        sized(program, *growing, falls=(0, fall, 0)).verdict for fall in (45_300, 45_301)
    ]


def test_size_says_nothing_while_the_objects_themselves_come_and_go(program):
    assert Verdict.CLEAN is sized(program, 1000, 10_000, 151_000, 302_000, objects=(0, 0, 3, 0)).verdict
    assert Verdict.CLEAN is sized(program, 1000, 10_000, 151_000, 302_000, objects=(0, 0, 0, 3)).verdict
    assert Verdict.LEAK is sized(program, 1000, 10_000, 151_000, 302_000, objects=(9, 3, 0, 0)).verdict


def test_a_collection_is_judged_by_its_entries_and_never_by_its_size(program):
    # A table that is made larger has spare room: it says nothing.
    found = program().path("module app:module", ".t:dict", entries=(3, 0, 0, 0), sizes=(0, 80, 1208, 2416)).analysis()
    assert Verdict.CLEAN is found.verdict


# -- recordings that ended early --------------------------------------------------------------------------


def test_a_path_without_a_last_checkpoint_is_taken_to_have_stayed_as_it_was(program, by_id):
    whole = program().keeps(by_id, "app.Item", *ONE).recording()
    counts = whole.tables["path_counts"]
    last = pc.max(counts["checkpoint"])
    cut = Recording(whole.manifest, {**whole.tables, "path_counts": counts.filter(pc.less(counts["checkpoint"], last))})
    found = analyze(cut)
    assert Verdict.SATURATING is found.verdict
    assert (1, 10, 151, 0) == found.findings[0].growth


def test_paths_of_which_nothing_was_counted_are_nobodys(program, by_id):
    whole = program().keeps(by_id, "app.Item", *ONE).recording()
    counts = whole.tables["path_counts"]
    none = Recording(whole.manifest, {**whole.tables, "path_counts": counts.slice(0, 0)})
    assert () == analyze(none).findings
