"""DOT comes from a recording that anyone may have made: only nodes and edges are taken from it."""

from __future__ import annotations

import time

import pytest

from snapdiff.analysis.dot import parse
from snapdiff.analysis.model import GraphEdge, GraphNode

#: What objgraph wrote with the agent's labels for a dict that keeps every item.
REAL = r"""digraph ObjectGraph {
  node[shape=box, style=filled, fillcolor=white];
  o139896092661328[fontcolor=red];
  o139896092661328[label="Item\n56 B"];
  o139896092661328[fillcolor="0,0,1"];
  o139896094306816 -> o139896092661328 [label="{value}"];
  o139896094306816[label="dict\n464 entries, 18512 B"];
  o139896094306816[fillcolor="0,0,0.72"];
  o139896094249408 -> o139896094306816 [label=".KEEP"];
  o139896094249408[label="dict\n11 entries, 464 B"];
  o139896094249408[fillcolor="0,0,0.58"];
  o139896092306112 -> o139896094249408 [label="__dict__"];
  o139896092306112[label="module vic\n72 B"];
  o139896092306112[fillcolor="0.3,1,0.44"];
  o139896092306112[fontcolor=white];
  too_many_o139896092306112->o139896092306112[color=red,style=dotted,len=0.25,weight=10];
  too_many_o139896092306112[label="12 more backreferences",shape=box,height=0.25,color=red,fontsize=6];
  too_many_o139896092306112[fontcolor=white];
  o139896092291488 -> o139896094249408 [label="globals of \"work\""];
  o139896092291488[label="frame of run\n152 B"];
}
"""

#: Seconds of this process that the worst text here may take: no recording should keep a reader waiting.
PATIENCE = 2.0


def labels(graph):
    return [node.label for node in graph.nodes]


def test_the_graph_of_objgraph_becomes_nodes_with_roles_and_labelled_edges():
    graph = parse(REAL, "app.Item", "objgraph 3.6.2")
    assert ("app.Item", "objgraph 3.6.2") == (graph.type, graph.drawn_by)
    assert [
        GraphNode(0, "Item", "56 B", "survivor"),
        GraphNode(1, "dict", "464 entries, 18512 B", "object"),
        GraphNode(2, "dict", "11 entries, 464 B", "object"),
        GraphNode(3, "module vic", "72 B", "root"),
    ] == list(graph.nodes[:4])
    assert {
        GraphEdge(1, 0, "{value}"), GraphEdge(2, 1, ".KEEP"), GraphEdge(3, 2, "__dict__"),
    } <= set(graph.edges)  # fmt: skip


def test_a_frame_is_a_root_and_a_quote_in_a_label_is_a_quote():
    graph = parse(REAL, "app.Item", "objgraph")
    frame = next(node for node in graph.nodes if node.label == "frame of run")
    assert "root" == frame.role
    assert 'globals of "work"' in [edge.label for edge in graph.edges]


def test_what_was_not_drawn_is_a_node_that_says_how_many_more():
    more = next(node for node in parse(REAL, "app.Item", "objgraph").nodes if node.role == "more")
    assert "12 more backreferences" == more.label


@pytest.mark.parametrize("text", ["", "\n\n", "digraph G {}", "no graph at all", "a -> b;", "\0\0", "[[[[", '"' * 99])
def test_text_without_labelled_nodes_is_no_graph(text):
    assert parse(text, "app.Item", "objgraph") is None


@pytest.mark.parametrize(
    "line",
    [
        "a[label=<<table><tr><td>html</td></tr></table>>];",
        'a[image="/etc/passwd"];',
        'a[URL="javascript:alert(1)"];',
        'a[shape=box, label="hidden behind another attribute"];',
        'a[label="never closed];',
        "a[label='single'];",
        'graph[label="title", bgcolor=red];',
        'subgraph cluster_0 { label="box" }',
    ],
)
def test_what_is_no_plain_node_adds_nothing_but_plain_text(line):
    graph = parse(f'{line}\nplain[label="dict"];', "app.Item", "objgraph")
    said = repr(graph)
    for foreign in ("<table", "/etc/passwd", "javascript", "never closed", "single"):
        assert foreign not in said
    assert "dict" in labels(graph)


def test_attributes_behind_a_label_are_not_taken():
    graph = parse('a[label="dict", image="/etc/passwd", URL="https://evil.example/"];', "app.Item", "objgraph")
    assert [GraphNode(0, "dict", "", "object")] == list(graph.nodes)


def test_a_label_that_looks_like_html_is_text():
    graph = parse(r'a[label="<b>x</b>\n<script>"];', "app.Item", "objgraph")
    assert [GraphNode(0, "<b>x</b>", "<script>", "object")] == list(graph.nodes)


def test_edges_to_nodes_without_a_label_and_to_themselves_are_left_out():
    text = 'a[label="A"];\nb[label="B"];\na -> b;\na -> a;\na -> ghost;\nghost -> b;'
    assert (GraphEdge(0, 1, ""),) == parse(text, "app.Item", "objgraph").edges


def test_equal_edges_are_one():
    text = 'a[label="A"];\nb[label="B"];' + "\na -> b;" * 50 + '\na -> b [label="x"];'
    assert (GraphEdge(0, 1, ""), GraphEdge(0, 1, "x")) == parse(text, "app.Item", "objgraph").edges


def test_a_node_that_is_labelled_twice_is_one_node():
    graph = parse('a[label="one"];\na[label="two"];', "app.Item", "objgraph")
    assert ["two"] == labels(graph)


def test_ten_thousand_nodes_become_two_hundred_with_edges_between_them():
    text = "\n".join(f'n{i}[label="node {i}"];\nn{i - 1} -> n{i};' for i in range(10_000))
    graph = parse(text, "app.Item", "objgraph")
    assert (200, 199) == (len(graph.nodes), len(graph.edges))
    assert all(edge.source < 200 and edge.target < 200 for edge in graph.edges)


def test_a_hundred_thousand_edges_become_a_thousand():
    text = 'a[label="A"];\nb[label="B"];\n' + "\n".join(f'a -> b [label="{i}"];' for i in range(100_000))
    assert 1000 == len(parse(text, "app.Item", "objgraph").edges)


def test_labels_are_cut():
    graph = parse(
        f'a[label="{"x" * 5000}\\n{"y" * 5000}"];\nb[label="B"];\na -> b [label="{"z" * 5000}"];', "t", "objgraph"
    )
    assert (120, 120, 120) == (len(graph.nodes[0].label), len(graph.nodes[0].detail), len(graph.edges[0].label))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000_000,
        'a[label="' + "x" * 10_000_000,
        'a[label="' + "\\n" * 5_000_000 + '"];',
        "\n" * 10_000_000,
        ('a[label="' + "\\" * 99 + "\n") * 100_000,
    ],
    ids=["word", "unterminated", "newlines", "lines", "many"],
)
def test_ten_megabytes_of_anything_are_read_in_a_short_time(text):
    started = time.process_time()
    graph = parse(text, "app.Item", "objgraph")
    assert time.process_time() - started < PATIENCE
    assert graph is None or len(repr(graph)) < 100_000
