"""How some objects are reached: a breadth-first search from more roots than the walk has, and names for its ways.

Roots are modules, the program's own before the libraries', context variables, then the frames of running threads, and
this thread's data of thread-locals. What none of them reaches is held by something that Python cannot name.
"""

from __future__ import annotations

import sys
import types
from _thread import _local as local

from . import edges
from .names import key_of, mro, type_dict, type_name
from .own import FOLDER, Own, own_state
from .pathwalk import module_groups
from .referents import direct, handler_for, handlers

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Iterable


class Tree:
    """A breadth-first tree. `order[i]` was reached from `order[parent[i]]`; roots have parent -1."""

    def __init__(self) -> None:
        self.order: list[Any] = []
        self.parent: list[int] = []
        self.index: dict[int, int] = {}
        """Positions in `order` of the objects that were looked for, by id."""
        self.names: dict[int, str] = {}
        """Names of roots that cannot be named from what they are."""

    def chain(self, position: int) -> list[int]:
        """Return the positions from the root down to one object."""
        chain = []
        while position >= 0:
            chain.append(position)
            position = self.parent[position]
        return chain[::-1]


def search(wanted: Iterable[int], own: Own, owners: list[Any], others: list[tuple[str, Any]]) -> Tree:
    """Search until every wanted object (by id) is found or nothing is left; never through our own.

    `owners` are roots after the program's modules, `others` roots after all modules, with their names.
    """
    tree = Tree()
    table = handlers()
    found_handlers: dict[Any, Any] = {}
    missing = set(wanted)
    seen = own_state([tree, missing, table, found_handlers]).ids | own.ids
    order, parent, index = tree.order, tree.parent, tree.index
    seen.update(map(id, (seen, order, parent, index, tree.__dict__)))
    seen.difference_update(map(id, owners))
    # Every module is a root; a way through the table of all modules would only look odd.
    seen.add(id(sys.modules))

    def grow(roots: list[Any]) -> None:
        position = len(order)
        for root in roots:
            if id(root) not in seen:
                seen.add(id(root))
                order.append(root)
                parent.append(-1)
        while position < len(order) and missing:
            obj = order[position]
            cls = type(obj)
            referred = _locals(obj) if cls is types.FrameType else _thread_data(obj) if issubclass(cls, local) else []
            referred += direct(cls, [obj])
            name = key_of(cls)
            if name in found_handlers:
                handler = found_handlers[name]
            else:
                handler = found_handlers[name] = handler_for(cls, table)
            if handler is not None:
                referred.extend(handler([obj]))
            for child in referred:
                key = id(child)
                if key not in seen:
                    seen.add(key)
                    if key in missing:
                        missing.discard(key)
                        index[key] = len(order)
                    order.append(child)
                    parent.append(position)
            position += 1

    program, *libraries = [[module for _, module in group] for group in module_groups()]
    for roots in (program, owners, *libraries):
        grow(roots)
    for name, root in others:
        tree.names[len(order)] = name
        grow([root])
    if missing:
        grow(_frame_roots())
    return tree


def _frame_roots() -> list[Any]:
    frames = []
    for frame in sys._current_frames().values():
        current: Any = frame
        while current is not None:
            if not current.f_code.co_filename.startswith(FOLDER):
                frames.append(current)
            current = current.f_back
    return frames


def _locals(frame: Any) -> list[Any]:
    # Before 3.13 this leaves a dict of the locals with the frame for as long as it runs. Only ever done after
    # the last checkpoint, and only when no module leads to what grew.
    return list(frame.f_locals.values())


def _thread_data(obj: Any) -> list[Any]:
    """Return this thread's data of a thread-local. Asking makes it, and would run a Python `__init__`."""
    if any(type(type_dict(base).get("__init__")) is types.FunctionType for base in mro(type(obj))):
        return []
    return [local.__getattribute__(obj, "__dict__")]


def steps(tree: Tree, chain: list[int]) -> list[tuple[str, str, int]]:
    """Name a chain: (label, type name, position) a step, with namespaces and cells folded into their edges."""
    objects = [tree.order[position] for position in chain]
    root = tree.names.get(chain[0]) or edges.root_label(objects[0])
    named = [(root, type_name(type(objects[0])), chain[0])]
    at = 0
    while at + 1 < len(objects):
        owner, value = objects[at], objects[at + 1]
        folded = objects[at + 2] if at + 2 < len(objects) else None
        if folded is not None and edges.is_namespace(owner, value):
            label, skip = edges.namespace_label(value, folded), 2
        elif folded is not None and edges.is_inner(owner, value):
            label, skip = " → cached", 2
        elif folded is not None and type(owner) is types.FunctionType and value is owner.__closure__:
            label, skip = edges.closure_label(owner, folded), 2
        else:
            label, skip = edges.edge_label(owner, value), 1
        at += skip
        named.append((label, type_name(type(objects[at])), chain[at]))
    return [step for step in named if step[0]]


def path_text(named: list[tuple[str, str, int]]) -> str:
    """Return a chain as one line: `module app → Cart.by_id`."""
    root = named[0][0]
    rest = "".join(label for label, _, _ in named[1:])
    if not rest:
        return root
    return root + (rest if rest.startswith(" ") else " → " + rest.lstrip("."))
