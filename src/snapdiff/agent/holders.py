"""Who holds the survivors: after the last checkpoint, for the types that grew.

What a round left behind is what has an address that no object of its type had before the round (a reused
address only makes the sample smaller). Their chains are read off one breadth-first tree; where the chains of
many survivors part is the object that keeps them.
"""

from __future__ import annotations

from array import array

from . import backrefs, edges
from .births import traceback_finder
from .names import type_name
from .own import FOLDER, own_state
from .paths import Tree, path_text, search, steps
from .sizes import sizer
from .walk import walk

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

#: Survivors of a type that are looked at. The lines and holders of 200 decide a vote to a few percent.
SAMPLE = 200
#: A prime near the golden ratio of 2**32: multiples of it, modulo any size, have no period of their own.
_SCATTER = 2_654_435_761
#: Survivors of one type that are gathered before sampling; more than this adds memory and no knowledge.
_MOST_GATHERED = 100_000
#: An object of a type whose bytes grew counts as grown from this many bytes on.
_LEAST_GROWTH = 256
#: A child that leads to this part of the survivors is on their common way.
_COMMON = 0.8
#: A namespace's entry that leads to this part of them is a cause of its own.
_OWN_CAUSE = 0.1
#: Allocation tracebacks kept of a type's survivors.
_MOST_BIRTHS = 20
#: Types for which a graph is drawn.
_GRAPHS = 4


class Survivors:
    """Knows what was there before a round, for the types that grew."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.ids: dict[str, array[int]] = {}
        self.sizes: dict[str, array[int]] = {}

    def remember(self, keep: list[Any]) -> None:
        """Note the addresses and sizes of all objects of these types."""
        wanted = dict.fromkeys(self.names)

        def note(cls: type, objects: list[Any]) -> None:
            name = type_name(cls)
            if name in wanted:
                self.ids.setdefault(name, array("Q")).extend(map(id, objects))
                _, measure = sizer(cls)
                if measure is not None:
                    self.sizes.setdefault(name, array("q")).extend(map(measure, objects))

        walk(note, own_state(keep))

    def gather(self, keep: list[Any]) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
        """Return the new objects, and the old ones that got larger (largest growth first), by type name."""
        known = {name: dict(zip(ids, self.sizes.get(name, ids))) for name, ids in self.ids.items()}
        fresh: dict[str, list[Any]] = {name: [] for name in self.names}
        grown: dict[str, list[tuple[int, Any]]] = {name: [] for name in self.names}

        def sort_out(cls: type, objects: list[Any]) -> None:
            name = type_name(cls)
            if name not in fresh:
                return
            before = known.get(name, {})
            new = fresh[name]
            _, measure = sizer(cls)
            for obj in objects:
                size = before.get(id(obj))
                if size is None:
                    if len(new) < _MOST_GATHERED:
                        new.append(obj)
                elif measure is not None and measure(obj) - size >= _LEAST_GROWTH:
                    grown[name].append((measure(obj) - size, obj))

        walk(sort_out, own_state([*keep, known]))
        larger = {}
        for name, pairs in grown.items():
            pairs.sort(key=lambda pair: -pair[0])
            larger[name] = [obj for _, obj in pairs[:3]]
        return fresh, larger


def find(before: Survivors, keep: list[Any], owners: list[Any], stop_tracing: Callable[[], None]) -> dict[str, Any]:
    """Return the fields of the `holders` frame. `owners` are objects of the program that only we may hold.

    Tracing is stopped as soon as it is known where survivors were born.

    The search that follows allocates a number for each reference in the heap, at ten times the price under tracemalloc.
    """
    fresh, larger = before.gather(keep)
    find_traceback = traceback_finder()
    samples = {name: _sample(objects, find_traceback) for name, objects in fresh.items()}
    places = {name: _tracebacks(sample, find_traceback) for name, sample in samples.items()}
    stop_tracing()
    own = own_state(keep).also(fresh, larger, samples, owners)
    wanted = {id(obj) for group in (*samples.values(), *larger.values()) for obj in group}
    tree = search(wanted, own, owners)
    found = []
    drawn: dict[str, list[Any]] = {}
    for name in before.names:
        sample = samples[name]
        groups, unreached = _containers(tree, sample)
        found.append(
            {
                "type": name,
                "fresh": len(fresh[name]),
                "examined": len(sample),
                "unreached": unreached,
                "births": _births(sample, places[name]),
                "containers": [
                    {
                        **_describe(tree, position, members),
                        "births": _births([tree.order[member] for member in members], places[name]),
                    }
                    for position, members in groups
                ],
                "larger": [
                    {**_describe(tree, tree.index[id(obj)], []), "births": []}
                    for obj in larger[name]
                    if id(obj) in tree.index
                ],
            }
        )
        drawn[name] = (
            [tree.order[members[-1]] for _, members in groups if members][:1] or sample[-1:] or larger[name][:1]
        )
    own = own.also(drawn, tree.order)
    graphs = []
    for name in sorted(filter(drawn.get, before.names), key=lambda name: _explains(found, name))[:_GRAPHS]:
        graph = backrefs.draw(drawn[name], own)
        if graph is not None:
            graphs.append({"type": name, **graph})
    return {"types": found, "graphs": graphs}


def _explains(found: list[dict[str, Any]], name: str) -> tuple[int, bool, int]:
    """Return a rank for drawing a type's survivor: the nearest to its holder first, classes before builtins."""
    position = next(at for at, kind in enumerate(found) if kind["type"] == name)
    distances = [len(group["chain"]) - group["depth"] for group in found[position]["containers"]]
    return (min(distances, default=99), "." not in name, position)


