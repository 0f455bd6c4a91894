"""Reads the DOT that the agent kept, as nodes and edges. Anything else in it is ignored.

The text comes from a recording, so it is never handed to Graphviz: attributes such as `image` or `URL` and labels in
HTML would be somebody else's. Only ids, labels and edges are taken, by a pattern.
"""

from __future__ import annotations

import re

from snapdiff.analysis.model import Graph, GraphEdge, GraphNode

_LABEL = r'"((?:[^"\\]|\\.)*)"'
_NODE = re.compile(r"^\s*(\w+)\s*\[label=" + _LABEL)
_EDGE = re.compile(r"^\s*(\w+)\s*->\s*(\w+)\s*(?:\[(?:label=" + _LABEL + r")?)?")
_SURVIVOR = re.compile(r"^\s*(\w+)\s*\[fontcolor=red\];\s*$")
_ESCAPE = re.compile(r"\\(.)")
_MOST_NODES = 200
_MOST_EDGES = 1000
_MOST_TEXT = 120
#: Characters read; the writer keeps no more.
_MOST_DOT = 200_000


def parse(text: str, type_name: str, drawn_by: str) -> Graph | None:
    """Return the graph in some DOT, None when there is none. Node ids become 0, 1, … in order of appearance."""
    labels: dict[str, list[str]] = {}
    edges: list[tuple[str, str, str]] = []
    survivor = None
    for line in text[:_MOST_DOT].splitlines():
        if survivor is None and (found := _SURVIVOR.match(line)):
            survivor = found[1]
        elif found := _NODE.match(line):
            if len(labels) < _MOST_NODES:
                labels[found[1]] = [_plain(part) for part in found[2].split("\\n", 1)]
        elif (found := _EDGE.match(line)) and len(edges) < _MOST_EDGES:
            edges.append((found[1], found[2], _plain(found[3] or "")))
    if not labels:
        return None
    numbers = {name: number for number, name in enumerate(labels)}
    nodes = tuple(
        GraphNode(numbers[name], parts[0], parts[1] if len(parts) > 1 else "", _role(name, parts[0], survivor))
        for name, parts in labels.items()
    )
    kept = [
        GraphEdge(numbers[a], numbers[b], label) for a, b, label in edges if a in numbers and b in numbers and a != b
    ]
    return Graph(type_name, drawn_by, nodes, tuple(dict.fromkeys(kept)))


def _role(name: str, label: str, survivor: str | None) -> str:
    if name == survivor:
        return "survivor"
    if name.startswith("too_many_"):
        return "more"
    return "root" if label.startswith(("module ", "frame of ")) else "object"


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda found: " " if found[1] == "n" else found[1], text)[:_MOST_TEXT]
