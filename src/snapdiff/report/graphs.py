"""Reference graphs: what keeps a survivor alive, laid out by Graphviz and drawn for the page.

No text of the recording ever reaches Graphviz. It gets boxes of a given size, and returns where they go;
the labels are put into the picture here. That rules out every trick with DOT escapes, HTML-like labels and
URLs, and makes the layout the same on every machine, whatever fonts it has.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import unicodedata
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import Final

from snapdiff.analysis.model import Finding, Graph, GraphEdge, GraphNode
from snapdiff.report import svg
from snapdiff.report.chain import chain_steps
from snapdiff.report.limits import GRAPH_EDGE_LABEL, GRAPH_EDGES, GRAPH_LABEL, GRAPH_NODES
from snapdiff.report.words import shorten, visible

_POINTS_PER_INCH: Final = 72
_SVG: Final = "{http://www.w3.org/2000/svg}"

_FONT: Final = 12.0
#: Width of a cell of a monospaced font, as part of its size: 0.6 in every common one.
_CELL: Final = 0.602
_PADDING: Final = 12.0
_LINE: Final = 16.0
_EDGE_FONT: Final = 11.0
#: Width of a row of boxes that the page still shows without shrinking them, and of an arrow between two.
_ROW: Final = 860
_GAP: Final = 28
#: A graph that is laid out in seconds is not worth waiting for; twelve boxes take a millisecond.
_DOT_SECONDS: Final = 10

#: `closure variable x of f`, `local variable x of f()`, `context variable x`, `default x of f`.
_VARIABLE: Final = re.compile(r"(closure|local|context|default)(?: variable)? ([^\s()]+)(?: of .*)?$")
#: How the detail of a node says that it gains something.
_GROWS: Final = "+"

#: Graphviz keeps global state: two layouts at the same time in one process can crash it.
_ONE_AT_A_TIME: Final = threading.Lock()

#: The order in which nodes are kept when there are too many: what explains most comes first.
_ROLES: Final = ("survivor", "container", "root", "object", "more")


def fold(graph: Graph) -> Graph:
    """Return `graph` with at most `GRAPH_NODES` nodes: the least telling ones become one `+ N more`."""
    if len(graph.nodes) <= GRAPH_NODES and len(graph.edges) <= GRAPH_EDGES:
        return graph
    distance = _distance_from_survivor(graph)
    ranked = sorted(
        graph.nodes,
        key=lambda node: (
            _ROLES.index(node.role) if node.role in _ROLES else len(_ROLES),
            distance.get(node.id, len(graph.nodes)),
            node.id,
        ),
    )
    keep = len(ranked) if len(ranked) <= GRAPH_NODES else GRAPH_NODES - 1
    kept = {node.id for node in ranked[:keep]}
    folded = len(ranked) - keep
    more = max((node.id for node in graph.nodes), default=0) + 1
    edges: dict[tuple[int, int], str] = {}
    for edge in graph.edges:
        source = edge.source if edge.source in kept else more
        target = edge.target if edge.target in kept else more
        if source != target and (source, target) not in edges:
            edges[source, target] = edge.label if more not in (source, target) else ""
    nodes = [node for node in graph.nodes if node.id in kept]
    if folded:
        nodes.append(GraphNode(id=more, label=f"+ {folded} more", detail="", role="more"))
    pairs = list(edges.items())[:GRAPH_EDGES]
    return replace(
        graph,
        nodes=tuple(nodes),
        edges=tuple(GraphEdge(source=source, target=target, label=label) for (source, target), label in pairs),
    )


def _distance_from_survivor(graph: Graph) -> dict[int, int]:
    """Number of references between each node and the survivor that the graph is about."""
    referrers: dict[int, list[int]] = {}
    for edge in graph.edges:
        referrers.setdefault(edge.target, []).append(edge.source)
    distance = {node.id: 0 for node in graph.nodes if node.role == "survivor"}
    ring = list(distance)
    while ring:
        following = []
        for node in ring:
            for referrer in referrers.get(node, ()):
                if referrer not in distance:
                    distance[referrer] = distance[node] + 1
                    following.append(referrer)
        ring = following
    return distance


def chain_graph(finding: Finding) -> Graph | None:
    """Return the chain of a finding as a graph; None where no chain is known."""
    steps = chain_steps(finding)
    if not steps:
        return None
    last = len(steps) - 1 if len(steps) > len(finding.chain) else len(steps)
    nodes = []
    for index, (label, detail) in enumerate(steps):
        role = "survivor" if index == last else "container" if index == last - 1 else "root" if index == 0 else "object"
        nodes.append(GraphNode(id=index, label=label, detail=detail, role=role))
    edges = [GraphEdge(source=index, target=index + 1, label="") for index in range(len(steps) - 1)]
    return Graph(type=finding.type or "", drawn_by="snapdiff", nodes=tuple(nodes), edges=tuple(edges))


def draw(graph: Graph, identity: str, title: str, *, prefer_sideways: bool = False) -> str | None:
    """Return `graph` as inline SVG, or None where no Graphviz can be had (see `listing`).

    `identity` must be unique in the page. References run from the top down, or from left to right where
    that is preferred and the page is wide enough for it.
    """
    graph = fold(graph)
    if not graph.nodes:
        return None
    row = sum(_node_size(node)[0] + _GAP for node in graph.nodes)
    sideways = prefer_sideways and row <= _ROW
    laid_out = _layout(_dot(graph, sideways=sideways))
    if laid_out is None:
        return None
    # What is parsed is Graphviz's own output for a graph that holds no text of the recording.
    root = ET.fromstring(laid_out)  # noqa: S314
    width, height = (float(side.removesuffix("pt")) for side in (root.attrib["width"], root.attrib["height"]))
    drawing = root.find(f"{_SVG}g")
    if drawing is None:
        return None
    return svg.picture(identity, title, describe(graph), (0, 0, width, height), _redraw(drawing, graph))


def describe(graph: Graph) -> str:
    """Say the graph in words, for those who cannot see it."""
    names = {node.id: node.label for node in graph.nodes}
    said = [f"{names[edge.source]} refers to {names[edge.target]}" for edge in graph.edges if _known(edge, names)]
    return "; ".join(said) + "." if said else ", ".join(names.values())


def listing(graph: Graph) -> str:
    """Return the graph as indented text: each node with what it refers to below it."""
    graph = fold(graph)
    nodes = {node.id: node for node in graph.nodes}
    below: dict[int, list[GraphEdge]] = {}
    referred = set()
    for edge in graph.edges:
        if _known(edge, nodes):
            below.setdefault(edge.source, []).append(edge)
            referred.add(edge.target)
    lines: list[str] = []
    seen: set[int] = set()

    def add(node: GraphNode, label: str, depth: int) -> None:
        through = f"{label} \N{RIGHTWARDS ARROW} " if label else ""
        again = " (see above)" if node.id in seen and node.id in below else ""
        detail = f" ({node.detail})" if node.detail else ""
        lines.append(f"{'  ' * depth}{through}{node.label}{detail}{again}")
        if node.id not in seen:
            seen.add(node.id)
            for edge in below.get(node.id, ()):
                add(nodes[edge.target], edge.label, depth + 1)

    for node in graph.nodes:
        if node.id not in referred:
            add(node, "", 0)
    for node in graph.nodes:
        if node.id not in seen:  # a cycle that nothing outside refers to
            add(node, "", 0)
    return "\n".join(lines)


def edge_text(label: str) -> str:
    """Return what stands beside an arrow: the arrow itself says `→`, and `of f` is said by the box above."""
    text = label.strip().removeprefix("\N{RIGHTWARDS ARROW}").strip()
    named = _VARIABLE.match(text)
    return shorten(visible(f"{named[1]} {named[2]}" if named else text), GRAPH_EDGE_LABEL)


def _known(edge: GraphEdge, nodes: dict[int, GraphNode] | dict[int, str]) -> bool:
    return edge.source in nodes and edge.target in nodes


def _dot(graph: Graph, *, sideways: bool) -> str:
    """Return the boxes and arrows of `graph` in the DOT language, without any of its texts."""
    import graphviz

    dot = graphviz.Digraph()
    dot.attr("graph", rankdir="LR" if sideways else "TB", nodesep="0.3", ranksep="0.32", pad="0.05", ordering="out")
    dot.attr("node", shape="box", fixedsize="true", label="", margin="0")
    dot.attr("edge", arrowsize="0.7")
    for index, node in enumerate(graph.nodes):
        width, height = _node_size(node)
        dot.node(
            f"n{index}",
            id=f"n{index}",
            width=f"{width / _POINTS_PER_INCH:.3f}",
            height=f"{height / _POINTS_PER_INCH:.3f}",
        )
    position = {node.id: index for index, node in enumerate(graph.nodes)}
    for index, edge in enumerate(graph.edges):
        if edge.source in position and edge.target in position:
            attributes = {"id": f"e{index}"}
            if edge_text(edge.label):
                attributes["label"] = _empty_box(edge_text(edge.label))
            dot.edge(f"n{position[edge.source]}", f"n{position[edge.target]}", **attributes)
    source: str = dot.source
    return source


def _empty_box(label: str) -> str:
    """Return a label of numbers only that reserves the room that `label` will take."""
    width = _text_width(label, _EDGE_FONT) + _PADDING / 2
    return (
        f'<<TABLE BORDER="1" CELLBORDER="0" CELLPADDING="0" FIXEDSIZE="TRUE" WIDTH="{width:.0f}" '
        f'HEIGHT="{_LINE:.0f}"><TR><TD></TD></TR></TABLE>>'
    )


def _layout(dot: str) -> bytes | None:
    """Return `dot` laid out as SVG: in process by pygraphviz, else by `dot` on PATH, else None."""
    try:
        import pygraphviz
    except ImportError:
        return _layout_by_command(dot)
    with _ONE_AT_A_TIME:
        try:
            laid_out: bytes = pygraphviz.AGraph(dot).draw(format="svg", prog="dot")
        except (
            OSError,
            ValueError,
        ):  # a pygraphviz built against a Graphviz without the layout or SVG plugin
            return _layout_by_command(dot)
    return laid_out


def _layout_by_command(dot: str) -> bytes | None:
    if shutil.which("dot") is None:
        return None
    try:
        done = subprocess.run(
            ["dot", "-Tsvg"], input=dot.encode(), capture_output=True, timeout=_DOT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout


def _redraw(drawing: ET.Element, graph: Graph) -> ET.Element:
    """Return the laid-out drawing with classes to style, and with the labels of `graph` in it."""
    # What all labels share is said once: a graph is repeated for every cause, and pages are mailed.
    body = ET.Element(
        "g",
        {
            "transform": drawing.attrib["transform"].replace("scale(1 1) rotate(0) ", ""),
            "fill": svg.INK,
            "font-family": svg.MONO,
            "font-size": f"{_FONT:.0f}",
            "text-anchor": "middle",
        },
    )
    nodes, edges = [], []
    for group in drawing.findall(f"{_SVG}g"):
        kind, index = group.attrib["id"][0], int(group.attrib["id"][1:])
        if kind == "n":
            nodes.append(_redraw_node(group, graph.nodes[index]))
        else:
            edges.append(_redraw_edge(group, graph.edges[index]))
    body.extend(edges)
    body.extend(nodes)
    return body


def _redraw_node(group: ET.Element, node: GraphNode) -> ET.Element:
    role = node.role if node.role in _ROLES else "object"
    copy = ET.Element("g", {"class": f"node {role}"})
    left, top, right, bottom = _bounds(group)
    stroke = {"survivor": svg.HOT, "container": svg.COOL}.get(role, svg.MUTED)
    box = {
        "class": "box",
        "x": f"{left:.1f}",
        "y": f"{top:.1f}",
        "width": f"{right - left:.1f}",
        "height": f"{bottom - top:.1f}",
        "rx": "5",
        "fill": "none",
        "stroke": stroke,
        "stroke-width": "2" if role in ("survivor", "container") else "1",
    }
    if role == "more":
        box["stroke-dasharray"] = "3 3"
    ET.SubElement(copy, "rect", box)
    rows = _node_rows(node)
    middle = (left + right) / 2
    first = (top + bottom) / 2 - (len(rows) - 1) * _LINE / 2 + _FONT * 0.35
    for index, row in enumerate(rows):
        label = svg.text(
            middle,
            first + index * _LINE,
            row,
            class_="label" if index == 0 else "detail grows" if _GROWS in row else "detail",
        )
        if index > 0:
            label.set("font-size", f"{_EDGE_FONT:.0f}")
            if _GROWS in row:
                label.set("font-weight", "bold")
        elif role in ("survivor", "container"):
            label.set("font-weight", "bold")
        copy.append(label)
    return copy


def _redraw_edge(group: ET.Element, edge: GraphEdge) -> ET.Element:
    copy = ET.Element("g", {"class": "edge"})
    for path in group.findall(f"{_SVG}path"):
        ET.SubElement(copy, "path", {"class": "wire", "d": path.attrib["d"], "fill": "none", "stroke": svg.MUTED})
    polygons = group.findall(f"{_SVG}polygon")
    if polygons:
        ET.SubElement(copy, "polygon", {"class": "tip", "points": polygons[0].attrib["points"], "fill": svg.MUTED})
    if edge_text(edge.label) and len(polygons) > 1:
        xs, ys = _corners(polygons[1])
        copy.append(
            svg.text(
                (min(xs) + max(xs)) / 2,
                (min(ys) + max(ys)) / 2 + _EDGE_FONT * 0.35,
                edge_text(edge.label),
                class_="through",
                font_size=f"{_EDGE_FONT:.0f}",
            )
        )
    return copy


def _bounds(group: ET.Element) -> tuple[float, float, float, float]:
    polygon = group.find(f"{_SVG}polygon")
    if polygon is None:
        raise ValueError("Graphviz drew a box without its outline")
    xs, ys = _corners(polygon)
    return min(xs), min(ys), max(xs), max(ys)


def _corners(polygon: ET.Element) -> tuple[list[float], list[float]]:
    pairs = [pair.split(",") for pair in polygon.attrib["points"].split()]
    return [float(x) for x, _ in pairs], [float(y) for _, y in pairs]


def _node_rows(node: GraphNode) -> list[str]:
    return [shorten(visible(row), GRAPH_LABEL) for row in (node.label, node.detail) if row] or [""]


def _node_size(node: GraphNode) -> tuple[float, float]:
    """Return width and height of a node, in points."""
    rows = _node_rows(node)
    return max(_text_width(row, _FONT) for row in rows) + 2 * _PADDING, _LINE * len(rows) + _PADDING


def _text_width(label: str, font: float) -> float:
    """Estimate the width of a monospaced label; East Asian wide characters take two cells."""
    cells = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in label)
    return cells * font * _CELL