def _sample(objects: list[Any], find_traceback: Any) -> list[Any]:
    """Return at most SAMPLE objects, without those that the agent made meanwhile."""
    # Scattered, by a fixed sequence: with every sixth of a class that each call makes three of for one list and one
    # for another, none of the second list's would ever be looked at.
    count = len(objects)
    positions = range(count) if count <= SAMPLE else sorted({at * _SCATTER % count for at in range(SAMPLE)})
    sample = []
    for obj in [objects[position] for position in positions]:
        frames = find_traceback(obj)
        if frames is None or not frames[0][0].startswith(FOLDER):
            sample.append(obj)
    return sample


def _tracebacks(sample: list[Any], find_traceback: Any) -> dict[int, Any]:
    """Return where the objects of a sample were allocated, by id: (file, line) pairs without our own frames."""
    found = {}
    for obj in sample:
        frames = find_traceback(obj)
        if frames is not None:
            found[id(obj)] = tuple((str(file), int(line)) for file, line in frames if not file.startswith(FOLDER))
    return found


def _births(objects: list[Any], places: dict[int, Any]) -> list[dict[str, Any]]:
    """Return the allocation tracebacks of some objects with how many have each, the most first."""
    counts: dict[Any, int] = {}
    for obj in objects:
        if id(obj) in places:
            counts[places[id(obj)]] = counts.get(places[id(obj)], 0) + 1
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"frames": [list(frame) for frame in frames], "count": count} for frames, count in ranked[:_MOST_BIRTHS]]


def _containers(tree: Tree, sample: list[Any]) -> tuple[list[tuple[int, list[int]]], int]:
    """Return the objects that keep a sample, with the positions of what each keeps; and how many no root reaches."""
    reached = [tree.index[id(obj)] for obj in sample if id(obj) in tree.index]
    chains = {position: tree.chain(position) for position in reached}
    groups: list[tuple[int, list[int]]] = []
    _split(tree, -1, 0, chains, groups)
    groups.sort(key=lambda group: (-len(group[1]), group[0]))
    return groups, len(sample) - len(reached)


def _split(
    tree: Tree, node: int, depth: int, chains: dict[int, list[int]], groups: list[tuple[int, list[int]]]
) -> None:
    """Go down from a node on the ways to survivors until they part."""
    children: dict[int, dict[int, list[int]]] = {}
    for position, chain in chains.items():
        children.setdefault(chain[depth], {})[position] = chain
    if not children:
        return
    ranked = sorted(children.items(), key=lambda item: (-len(item[1]), item[0]))
    first, rest = ranked[0]
    if len(rest) >= _COMMON * len(chains):
        if first in chains:
            # A survivor that leads to the others: a linked structure, kept by what holds its first part.
            named = node < 0 or _is_namespace(tree, node) or not edges.is_collection(tree.order[node])
            groups.append((first if named else node, sorted(chains)))
        else:
            _split(tree, first, depth + 1, rest, groups)
        return
    causes: list[tuple[int, dict[int, list[int]]]] = []
    if node < 0 or not edges.is_collection(tree.order[node]) or _is_namespace(tree, node):
        enough = _OWN_CAUSE * len(chains)
        causes = [(child, members) for child, members in ranked if len(members) >= enough and child not in chains]
    if not causes:
        if node >= 0:
            groups.append((node, sorted(chains)))
        return
    for child, members in causes:
        _split(tree, child, depth + 1, members, groups)


def _is_namespace(tree: Tree, node: int) -> bool:
    parent = tree.parent[node]
    return parent >= 0 and edges.is_namespace(tree.order[parent], tree.order[node])


def _describe(tree: Tree, position: int, members: list[int]) -> dict[str, Any]:
    """Return a container's path, its size and bound, and the chain on to one of its survivors."""
    parent = tree.parent[position]
    if _is_namespace(tree, position) or (parent >= 0 and edges.is_inner(tree.order[parent], tree.order[position])):
        position = parent
    holder = tree.order[position]
    named = steps(tree, tree.chain(position))
    example = steps(tree, tree.chain(members[-1])) if members else named
    return {
        "id": position,
        "path": path_text(named),
        "type": type_name(type(holder)),
        "entries": edges.entries(holder),
        "bound": edges.bound(holder),
        "survivors": len(members),
        "depth": len(named),
        "chain": [{"label": label.strip(), "type": kind} for label, kind, _ in example],
    }
