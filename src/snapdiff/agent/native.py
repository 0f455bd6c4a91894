"""Survivors that no name leads to: held by a running frame, a thread, a context, or by native code.

Who holds them is looked for in a second search with more roots. What that does not reach either is held by C, C++ or
Rust: such an object has more references than the objects that can be seen referring to it.
"""

from __future__ import annotations

import contextvars
import sys

from . import edges
from .births import Births
from .names import type_name
from .own import Own
from .paths import Tree, path_text, search, steps
from .referents import direct

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: Survivors of all nameless types that are looked at.
_SAMPLE = 400
#: Context variables that are roots of their own. More are made as the program runs.
_MOST_VARIABLES = 50
#: A child that leads to this part of the survivors is on their common way.
_COMMON = 0.8
#: A namespace's entry that leads to this part of them is a cause of its own.
_OWN_CAUSE = 0.1


#: Stands for the interpreter's table of functions to run at exit, which no object shows.
AT_EXIT = "exit functions"


def exit_callbacks() -> int:
    """Return how many functions are registered with `atexit`."""
    count = getattr(sys.modules.get("atexit"), "_ncallbacks", None)
    return int(count()) if count is not None else 0


def explain(
    kinds: list[str], unreached: list[Any], own: Own, owners: list[Any], births: Births, *, exits: int
) -> tuple[list[dict[str, Any]], list[Any]]:
    """Return a row for each holder of survivors of some types, and the holders: None for what Python cannot see."""
    wanted = dict.fromkeys(kinds)
    survivors = [obj for obj in unreached if type_name(type(obj)) in wanted and id(obj) not in births.ours]
    fresh = [obj for obj in survivors if births.is_new(obj)] or survivors
    sample = _sample(fresh, kinds)
    context = _context_roots()
    tree = search({id(obj) for obj in sample}, own.also(survivors, fresh, sample), owners, context)
    rows: list[dict[str, Any]] = []
    holders: list[Any] = []
    held: list[Any] = []
    for position, members in _containers(tree, sample):
        objects = [tree.order[member] for member in members]
        held += objects
        row, holder = _describe(tree, position)
        rows.append({**row, **_types(objects, births)})
        holders.append(None if any(holder is root for _, root in context) else holder)
    known = {id(obj) for obj in held}
    loose = [obj for obj in sample if id(obj) not in known]
    if loose and len(loose) >= _OWN_CAUSE * len(sample):
        tops = _held_natively(loose)
        named = exits >= len(loose) / max(1, len(kinds)) / 2 and exits > 0
        rows.append(
            {
                "path": "atexit → registered functions" if named else None,
                "type": "function table" if named else None,
                "entries": exit_callbacks() if named else None,
                "bound": None,
                "chain": [{"label": "atexit", "type": "module"}, {"label": "→ registered functions", "type": "table"}]
                if named
                else [],
                **_types(loose, births),
                "tops": sorted({type_name(type(obj)) for obj in tops}),
            }
        )
        holders.append(AT_EXIT if named else None)
    for row in rows:
        row.setdefault("tops", [])
    return rows, holders


def _sample(objects: list[Any], kinds: list[str]) -> list[Any]:
    """Return the newest objects of each type, as many of one as of another."""
    groups: dict[str, list[Any]] = {}
    for obj in objects:
        groups.setdefault(type_name(type(obj)), []).append(obj)
    most = max(1, _SAMPLE // len(kinds))
    return [obj for members in groups.values() for obj in members[-most:]]


def _context_roots() -> list[tuple[str, Any]]:
    """Return the values of context variables that are set here; of very many, all together."""
    items = list(contextvars.copy_context().items())
    if len(items) > _MOST_VARIABLES:
        return [("context variables of this thread", [value for _, value in items])]
    return [("context variable " + variable.name[:80], value) for variable, value in items]


def _types(objects: list[Any], births: Births) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    for obj in objects:
        groups.setdefault(type_name(type(obj)), []).append(obj)
    return {
        "survivors": len(objects),
        "types": [
            {"type": name, "objects": len(members), "births": births.of(members)} for name, members in groups.items()
        ],
    }


def _held_natively(objects: list[Any]) -> list[Any]:
    """Return the objects that have more references than can be seen: those that native code holds itself."""
    counts = dict.fromkeys(map(id, objects), 0)
    for obj in objects:
        for child in direct(type(obj), [obj]):
            if id(child) in counts:
                counts[id(child)] += 1
    # One reference is the list's, one the loop's, one the argument's of getrefcount.
    ours = 3
    return [obj for obj in objects if sys.getrefcount(obj) - ours > counts[id(obj)]]


def _containers(tree: Tree, sample: list[Any]) -> list[tuple[int, list[int]]]:
    """Return the objects that keep a sample, with the positions of what each keeps."""
    reached = [tree.index[id(obj)] for obj in sample if id(obj) in tree.index]
    chains = {position: tree.chain(position) for position in reached}
    groups: list[tuple[int, list[int]]] = []
    _split(tree, -1, 0, chains, groups)
    groups.sort(key=lambda group: (-len(group[1]), group[0]))
    return groups


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


def _describe(tree: Tree, position: int) -> tuple[dict[str, Any], Any]:
    """Return a holder's path, its size and the chain to it; and the holder."""
    parent = tree.parent[position]
    if _is_namespace(tree, position) or (parent >= 0 and edges.is_inner(tree.order[parent], tree.order[position])):
        position = parent
    holder = tree.order[position]
    named = steps(tree, tree.chain(position))
    row = {
        "path": path_text(named),
        "type": type_name(type(holder)),
        "entries": edges.entries(holder),
        "bound": None,
        "chain": [{"label": label.strip(), "type": kind} for label, kind, _ in named],
    }
    return row, holder
