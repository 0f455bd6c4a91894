"""Reference graphs: folded to a dozen nodes, drawn in process, and never with anyone's markup."""

from __future__ import annotations

import builtins
import os
import subprocess
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from snapdiff.analysis.model import Graph, GraphEdge, GraphNode
from snapdiff.report import graphs
from snapdiff.report.limits import GRAPH_LABEL, GRAPH_NODES


def texts_of(svg):
    return [element.text for element in ET.fromstring(svg).iter("text")]


def star(leaves):
    """One container that `leaves` objects refer to, and the survivor that it holds."""
    return Graph(
        type="T",
        drawn_by="test",
        nodes=(
            *(GraphNode(id=n, label=f"leaf {n}", detail="", role="object") for n in range(leaves)),
            GraphNode(id=100, label="held", detail="", role="container"),
            GraphNode(id=101, label="one", detail="", role="survivor"),
        ),
        edges=(
            *(GraphEdge(source=n, target=100, label=f"a{n}") for n in range(leaves)),
            GraphEdge(source=100, target=101, label="[…]"),
        ),
    )


def test_a_small_graph_is_not_folded():
    assert star(10) == graphs.fold(star(10))


def test_one_node_too_many_folds_two_of_them_into_one():
    folded = graphs.fold(star(11))
    assert GRAPH_NODES == len(folded.nodes)
    assert "+ 2 more" == folded.nodes[-1].label
    assert "more" == folded.nodes[-1].role


def test_folding_keeps_the_survivor_and_what_holds_it_and_stays_connected():
    folded = graphs.fold(star(40))
    kept = {node.id for node in folded.nodes}
    assert {100, 101} <= kept
    assert all(edge.source in kept and edge.target in kept for edge in folded.edges)
    assert 1 == sum(edge.source == folded.nodes[-1].id for edge in folded.edges)


def test_a_drawing_shows_every_label_and_names_itself(build):
    svg = graphs.draw(build.graph(), "g1", "What refers to one Item")
    root = ET.fromstring(svg)
    assert ("img", "g1-title g1-desc") == (root.get("role"), root.get("aria-labelledby"))
    assert "What refers to one Item" == root.find("title").text
    assert "module app refers to Cart" in root.find("desc").text
    assert {"module app", "Cart", "object 2", "dict", "464 entries", "Item", "by_id", "[…]", "CARTS"} <= set(
        texts_of(svg)
    )


def test_a_drawing_needs_neither_dot_on_path_nor_inline_style(build, monkeypatch):
    monkeypatch.setenv("PATH", "")
    svg = graphs.draw(build.graph(), "g1", "t")
    assert "style=" not in svg
    assert "http" not in svg
    assert "<!--" not in svg


@pytest.mark.parametrize(
    "label",
    [
        "<b>bold</b>",
        "<<TABLE><TR><TD/></TR></TABLE>>",
        'a"]; evil [URL="x"',
        "\\N\\G\\",
        "&lt;&amp;",
        "]]>",
        "\n\r\t",
        "Ü→日本",
    ],
)
def test_a_label_is_text_whatever_it_says(label):
    graph = Graph(
        type=label,
        drawn_by=label,
        nodes=(
            GraphNode(id=1, label=label, detail=label, role="root"),
            GraphNode(id=2, label="x", detail="", role="no such role"),
        ),
        edges=(
            GraphEdge(source=1, target=2, label=label),
            GraphEdge(source=2, target=77, label="into nowhere"),
        ),
    )
    root = ET.fromstring(graphs.draw(graph, "g", label))
    assert {"svg", "title", "desc", "g", "rect", "path", "polygon", "text"} >= {each.tag for each in root.iter()}
    drawn = [each.text for each in root.iter("text")]
    shown = graphs._node_rows(graph.nodes[0])[0]
    assert 2 == drawn[-3:].count(shown) or shown in drawn
    assert "into nowhere" not in drawn


def test_a_long_label_is_cut_in_the_middle():
    graph = Graph("T", "test", (GraphNode(1, "a" * 50 + "z" * 50, "", "root"),), ())
    label = texts_of(graphs.draw(graph, "g", "t"))[0]
    assert GRAPH_LABEL == len(label)
    assert ("a", "z") == (label[0], label[-1])


def test_threads_can_draw_at_the_same_time(build):
    with ThreadPoolExecutor(8) as pool:
        drawn = set(pool.map(lambda _: graphs.draw(build.graph(), "g", "t"), range(64)))
    assert 1 == len(drawn)


