"""The path to what grows as a graph: merged nodes with counts, and the survivors with the way to them first."""

from __future__ import annotations

from snapdiff.analysis.growth import Judgement, Span
from snapdiff.analysis.model import ChainNode, Container, Law, Verdict
from snapdiff.analysis.pathgraph import path_graph
from snapdiff.analysis.paths import Grown, Node

SPANS = (Span(1, False), Span(10, False), Span(100, True))
JUDGED = Judgement(Law.LINEAR, Verdict.LEAK, 1.0, ())
CHAIN = (ChainNode("module app", "module"), ChainNode(".items", "list"))
ITEMS = Container("module app → items", "list", 222, None)


def node(number, parent, edge, kind, last=100):
    """A step that gains `last` objects of 8 bytes in the last round."""
    return Node(number, parent, edge, kind, objects=(1, 10, last), bytes=(8, 80, 8 * last))


def graph_of(below, kind, *, growth=(1, 10, 100), unit="entries", container=ITEMS, chain=CHAIN, also=()):
    holder = node(1, 0, ".items", "list")
    nodes = {each.number: each for each in (node(0, -1, "module app", "module"), holder, *below, *also)}
    grown = Grown(holder, JUDGED, growth, unit, list(below))
    return path_graph(chain, grown, SPANS, nodes=nodes, container=container, kind=kind)


def test_each_step_has_its_count_and_what_it_gains_a_call():
    graph = graph_of([node(2, 1, "[*]", "app.Item"), node(3, 2, ".name", "str")], "app.Item")
    assert [
        ("module app", "", "root"),
        ("list", "222 entries, +1/call", "container"),
        ("app.Item", "gained 111, +1/call", "survivor"),
        ("str", "gained 111, +1/call", "object"),
    ] == [(each.label, each.detail, each.role) for each in graph.nodes]
    assert [(0, 1, ".items"), (1, 2, "[*]"), (2, 3, ".name")] == [
        (each.source, each.target, each.label) for each in graph.edges
    ]


def test_containers_that_are_reached_the_same_way_are_one_node_with_their_number():
    graph = graph_of([], None, container=Container("p", "list", 6828, None, 3))
    assert ("3 × list", "6,828 entries, +1/call") == (graph.nodes[1].label, graph.nodes[1].detail)


def test_growth_in_bytes_and_growth_below_one_a_call_are_told_in_their_own_way():
    assert "+70 B/call" == graph_of([], None, growth=(70, 700, 7000), unit="bytes").nodes[1].detail
    assert "222 entries, +1 per 50 calls" == graph_of([], None, growth=(0, 0, 2)).nodes[1].detail


def test_the_survivors_and_the_way_to_them_are_drawn_first():
    below = [node(2, 1, "[*]", "tuple"), node(3, 2, "[*]", "int"), node(4, 2, "[*]", "app.Item")]
    labels = [each.label for each in graph_of(below, "app.Item").nodes]
    assert ["module app", "list", "tuple", "app.Item", "int"] == labels


def test_of_too_many_steps_the_named_one_stays_and_the_rest_is_counted():
    below = [*(node(number, 1, "[*]", "dict", 1000) for number in range(2, 40)), node(40, 1, "[*]", "app.Item")]
    graph = graph_of(below, "app.Item")
    assert 12 == len(graph.nodes)
    assert 1 == [each.label for each in graph.nodes].count("app.Item")
    assert ("+ 30 more", "more") == (graph.nodes[-1].label, graph.nodes[-1].role)
    assert graph.edges[-1].source == 1


def test_a_step_that_does_not_grow_itself_is_passed_over():
    between = Node(2, 1, "[*]", "app.Page", objects=(0, 0, 0))
    graph = graph_of([node(3, 2, ".rows", "list")], "list", also=[between])
    assert [(0, 1), (1, 2)] == [(each.source, each.target) for each in graph.edges]


def test_without_a_chain_there_is_no_graph():
    assert None is graph_of([], None, chain=())
