"""Findings of containers: what they are called, what they hold, what is put together and what is withdrawn."""

from __future__ import annotations

import pytest

from snapdiff.analysis import Verdict
from snapdiff.analysis.model import Law
from snapdiff.api import Report

ONE = (1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")
HANDLE = ("app/shop.py", 12, "handle")
RUN = ("bench.py", 7, "run")
LIBRARY = ("/venv/lib/python3.11/site-packages/orm/row.py", 88, None)
WEAK = "weakref.ReferenceType"
WATCHERS = ("module app:module", ".watchers:set")


def only(findings):
    """The finding, when there is just one."""
    (finding,) = findings
    return finding


def times(k):
    return tuple(k * gain for gain in ONE)


def at(name, kind="dict"):
    return ("module app:module", f".{name}:{kind}")


# -- what a cause is called -------------------------------------------------------------------------------


def test_a_finding_is_named_after_the_programs_own_class_even_where_builtins_weigh_more(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE, size=144)
    found.path(*by_id, "{value}:app.Item", ".name:str", objects=ONE, size=500)
    finding = only(found.path(*by_id, "{key}:str", objects=ONE, size=50).analysis().findings)
    assert ("app.Item", ("str",)) == (finding.type, finding.other_types)
    assert 144.0 + 500.0 + 50.0 == finding.bytes_per_iteration
    assert (1.0, ONE, "objects") == (finding.objects_per_iteration, finding.growth, finding.unit)


def test_of_two_builtins_the_nearer_one_names_the_finding(program):
    found = program().keeps(at("rows"), "list", *ONE)
    found.path(*at("rows"), "{value}:list", "[*]:str", objects=times(9), size=900)
    assert ("list", ("str",)) == (only(found.analysis().findings).type, found.analysis().findings[0].other_types)


def test_a_value_names_the_finding_before_the_key_that_it_is_found_by(program):
    found = program().keeps(at("names"), "int", *ONE).path(*at("names"), "{key}:bytes", objects=ONE, size=900)
    assert "int" == only(found.analysis().findings).type


def test_an_exception_is_named_and_not_what_its_frames_hold(program, by_id):
    frame = (*by_id, "{value}:ValueError", ".__traceback__:traceback", " → :frame")
    found = program().keeps(by_id, "ValueError", *ONE, size=144)
    found.path(*frame, " → local variable of call():app.Info", objects=ONE, size=500)
    finding = only(found.analysis().findings)
    assert ("ValueError", ("app.Info",)) == (finding.type, finding.other_types)
    # One that is kept beside the exception too is the program's own as ever.
    beside = only(found.path(*by_id, "{value}:app.Info", objects=ONE, size=500).analysis().findings)
    assert "app.Info" == beside.type


def test_a_suspended_generator_is_named_and_not_what_its_local_variables_hold(program, by_id):
    found = program().keeps(by_id, "generator", *ONE, size=144)
    found.path(*by_id, "{value}:generator", " → local variable of rows():app.Reader", objects=ONE, size=500)
    finding = only(found.analysis().findings)
    assert ("generator", ("app.Reader",)) == (finding.type, finding.other_types)


def test_a_suspended_generator_waits_at_the_programs_line_and_not_where_its_library_does(program, by_id):
    library, own = ("/usr/lib/python3.11/contextlib.py", 10, "nested"), ("app/rows.py", 7, "rows")
    found = program().keeps(by_id, "generator", *ONE).looked_at(*by_id)
    found.suspends("generator", library, own).suspends("generator", ("app/rows.py", 9, "rows"), count=3)
    found.suspends("coroutine", ("app/other.py", 1, "other"))
    finding = only(found.analysis().findings)
    assert [("app/rows.py", 7), ("app/rows.py", 9)] == [(row.frame.file, row.frame.line) for row in finding.waits_at]


def test_of_equals_the_type_that_gains_most_names_the_finding(program):
    found = program().keeps(at("rows"), "app.Few", *ONE).path(*at("rows"), "{value}:app.Many", objects=times(2))
    assert "app.Many" == only(found.analysis().findings).type


def test_a_container_of_what_was_there_before_is_named_after_itself(program):
    # Small integers are nobody's new objects: only the list gets longer.
    finding = only(program().path(*at("log", "list"), entries=ONE, sizes=times(8)).analysis().findings)
    assert ("list", "entries", ONE) == (finding.type, finding.unit, finding.growth)
    assert (0.0, 8.0) == (finding.objects_per_iteration, finding.bytes_per_iteration)


def test_the_container_is_described_with_its_size_bound_and_chain(cart):
    finding = only(cart.analysis().findings)
    assert ("module app → Cart.by_id", "dict", 564, None, 1) == (
        finding.container.path,
        finding.container.type,
        finding.container.size,
        finding.container.bound,
        finding.container.count,
    )
    assert [("module app", "module"), (".Cart", "type"), (".by_id", "dict")] == [
        (node.label, node.type) for node in finding.chain
    ]


def test_a_container_that_nobody_looked_at_is_described_by_its_path(program, by_id):
    found = program().path(*by_id, entries=ONE).path(*by_id, "{value}:app.Item", objects=ONE)
    finding = only(found.analysis().findings)
    assert ("module app → Cart.by_id", "dict", None, None) == (
        finding.container.path,
        finding.container.type,
        finding.container.size,
        finding.container.bound,
    )
    assert ["module app", ".Cart", ".by_id"] == [node.label for node in finding.chain]
    assert (None, None) == (finding.leak_share_bytes, finding.not_shared_bytes)


def test_shares_are_those_that_were_measured(program, by_id):
    finding = only(program().keeps(by_id, "app.Item", *ONE, share=5000, alone=4000).analysis().findings)
    assert (5000, 4000) == (finding.leak_share_bytes, finding.not_shared_bytes)


def test_an_accusation_says_for_how_many_calls_nothing_stopped_it(cart):
    assert "not bounded within 464 calls" == only(cart.analysis().findings).reasons[-1]


# -- bounds -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "bound"), [("collections.deque", 1000), ("functools._lru_cache_wrapper", 4096)])
def test_a_holder_that_knows_its_bound_is_saturating_and_no_leak(program, kind, bound):
    found = program().keeps(at("recent", kind), "app.Item", *ONE, entries=464, bound=bound).analysis()
    finding = only(found.findings)
    assert (Verdict.SATURATING, Law.BOUNDED, bound) == (finding.verdict, finding.law, finding.container.bound)
    assert "module app → recent holds 464 and never more than 1000".replace("1000", str(bound)) == finding.reasons[-1]
    assert (Verdict.SATURATING, 0) == (found.verdict, Report(found).exit_code)


def test_many_holders_that_know_their_bounds_together_have_none(program):
    kind = "collections.deque"
    found = program().keeps(at("recent", kind), "app.Item", *ONE, bound=10, containers=50).analysis()
    assert (Verdict.LEAK, 50) == (found.verdict, found.findings[0].container.count)


# -- weak references --------------------------------------------------------------------------------------


def test_weak_references_to_what_leaks_are_no_second_cause(cart):
    cart.keeps(WATCHERS, WEAK, *ONE, edge="[*]")
    assert ["app.Item"] == [finding.type for finding in cart.analysis().findings]


def test_weak_references_that_grow_by_more_than_anything_else_are_a_cause_of_their_own(program, by_id):
    def causes(items):
        found = program().keeps(by_id, "app.Item", 1, 10, 151 * 9, items)
        return len(found.keeps(WATCHERS, WEAK, 10, 100, 1510, 3020, edge="[*]").analysis().findings)

    # Nine tenths of 3,020 are 2,718.
    assert [2, 1] == [causes(2717), causes(2718)]


@pytest.mark.parametrize("kind", ["weakref", WEAK, "weakref.KeyedRef", "weakref.WeakMethod"])
def test_weak_references_that_alone_grow_are_withdrawn(program, kind):
    found = program().keeps(WATCHERS, kind, *ONE, edge="[*]").analysis()
    finding = only(found.findings)
    assert (Verdict.INCONCLUSIVE, kind) == (finding.verdict, finding.type)
    assert any("withdrawn: only weak references grow" in reason for reason in finding.reasons)
    assert "only weak references grow, and those are often removed all at once later" == finding.doubt
    assert 3 == Report(found).exit_code


def test_keys_of_weak_references_go_with_them(program):
    steps = ("module app:module", ".names:dict")
    found = program().keeps(steps, "weakref.KeyedRef", *ONE).path(*steps, "{key}:int", objects=ONE).analysis()
    assert Verdict.INCONCLUSIVE is only(found.findings).verdict


def test_what_abstract_classes_remember_of_other_classes_is_withdrawn(program):
    steps = ("module app:module", ".Shape:abc.ABCMeta", "._abc_impl:_abc._abc_data", ".registry:set")
    found = program().path(*steps, entries=ONE).looked_at(*steps).analysis()
    assert Verdict.INCONCLUSIVE is only(found.findings).verdict


def test_weak_references_among_other_things_are_not_withdrawn(program):
    found = program().keeps(WATCHERS, WEAK, *ONE, edge="[*]").path(*WATCHERS, "[*]:app.Name", objects=ONE)
    assert (Verdict.LEAK, "app.Name") == (found.analysis().verdict, only(found.analysis().findings).type)


# -- what is put together ---------------------------------------------------------------------------------


def two_lists(program, *, line=41, kind="list", name="app.Item", gained=(2, 20, 302, 604)):
    """Two lists of one object that grow at one line, but for what is said."""
    return (
        program()
        .keeps(at("left", "list"), "app.Item", *ONE, edge="[*]", share=1000, alone=900)
        .born("app.Item", HANDLE, RUN)
        .grew(ADD, RUN)
        .keeps(at("right", kind), name, *gained, edge="[*]", share=200, alone=100)
        .born(name, HANDLE, RUN)
        .grew((ADD[0], line, ADD[2]), RUN)
        .analysis()
    )


def test_containers_that_grow_at_one_line_are_one_cause_and_add_up(program):
    finding = only(two_lists(program).findings)
    assert ("module app → left", ("module app → right",)) == (finding.container.path, finding.other_containers)
    assert (times(3), 3.0, 192.0) == (finding.growth, finding.objects_per_iteration, finding.bytes_per_iteration)
    assert (1200, 1000) == (finding.leak_share_bytes, finding.not_shared_bytes)
    assert ((0, 0), (1, 3), (11, 33), (162, 486), (464, 1392)) == finding.curve
    assert [3 * 464] == [row.born for row in finding.born_at]
    assert "gains 3 `app.Item` per call (192 B)" in finding.sentence


@pytest.mark.parametrize("other", [{"line": 42}, {"kind": "collections.deque"}, {"name": "app.Other"}])
def test_another_line_container_or_type_is_another_cause(program, other):
    assert 2 == len(two_lists(program, **other).findings)


def test_another_verdict_is_another_cause(program):
    assert [Verdict.LEAK, Verdict.SATURATING] == [
        finding.verdict for finding in two_lists(program, gained=(1, 10, 151, 60)).findings
    ]


def test_what_was_not_measured_of_one_is_not_known_of_both(program):
    found = program().keeps(at("left", "list"), "app.Item", *ONE, edge="[*]", share=1000, alone=900).grew(ADD)
    finding = only(found.keeps(at("right", "list"), "app.Item", *ONE, edge="[*]").grew(ADD).analysis().findings)
    assert (None, None) == (finding.leak_share_bytes, finding.not_shared_bytes)


def holding_the_same(program, *, gained=ONE, share=500, alone=100, new=0, partner=None):
    """A registry of items, and an index with an entry for each: it holds them too."""
    found = program().keeps(at("items", "list"), "app.Item", *ONE, edge="[*]", share=600, alone=200)
    partner = found.cause if partner is None else partner
    if new:
        found.path(*at("index"), "{value}:app.Entry", objects=times(new))
    return (
        found.path(*at("index"), entries=gained)
        .looked_at(*at("index"), share=share, alone=alone, partner=partner)
        .analysis()
    )


def test_two_containers_that_hold_the_same_survivors_are_one_cause(program):
    finding = only(holding_the_same(program).findings)
    assert ("module app → items", ("module app → index",)) == (finding.container.path, finding.other_containers)
    assert (ONE, 600) == (finding.growth, finding.leak_share_bytes)


@pytest.mark.parametrize(
    "other",
    [{"gained": (2, 20, 302, 604)}, {"share": 100}, {"share": None, "alone": None}, {"new": 1}, {"partner": 99}],
    ids=["another rate", "shares nothing", "not measured", "objects of its own", "shares with another"],
)  # fmt: skip
def test_a_container_at_another_rate_or_with_survivors_of_its_own_is_another_cause(program, other):
    assert 2 == len(holding_the_same(program, **other).findings)


def test_an_index_whose_keys_alone_are_new_holds_the_same_survivors(program):
    found = program().keeps(at("items", "list"), "app.Item", *ONE, edge="[*]", share=600, alone=200)
    found.path(*at("index"), entries=ONE).path(*at("index"), "{key}:str", objects=ONE)
    found.looked_at(*at("index"), share=500, alone=100, partner=found.node(*at("items", "list")))
    assert ("module app → index",) == only(found.analysis().findings).other_containers


# -- order ------------------------------------------------------------------------------------------------


def test_findings_come_in_the_order_of_their_verdicts(program):
    found = (
        program()
        .grows("app.Once", 900, 0, 0, 0)
        .keeps(at("a"), "app.Cache", 1, 10, 117, 0, size=9000)
        .keeps(at("b"), "app.Fading", 5, 50, 755, 1100, size=9000)
        .keeps(at("c"), "app.Slow", 0, 1, 21, 43, size=9000)
        .keeps(at("d"), "app.Leak", *ONE)
        .checkpoints(collected=(0, 5, 55, 810, 2320))
        .analysis()
    )
    assert [
        Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE, Verdict.SATURATING, Verdict.CYCLE, Verdict.ONE_TIME,
    ] == [finding.verdict for finding in found.findings]  # fmt: skip
    assert Verdict.LEAK is found.verdict


def test_equal_verdicts_come_in_the_order_of_their_bytes(program):
    found = program()
    for size in (50, 5000, 500, 5, 50_000, 7000):
        found.keeps(at(f"of_{size}"), f"app.Item{size}", *ONE, size=size)
    sizes = [finding.bytes_per_iteration for finding in found.analysis().findings]
    assert [50_000, 7000, 5000, 500, 50, 5] == sizes


def test_equal_bytes_come_in_the_order_of_their_fingerprints(program):
    found = program()
    for name in "abcdef":
        found.keeps(at(name), "app.Item", *ONE)
    names = [finding.fingerprint for finding in found.analysis().findings]
    assert sorted(names) == names
    assert 6 == len(set(names))


# -- where survivors are born, and where containers grow --------------------------------------------------


@pytest.fixture
def items(program, by_id):
    """A leak of items of which nothing is known but where they are."""
    return program().keeps(by_id, "app.Item", *ONE)


def test_the_first_frame_of_the_program_is_blamed_and_those_behind_it_are_its_callers(items):
    (born,) = only(items.born("app.Item", LIBRARY, ADD, HANDLE, RUN).analysis().findings).born_at
    assert ADD == (born.frame.file, born.frame.line, born.frame.function)
    assert [HANDLE, RUN] == [(frame.file, frame.line, frame.function) for frame in born.callers]


def test_without_a_frame_of_the_program_the_first_of_all_is_blamed(items):
    items.born("app.Item", LIBRARY, ("/usr/lib/python3.11/json/decoder.py", 1, "decode"))
    (born,) = only(items.analysis().findings).born_at
    assert (LIBRARY, 1) == ((born.frame.file, born.frame.line, born.frame.function), len(born.callers))


def test_what_grows_inside_an_installed_package_is_blamed_on_that_package(program):
    inside = ("orm/row.py", 88, "load")
    found = program().file("orm/row.py", "package")
    found.keeps(("module orm.cache:module", ".ROWS:dict"), "orm.Row", *ONE).born("orm.Row", LIBRARY, inside, ADD)
    (born,) = only(found.analysis().findings).born_at
    assert inside == (born.frame.file, born.frame.line, born.frame.function)


def test_lines_are_ranked_by_the_survivors_they_bore(program, by_id):
    found = program().keeps(by_id, "app.Item", *times(4)).born("app.Item", HANDLE, count=30)
    births = only(found.born("app.Item", ADD, count=90).analysis().findings).born_at
    assert [(41, 0.75, 1392), (12, 0.25, 464)] == [(born.frame.line, born.share, born.born) for born in births]


def test_tracebacks_that_meet_in_one_line_of_the_program_vote_together(items):
    items.born("app.Item", ADD, HANDLE, count=60).born("app.Item", LIBRARY, ADD, RUN, count=60)
    (born,) = only(items.born("app.Item", RUN, count=80).analysis().findings).born_at[:1]
    assert (41, 0.6) == (born.frame.line, born.share)


def test_at_most_three_lines_are_named(items):
    for line in range(1, 9):
        items.born("app.Item", ("app/cart.py", line, "add"), count=line)
        items.grew(("app/cart.py", line, "add"), count=line)
    finding = only(items.analysis().findings)
    assert [8, 7, 6] == [born.frame.line for born in finding.born_at]
    assert [8, 7, 6] == [grown.frame.line for grown in finding.grown_at]


def test_births_of_other_types_are_told_only_where_the_main_type_has_none(items):
    items.path("module app:module", ".Cart:type", ".by_id:dict", "{key}:str", objects=ONE)
    items.born("str", HANDLE, count=500)
    assert [12] == [row.frame.line for row in only(items.analysis().findings).born_at]
    items.born("app.Item", ADD, count=5)
    assert [41] == [row.frame.line for row in only(items.analysis().findings).born_at]


def test_blocks_alive_at_a_line_are_those_of_the_last_checkpoint(cart):
    (born,) = only(cart.analysis().findings).born_at
    assert (464, 50 + 464) == (born.born, born.alive)


def test_the_line_at_which_a_container_grows_is_told_with_its_callers(cart):
    (grown,) = only(cart.grew(LIBRARY, ADD, HANDLE).analysis().findings).grown_at
    assert (41, [HANDLE]) == (
        grown.frame.line,
        [(frame.file, frame.line, frame.function) for frame in grown.callers],
    )


def test_memory_of_one_object_that_gets_longer_is_born_where_it_grows(program):
    steps = at("log", "bytearray")
    found = program().path(*steps, sizes=times(1000)).looked_at(*steps).grew(ADD, RUN)
    assert () == only(found.analysis().findings).born_at
    (born,) = only(found.allocates(ADD, RUN, blocks=(1, 0, 0, 0), sizes=times(1000)).analysis().findings).born_at
    assert (41, 1.0, None, 51) == (born.frame.line, born.share, born.born, born.alive)


def test_without_tracing_nothing_is_said_about_lines(program, by_id):
    found = program(traced=False).keeps(by_id, "app.Item", *ONE).analysis()
    assert (Verdict.LEAK, ()) == (found.verdict, found.lines)
    assert () == only(found.findings).born_at
    assert [(None, None)] * 4 == [(each.blocks, each.traced_bytes) for each in found.rounds]


def test_source_around_the_line_is_shown_with_its_number(cart):
    (excerpt,) = only(cart.analysis().findings).excerpts
    assert ("app/cart.py", 39, 41) == (excerpt.file, excerpt.first_line, excerpt.focus)
    assert ("    def add(cls):", "        # new", "        item = Item()", "        keep(item)") == excerpt.lines


def test_an_excerpt_stops_at_a_gap_and_three_lines_away(items):
    items.born("app.Item", ADD).source("app/cart.py", 30, "too far away")
    items.source("app/cart.py", 36, *(f"line {number}" for number in range(36, 43)))
    (excerpt,) = only(items.analysis().findings).excerpts
    assert (38, tuple(f"line {number}" for number in range(38, 43))) == (excerpt.first_line, excerpt.lines)


# -- graphs -----------------------------------------------------------------------------------------------


def test_a_graph_that_was_drawn_is_handed_on_beside_that_of_the_recorded_paths(cart):
    finding = only(cart.drawn("app.Item", 'a[fontcolor=red];\na[label="Item"];').analysis().findings)
    assert ("objgraph 3.6.2", ["Item"]) == (finding.graph.drawn_by, [node.label for node in finding.graph.nodes])
    assert "snapdiff, from the recorded paths" == finding.path_graph.drawn_by


def test_a_graph_of_another_cause_is_not_shown(cart):
    cart.keeps(at("recent"), "app.Item", 5, 0, 0, 0).drawn("app.Item", 'a[label="Item"];')
    assert cart.analysis().findings[0].graph is None


def test_recorded_paths_are_drawn_with_what_each_gains(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE)
    found.path(*by_id, "{value}:app.Item", ".tags:list", objects=times(2))
    graph = only(found.analysis().findings).path_graph
    assert [
        ("module app", "", "root"), ("type", "", "object"), ("dict", "564 entries, +1/call", "container"),
        ("app.Item", "gained 464, +1/call", "survivor"), ("list", "gained 928, +2/call", "object"),
    ] == [(node.label, node.detail, node.role) for node in graph.nodes]  # fmt: skip
    assert [(0, 1, ".Cart"), (1, 2, ".by_id"), (2, 3, "{value}"), (3, 4, ".tags")] == [
        (edge.source, edge.target, edge.label) for edge in graph.edges
    ]


def test_a_graph_of_many_paths_has_thirteen_nodes_at_most_and_says_what_it_left_out(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE)
    for number in range(19):
        found.path(*by_id, f"{{value}}:app.Kind{number}", objects=ONE)
    nodes = only(found.analysis().findings).path_graph.nodes
    left = 20 - sum(node.label.startswith("app.") for node in nodes)
    assert ("more", f"+ {left} more") == (nodes[-1].role, nodes[-1].label)
    assert 0 < left < 20
    assert len(nodes) <= 13