def without_pygraphviz(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **more):
        if name == "pygraphviz":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)


def test_without_pygraphviz_the_dot_command_draws(build, monkeypatch, tmp_path):
    expected = graphs.draw(build.graph(), "g", "t")
    laid_out = graphs._layout(graphs._dot(build.graph(), sideways=False))
    (tmp_path / "answer.svg").write_bytes(laid_out)
    dot = tmp_path / "dot"
    dot.write_text(f"#!/bin/sh\nexec /bin/cat {tmp_path}/answer.svg\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    without_pygraphviz(monkeypatch)
    assert expected == graphs.draw(build.graph(), "g", "t")


def test_a_dot_command_that_fails_counts_as_none(build, monkeypatch, tmp_path):
    dot = tmp_path / "dot"
    dot.write_text("#!/bin/sh\nexit 1\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    without_pygraphviz(monkeypatch)
    assert None is graphs.draw(build.graph(), "g", "t")


def test_without_any_graphviz_there_is_a_listing(build, monkeypatch):
    monkeypatch.setenv("PATH", os.devnull)
    without_pygraphviz(monkeypatch)
    assert None is graphs.draw(build.graph(), "g", "t")
    expected = """\
module app (app/__init__.py)
  Cart → Cart
    object 2
      by_id → dict (464 entries)
        […] → Item (1 of 464)
  CARTS → dict (464 entries) (see above)"""
    assert expected == graphs.listing(build.graph())


def test_a_cycle_that_nothing_refers_to_is_listed_once():
    nodes = (GraphNode(1, "a", "", "object"), GraphNode(2, "b", "", "survivor"))
    graph = Graph("b", "test", nodes, (GraphEdge(1, 2, "x"), GraphEdge(2, 1, "y")))
    assert "a\n  x → b\n    y → a (see above)" == graphs.listing(graph)


def test_the_chain_becomes_a_graph_that_ends_at_the_survivor(build):
    graph = graphs.chain_graph(build.finding())
    assert ["root", "object", "container", "survivor"] == [node.role for node in graph.nodes]
    assert ("app.cart.Item", "+1 per call") == (graph.nodes[-1].label, graph.nodes[-1].detail)


@pytest.mark.parametrize(
    ("expected", "label"),
    [
        (".slots", ".slots"),
        ("bound to", "→ bound to"),
        ("", "→"),
        ("closure basket", "→ closure variable basket of check_out.<locals>.<lambda>"),
        ("local values", "→ local variable values of running_median()"),
        ("context crumbs", "→ context variable crumbs"),
        ("default seen", "→ default seen of remember"),
    ],
)
def test_an_arrow_says_the_name_and_leaves_the_rest_to_the_chain(expected, label):
    assert expected == graphs.edge_text(label)


def test_what_grows_is_marked_with_more_than_its_colour(build):
    root = ET.fromstring(graphs.draw(build.finding().path_graph, "g", "t"))
    grows = [each for each in root.iter("text") if "grows" in each.get("class", "")]
    assert ["464 entries, +1/call", "gained 464, +1/call", "gained 464, +1/call"] == [each.text for each in grows]
    assert {"bold"} == {each.get("font-weight") for each in grows}


def test_a_chain_whose_container_gains_entries_ends_at_the_container(build):
    graph = graphs.chain_graph(build.finding(unit="entries"))
    assert ["root", "object", "container"] == [node.role for node in graph.nodes]


def test_a_chain_to_an_unknown_type_ends_at_its_container(build):
    graph = graphs.chain_graph(build.finding(type=None))
    assert ["root", "object", "container"] == [node.role for node in graph.nodes]


def test_no_chain_is_no_graph(build):
    assert None is graphs.chain_graph(build.finding(chain=()))


def test_an_empty_graph_is_not_drawn(build):
    assert None is graphs.draw(replace(build.graph(), nodes=(), edges=()), "g", "t")


def test_no_text_of_the_recording_reaches_graphviz(build, monkeypatch):
    given = []
    monkeypatch.setattr(graphs, "_layout", given.append)
    graph = build.with_texts(build.graph(), lambda text: f"secret{text}")
    assert None is graphs.draw(graph, "g", "secret")
    assert "secret" not in given[0]


def test_the_dot_command_is_not_started_when_pygraphviz_is_there(build, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a process was started"))
    assert graphs.draw(build.graph(), "g", "t") is not None
