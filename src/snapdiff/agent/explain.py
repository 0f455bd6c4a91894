"""Why what grew is still there: after the last checkpoint, for the paths that grew.

One more walk gathers the objects of the growing paths. Their births are voted, what only native code or a frame holds
is looked for, and a few more calls show at which line each container grows.
"""

from __future__ import annotations

import sys
import types

from . import backrefs, bounds, edges, grown, native, readers, suspects
from .births import Births
from .book import Book
from .names import short_type_name, type_name
from .native import AT_EXIT
from .own import Own, own_state
from .paths import path_text
from .pathwalk import CODE, UNREACHED, length_of
from .resources import waits_at
from .spread import CONTEXT, LOCAL, UNNAMED
from .suspended import SUSPENDED

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .grown import Watcher
    from .resources import Stack
    from .snapshots import Snapshots
    from .untraced import Untraced

#: Causes for which a graph is drawn.
_GRAPHS = 4
#: Container objects of one path whose lengths are watched: a path may stand for thousands.
_MOST_WATCHED = 64
#: Causes whose lines are sought.
_MOST_WATCHES = 12
#: Suspended generators of one path that are asked where they wait, and the places that are told.
_MOST_SUSPENDED = 200
_MOST_PLACES = 3
#: Causes without a path are numbered downwards from here.
FIRST_NAMELESS = -2
_ask = object.__getattribute__


