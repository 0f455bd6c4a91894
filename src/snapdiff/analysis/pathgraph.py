"""The way to what grows, as a graph: merged nodes, with counts, and what each gains a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from snapdiff.analysis.growth import Span
from snapdiff.analysis.model import ChainNode, Container, Graph, GraphEdge, GraphNode
from snapdiff.analysis.paths import Grown, Node
from snapdiff.analysis.sentences import amount, pace

#: Nodes of the whole graph, as many as a person reads, and growing steps below the container that are always drawn.
_MOST = 12
_LEAST_BELOW = 3


def path_graph(
    chain: tuple[ChainNode, ...],
    grown: Grown,
    spans: Sequence[Span],
    *,
    nodes: Mapping[int, Node],
    container: Container,
    kind: str | None,
) -> Graph | None:
    """Return the chain to a container and the growing steps below it, None where there is no chain.

    `nodes` are all steps by number, `kind` is the type that a person would name.
    """
    if not chain:
        return None
    calls = spans[-1].iterations
    last = len(chain) - 1
    drawn = [
        GraphNode(at, step.label if at == 0 else step.type, "", "root" if at == 0 else "object")
        for at, step in enumerate(chain)
    ]
    drawn[last] = _container(drawn[last], grown, container, calls)
    edges = [GraphEdge(at, at + 1, chain[at + 1].label) for at in range(last)]
    below = [node for node in grown.below if node.objects and node.objects[-1] > 0 and node is not grown.node]
    main = next((node for node in below if node.type == kind), None)
    chosen = _chosen(below, main, nodes, max(_LEAST_BELOW, _MOST - len(chain)))
    # What is drawn first stands on the left, where a narrow screen begins.
    first = {step.number for step in _way(main, nodes)} if main is not None else set()
    chosen.sort(key=lambda node: (node.number not in first, node.number))
    numbers = {grown.node.number: last}
    for node in chosen:
        numbers[node.number] = len(drawn)
        detail = f"gained {sum(node.objects):,}, {_growth(node.objects[-1] / calls)}"
        drawn.append(GraphNode(len(drawn), node.type, detail, "survivor" if node is main else "object"))
        edges.append(
            GraphEdge(_above(node, nodes, numbers, last), len(drawn) - 1, node.edge.removeprefix(" → ").strip())
        )
    if left := len(below) - len(chosen):
        drawn.append(GraphNode(len(drawn), f"+ {left} more", "", "more"))
        edges.append(GraphEdge(last, len(drawn) - 1, ""))
    return Graph(kind or grown.node.type, "snapdiff, from the recorded paths", tuple(drawn), tuple(edges))


def _container(node: GraphNode, grown: Grown, container: Container, calls: int) -> GraphNode:
    """Return the container's node: how many there are, what they hold, and what they gain a call."""
    label = node.label if container.count == 1 else f"{container.count:,} \N{MULTIPLICATION SIGN} {node.label}"
    value = grown.growth[-1] / calls
    gain = f"+{amount(value)}/call" if grown.unit == "bytes" else _growth(value)
    held = "" if container.size is None or grown.unit == "bytes" else f"{container.size:,} entries, "
    return GraphNode(node.id, label, held + gain, "container" if node.id else "root")


def _growth(value: float) -> str:
    """Return `+1/call`, or `+1 per 40 calls`."""
    text = "+" + " ".join(pace(value, "", "").split())
    return text.replace(" per call", "/call")


def _chosen(below: list[Node], main: Node | None, nodes: Mapping[int, Node], room: int) -> list[Node]:
    """Return the steps to draw, parents first: the named one with the way to it, then those that hold most."""
    if len(below) <= room:
        return sorted(below, key=lambda node: node.number)
    by_number = {node.number: node for node in below}
    wanted = [*([main] if main is not None else []), *sorted(below, key=lambda node: (-node.bytes[-1], node.number))]
    chosen: dict[int, Node] = {}
    for node in wanted:
        more = [step for step in _way(node, nodes) if step.number in by_number and step.number not in chosen]
        if len(chosen) + len(more) < room:
            chosen.update((step.number, step) for step in more)
    return sorted(chosen.values(), key=lambda node: node.number)


def _way(node: Node, nodes: Mapping[int, Node]) -> list[Node]:
    """Return a step and all above it."""
    way = [node]
    while way[-1].parent in nodes:
        way.append(nodes[way[-1].parent])
    return way


def _above(node: Node, nodes: Mapping[int, Node], numbers: Mapping[int, int], last: int) -> int:
    """Return the drawn node from which a step is reached, over steps that do not grow themselves."""
    parent = node.parent
    while parent not in numbers and parent in nodes:
        parent = nodes[parent].parent
    return numbers.get(parent, last)