class Explainer:
    """Explains the growth that a book has seen. `keep` and `owners` are as for the walk, the rest as for suspects."""

    def __init__(  # noqa: PLR0917
        self, book: Book, keep: list[Any], owners: list[Any], iterations: int, decided: int, exits: int
    ) -> None:
        self.book = book
        self.keep = keep
        self.owners = owners
        self.found = suspects.find(book, iterations, decided)
        self.objects: dict[int, list[Any]] = {}
        self.unreached: list[Any] = []
        self.exits = exits
        """Functions registered to run at exit in the last round."""
        self.roots: list[str] = []
        self.holders: list[Any] = []
        """What holds survivors that no name leads to, in the order of `nameless`; None for native code."""

    def gather(self, snapshots: Snapshots, untraced: Untraced) -> None:
        """Walk once more and gather the objects of growing paths and of the ways to them."""
        book = self.book
        wanted: dict[int, list[Any]] = {}
        for suspect in self.found:
            for node in (*book.ancestors(suspect.node), *suspect.below):
                wanted[node] = []
        with untraced:
            self.unreached = snapshots.gather(own_state([*self.keep, self, wanted]), self.owners, wanted)
        self.objects = wanted
        for suspect in self.found:
            # Counted now: what is sought later takes more calls, and would be more than the rounds left.
            if wanted[suspect.node]:
                suspect.entries = self._entries(wanted[suspect.node])

    @property
    def own(self) -> Own:
        """What must be left out of every search, now that we hold objects of the program."""
        return own_state(self.keep).also(
            self.objects, self.unreached, self.owners, self, self.__dict__, self.found, self.holders
        )

    def births(self, births: Births) -> list[dict[str, Any]]:
        """Return where the objects of each growing path were allocated; tracing must still run."""
        rows = []
        for suspect in self.found:
            if suspect.full:
                continue
            nodes = suspect.below or [suspect.node]
            if self.book.edges[self.book.roots[suspect.node]] in (CODE, UNREACHED):
                continue
            for node in nodes:
                for birth in births.of(self.objects[node]):
                    rows.append({"cause": suspect.node, "type": self.book.kinds[node], **birth})
        return rows

    def survivors(self, snapshots: Snapshots, wanted: list[tuple[int, str]]) -> dict[tuple[int, str], list[Any]]:
        """Walk once more; return the objects of some causes and types as they are now."""
        keys = {
            node: (suspect.node, self.book.kinds[node])
            for suspect in self.found
            for node in suspect.below or [suspect.node]
        }
        nodes: dict[int, list[Any]] = {node: [] for node, key in keys.items() if key in wanted}
        snapshots.gather(self.own.also(nodes), self.owners, nodes)
        found: dict[tuple[int, str], list[Any]] = {}
        for node, objects in nodes.items():
            found.setdefault(keys[node], []).extend(objects)
        return found

    def causes(self, snapshots: Snapshots) -> list[dict[str, Any]]:
        """Return container, chain, bound and shares of every named cause."""
        named = [each for each in self.found if self._is_named(each) and self.objects[each.node]]
        containers = [self.objects[each.node] for each in named]
        ours = self.own.ids
        roots = [module for module in list(sys.modules.values()) if not type_name(type(module)).startswith("_snapdiff")]
        shares = snapshots.held_by([*roots, *self.owners], containers, ours) if named else []
        rows = []
        for suspect, held in zip(named, shares):
            objects = self.objects[suspect.node]
            holder = objects[0]
            chain = self._chain(suspect.node, objects)
            rows.append(
                {
                    "node": suspect.node,
                    "path": path_text([(label, kind, 0) for label, kind in chain]),
                    "type": type_name(type(holder)),
                    "containers": len(objects),
                    "entries": suspect.entries,
                    "bound": self._bound(suspect.node, holder),
                    "chain": [{"label": label.strip(), "type": kind} for label, kind in chain],
                    "share": held.share,
                    "alone": held.alone,
                    "partner": None if held.partner is None else named[held.partner].node,
                }
            )
        return rows

    def nameless(self, births: Births) -> list[dict[str, Any]]:
        """Return what holds growing objects that no name leads to: a frame, a thread, native code."""
        kinds = [self.book.kinds[each.node] for each in self.found if not self._is_named(each)]
        if not kinds:
            return []
        rows, self.holders = native.explain(kinds, self.unreached, self.own, self.owners, births, exits=self.exits)
        self.roots = [row["path"] or "" for row in rows]
        return rows

    def graphs(self) -> list[dict[str, Any]]:
        """Return the back-references of one survivor of the first causes, drawn by objgraph where it can be had."""
        rows: list[dict[str, Any]] = []
        for suspect in self.found:
            if len(rows) == _GRAPHS:
                break
            node = next((each for each in suspect.below if "." in self.book.kinds[each]), None)
            node = node if node is not None else (suspect.below or [suspect.node])[0]
            if suspect.full or not self._is_named(suspect) or not self.objects[node]:
                continue
            survivor = [self.objects[node][-1]]
            graph = backrefs.draw(survivor, self.own.also(survivor))
            if graph is not None:
                rows.append({"cause": suspect.node, "type": self.book.kinds[node], **graph})
        return rows

    def suspended(self) -> list[dict[str, Any]]:
        """Return where the suspended generators and coroutines of each growing path wait. This makes their frames."""
        rows = []
        for suspect in self.found:
            for node in suspect.below if not suspect.full else ():
                if self.book.kinds[node] in SUSPENDED:
                    counts: dict[Stack, int] = {}
                    for stack in filter(None, map(waits_at, self.objects[node][:_MOST_SUSPENDED])):
                        counts[stack] = counts.get(stack, 0) + 1
                    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
                    rows += [
                        {
                            "cause": suspect.node, "type": self.book.kinds[node],
                            "frames": [list(frame) for frame in stack], "count": count,
                        }
                        for stack, count in ranked[:_MOST_PLACES]
                    ]  # fmt: skip
        return rows

    def grown_at(
        self, call: Callable[[], int], others: list[Watcher], few: bool
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Return the stacks at which each container grew in some more calls, and why that could not be seen.

        `others` are looked at in the same calls, of which only a `few` are made where each is dear.
        """
        watches: dict[int, grown.Watch] = {}
        for suspect in self.found[:_MOST_WATCHES]:
            watch = self._watch(suspect) if self._is_named(suspect) and not suspect.full else None
            if watch is not None:
                watches[suspect.node] = watch
        for at, holder in enumerate(self.holders):
            if holder is AT_EXIT:
                watches[FIRST_NAMELESS - at] = grown.Watch(native.exit_callbacks, False)
            elif holder is not None and (sys.version_info >= (3, 12) or not self._in_frame(at)):
                # Before 3.12 the lines of a thread that runs already are out of reach.
                watches[FIRST_NAMELESS - at] = grown.Watch(readers.length_reader(readers.value_reader(holder)), False)
        if not watches and not others:
            return [], None
        why = grown.find([*watches.values(), *others], call, few)
        rows: list[dict[str, Any]] = []
        for node, watch in watches.items():
            if not watch.is_known:
                continue
            ranked = sorted(watch.hits.items(), key=lambda item: (-item[1], item[0]))
            rows += [
                {"cause": node, "frames": [list(frame) for frame in stack], "count": count}
                for stack, count in ranked[:3]
            ]
        return rows, why

    # -- names --------------------------------------------------------------------------------------------

    def _is_named(self, suspect: suspects.Suspect) -> bool:
        return self.book.edges[self.book.roots[suspect.node]] not in (CODE, UNREACHED)

    def _in_frame(self, at: int) -> bool:
        return self.roots[at].startswith("frame of ")

    def _chain(self, node: int, objects: list[Any]) -> list[tuple[str, str]]:
        """Return (label, type) from the root to a node, with edges that the walk could not name named now."""
        book = self.book
        path = book.ancestors(node)
        chain = []
        for at, step in enumerate(path):
            label, kind = book.edges[step], book.kinds[step]
            if at == 0:
                if label == "the recorded object":
                    name = short_type_name(type(self.objects[step][0]))
                    label = "the event loop" if name.endswith("EventLoop") else "the " + name + " object"
                chain.append((label, kind))
                continue
            owners, values = self.objects.get(path[at - 1]) or [], self.objects.get(step) or []
            if label == UNNAMED or label.startswith(LOCAL):
                label = _better(label, owners, values, kind)
            chain.append((label, kind))
        return chain

    # -- containers ---------------------------------------------------------------------------------------

    def _entries(self, objects: list[Any]) -> int | None:
        length = length_of(type(objects[0]))
        if length is not None:
            return int(sum(map(length, objects)))
        return edges.entries(objects[0])

    def _bound(self, node: int, holder: Any) -> int | None:
        found = bounds.bound(holder)
        present = edges.entries(holder)
        parent = self.book.parents[node]
        if found is not None or parent < 0 or present is None or len(self.objects[node]) != 1:
            return found
        owners = self.objects.get(parent) or []
        if len(owners) != 1:
            return None
        known = self.book.attributes.get(self.book.kinds[parent], ())
        names = [self.book.edges[each][1:] for each in self._siblings(parent)]
        beside = bounds.attribute_names(owners[0], (*known, *names))
        return bounds.stated_bound(owners[0], self.book.edges[node][1:], beside, present)

    def _siblings(self, parent: int) -> list[int]:
        return [node for node, above in enumerate(self.book.parents) if above == parent]

    # -- lines --------------------------------------------------------------------------------------------

    def _attribute_of_what_stays(self, node: int, value: Any) -> Callable[[], Any] | None:
        """Return what reads a container through attributes from the first of its owners that is no attribute itself.

        Owners are replaced as containers are: what is read must be found anew each time.
        """
        names: list[str] = []
        while node >= 0 and self.book.edges[node].startswith("."):
            names.insert(0, self.book.edges[node][1:])
            node = self.book.parents[node]
        owners = self.objects.get(node) or [] if node >= 0 else []
        return readers.attribute_reader(owners[0], names, value) if len(owners) == 1 else None

    def _watch(self, suspect: suspects.Suspect) -> grown.Watch | None:
        objects = self.objects[suspect.node]
        if not objects:
            return None
        if len(objects) > 1:
            half = _MOST_WATCHED // 2
            return grown.Watch(readers.total_reader([*objects[:half], *objects[half:][-half:]]), False)
        edge = self.book.edges[suspect.node]
        parent = self.book.parents[suspect.node]
        owners = self.objects.get(parent) or [] if parent >= 0 else []
        read = None
        if edge.startswith("."):
            read = self._attribute_of_what_stays(suspect.node, objects[0])
        elif len(owners) == 1 and edge.startswith(CONTEXT):
            read = readers.context_reader(owners[0], edge[len(CONTEXT) :])
        if read is None:
            read = readers.value_reader(objects[0])
        if suspect.by_entries or suspect.in_size:
            return grown.Watch(readers.length_reader(read), False)
        # Linked structures have no length: their head is another object after each insertion.
        kinds = {self.book.kinds[node] for node in suspect.below}
        return grown.Watch(readers.identity_reader(read, kinds), True)


def _better(label: str, owners: list[Any], values: list[Any], kind: str) -> str:
    """Name an edge by what its owner has, which may make dicts: only after the last checkpoint."""
    value = values[0] if values else None
    for owner in owners[:8]:
        if label.startswith(LOCAL):
            frame = owner if type(owner) is types.FrameType else _frame_of(owner)
            for name, held in dict(frame.f_locals).items() if frame is not None else ():
                if held is value:
                    return " → local variable " + str(name)[:80] + " of " + label[len(LOCAL) :]
        else:
            found = edges.edge_label(owner, value)
            if found.strip(" →"):
                return found
    return label if label != UNNAMED else UNNAMED + kind.rpartition(".")[2]


def _frame_of(suspended: Any) -> Any:
    for name in ("gi_frame", "cr_frame", "ag_frame"):
        try:
            return _ask(suspended, name)
        except AttributeError:
            pass
    return None
