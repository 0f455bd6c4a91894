"""From growing paths to causes: one finding a container, with its types, births, chain and what it holds."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate
from typing import Any

import pandas as pd

from snapdiff.analysis import limits
from snapdiff.analysis.chains import path_of, with_words
from snapdiff.analysis.dot import parse
from snapdiff.analysis.frames import Frames
from snapdiff.analysis.grouping import holding_the_same, on_one_line, summed, with_sentence
from snapdiff.analysis.growth import WITHDRAWN, rise
from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import (
    BornAt,
    ChainNode,
    Container,
    Excerpt,
    Finding,
    Frame,
    Graph,
    GrownAt,
    Law,
    Verdict,
)
from snapdiff.analysis.naming import fingerprint
from snapdiff.analysis.pathgraph import path_graph
from snapdiff.analysis.paths import ACCUSED, CAUSES, NAMELESS, Grown, Node, Paths
from snapdiff.analysis.sentences import amount, cycle_sentence

_WEAK = ("weakref", "weakref.ReferenceType", "weakref.KeyedRef", "weakref.WeakMethod")
#: What keeps only weak references of what it is given.
_REFERS_WEAKLY = ("_abc._abc_data", "weakref.WeakValueDictionary", "_weakrefset.WeakSet")
#: Types that are part of another object rather than what a person would name.
_PARTS = ("dict", "cell", "tuple", "list", "str", "int", "float", "bytes", "method", "function", "set")
#: What holds the local variables of functions that no longer run, or not now.
_HOLDS_LOCALS = ("traceback", "generator", "coroutine", "async_generator")
_GARBAGE = -1


class Causes:
    """Builds findings from what grew."""

    def __init__(self, matrices: Matrices, frames: Frames) -> None:
        self._matrices = matrices
        self._frames = frames
        self.paths = Paths(matrices)
        self._spans = matrices.workload.spans
        self._causes = {int(row.cause): row for row in records(matrices.table("causes"))}
        self._alive = _alive_per_line(matrices)

    def named(self) -> list[Finding]:
        """Return a finding for every container that grew and can be named."""
        grown = [each for each in self.paths.grown() if self.paths.root(each.node).edge not in NAMELESS]
        found = [(each, self._finding(each)) for each in grown]
        return on_one_line(holding_the_same(self._without_mirrors(found), self._causes))

    def nameless(self, known: list[Finding]) -> list[Finding]:
        """Return findings for survivors that no name leads to: held by frames, threads, or native code."""
        # What is only reached through code hangs on functions and classes: with a named cause, it is a part of that.
        accused = any(finding.verdict in ACCUSED for finding in known)
        roots = NAMELESS[1:] if accused else NAMELESS
        grown = {each.node.type: each for each in self.paths.grown() if self.paths.root(each.node).edge in roots}
        rows = self._matrices.table("cause_types")
        found: list[Any] = []
        taken: set[str] = set()
        for number, cause in self._causes.items():
            if number >= _GARBAGE:
                continue
            kinds = [row for row in records(rows[rows["cause"] == number]) if row.type in grown]
            if not kinds:
                continue
            taken.update(row.type for row in kinds)
            found.append((number, self._nameless(number, cause, kinds, grown)))
        found = self._on_their_own(found, known)
        # A recording that ended early says what grew, and no more.
        left = [
            each
            for name, each in grown.items()
            if name not in taken and each.judgement.verdict is not Verdict.SATURATING
        ]
        if left and not self._causes and not known and not found:
            found.append(self._unexplained(left))
        return found

    def _on_their_own(self, found: list[tuple[int, Finding]], known: list[Finding]) -> list[Finding]:
        """Leave out findings whose survivors are made where those of another cause are: they are its parts."""
        findings = list(known)
        kept = []
        for number, finding in sorted(found, key=lambda each: (CAUSES.index(each[1].verdict), each[1].held_natively)):
            blamed = {row.frame for other in findings for row in other.born_at}
            blamed |= {row.frame for other in findings for row in other.grown_at}
            functions = {(frame.file, frame.function) for frame in blamed}
            births = self._matrices.table("births")
            stacks = {int(stack) for stack in births[births["cause"] == number]["stack"]}
            is_part = any((row.frame.file, row.frame.function) in functions for row in finding.born_at)
            is_part = is_part or any(not blamed.isdisjoint(self._frames.stack(stack)) for stack in stacks)
            kinds = {finding.type, *finding.other_types}
            # What C keeps inside of an object that grows is counted beside it: a tuple for each connection, and the
            # whole tensor for each row of it, unless it is known to be made elsewhere.
            in_step = [other for other in findings if other.growth[-1] == finding.growth[-1]]
            alike = {other.type for other in in_step if other.container is not None and not finding.born_at}
            beside = finding.held_natively and bool(in_step) and kinds <= {*_PARTS, *alike}
            if is_part or (known and kinds <= set(_WEAK)) or beside:
                continue
            kept.append(finding)
            findings.append(finding)
        return kept

    def cycles(self) -> list[Finding]:
        """Return what only the cyclic collector frees, call by call, as one finding."""
        control = self._matrices.control.growth("collected")
        freed = self._matrices.workload.growth("collected")
        # What a checkpoint leaves of its own is the same at each; the control has no extra rounds.
        ours = control + (control or [0])[-1:] * (len(freed) - len(control))
        gained = tuple(max(0, all_of_it - own) for all_of_it, own in zip(freed, ours, strict=False))
        rates = [gain / span.iterations for gain, span in zip(gained, self._spans, strict=False)]
        later = rates[1:]
        if len(later) < 2 or min(later[-2:]) < limits.GARBAGE_RATE:  # noqa: PLR2004
            return []
        if max(later[-2:]) > limits.RATE_FACTOR * min(later[-2:]):
            return []
        garbage = sorted(records(self._matrices.table("garbage")), key=lambda row: (-row.objects, row.type))
        named = [row for row in garbage if row.type not in _PARTS] or garbage
        main = str(named[0].type) if named else None
        born = self._births(_GARBAGE, main, ()) if main is not None else ()
        reasons = (
            f"the collector freed {', '.join(f'{gain:,}' for gain in gained)} objects in the rounds",
            "nothing of it survives a collection: these objects only refer to each other",
        )
        finding = Finding(
            fingerprint=fingerprint(main, (), born), verdict=Verdict.CYCLE, law=Law.FLAT, domain="python", type=main,
            other_types=tuple(str(row.type) for row in garbage if row.type != main)[:20],
            objects_per_iteration=later[-1], bytes_per_iteration=0.0, growth=gained, container=None, chain=(),
            born_at=born, grown_at=(), leak_share_bytes=None, not_shared_bytes=None, sentence="", reasons=reasons,
            graph=None, excerpts=self._excerpts([row.frame for row in born]), curve=(),
        )  # fmt: skip
        most = 2 * sum(row.objects for row in garbage if row.type == main) > sum(row.objects for row in garbage)
        return [replace(finding, sentence=cycle_sentence(finding, most=most))]

    # -- one container ------------------------------------------------------------------------------------

    def _finding(self, grown: Grown) -> Finding:
        node, judgement = grown.node, grown.judgement
        cause = self._causes.get(node.number)
        chain = self._chain(node, cause)
        container = self._container(grown, chain, cause)
        verdict, law, reasons = judgement.verdict, judgement.law, list(judgement.reasons)
        doubt = judgement.doubt
        if container.bound is not None and container.count == 1 and verdict in CAUSES[:3]:
            # Its limit is known: what grows until it is reached is no leak, and what is full does not grow.
            verdict, law, doubt = Verdict.SATURATING, Law.BOUNDED, ""
            reasons.append(f"{container.path} holds {container.size} and never more than {container.bound}")
        if verdict in ACCUSED and self._only_weak(grown):
            verdict = Verdict.INCONCLUSIVE
            doubt = "only weak references grow, and those are often removed all at once later"
            reasons.append(f"{WITHDRAWN}{doubt}")
        main, kinds = self._types(grown)
        growth, unit = (self._growth_of(main, grown), "objects") if main in kinds else (grown.growth, grown.unit)
        calls = self._spans[-1].iterations
        size = summed([each.bytes for each in (*grown.below, node) if each.bytes])
        larger = summed([each.bytes for each in grown.below if each.objects and each.objects[-1] > 0])
        gained = self._gained_while_traced(main, grown) if unit == "objects" else None
        born = self._births(node.number, main, chain, gained)
        grown_at = self._grown_at(node.number, chain)
        if not born and unit != "objects":
            born = self._grown_blocks(grown_at)
        more = rise(larger, self._spans) and rise(size, self._spans) if verdict in ACCUSED else None
        if more is not None:
            first, last = (amount(each) for each in more)
            reasons.append(f"calls leave ever more bytes: {first} each in the last planned round, {last} in the last")
        if verdict in ACCUSED:
            total = sum(span.iterations for span in self._spans)
            reasons.append(f"not bounded within {total:,} calls")
        finding = Finding(
            fingerprint=fingerprint(main or node.type, chain, born),
            verdict=verdict,
            law=law,
            domain="python",
            type=main or node.type,
            other_types=tuple(sorted(set(kinds) - {main})),
            objects_per_iteration=growth[-1] / calls if unit == "objects" else 0.0,
            bytes_per_iteration=size[-1] / calls,
            growth=growth,
            container=container,
            chain=with_words(chain),
            born_at=born,
            grown_at=grown_at,
            leak_share_bytes=_optional(cause.share) if cause is not None else None,
            not_shared_bytes=_optional(cause.alone) if cause is not None else None,
            sentence="",
            reasons=tuple(reasons),
            graph=self._graph(node.number),
            path_graph=path_graph(
                with_words(chain), grown, self._spans, nodes=self.paths.nodes, container=container, kind=main
            ),
            excerpts=self._excerpts([*(row.frame for row in grown_at[:1]), *(row.frame for row in born)]),
            curve=self._curve(growth),
            unit=unit,
            doubt=doubt,
            made_at=self._made_at(node.number, chain),
            rise=rise(growth, self._spans) if verdict in ACCUSED else None,
            bytes_rise=more,
            waits_at=self._waits_at(node.number, main),
        )
        return with_sentence(finding)

    def _chain(self, node: Node, cause: Any) -> tuple[ChainNode, ...]:
        if cause is not None:
            return tuple(ChainNode(str(step["label"]), str(step["type"])) for step in cause.chain)
        return tuple(ChainNode(step.edge.strip(), step.type) for step in self.paths.chain(node))

    def _container(self, grown: Grown, chain: tuple[ChainNode, ...], cause: Any) -> Container:
        if cause is not None:
            return Container(
                path_of(chain, str(cause.path)), str(cause.holder_type), _optional(cause.entries),
                _optional(cause.bound), int(cause.containers),
            )  # fmt: skip
        root, *rest = [step.edge for step in self.paths.chain(grown.node)]
        path = root + (" → " + "".join(rest).strip(" →").lstrip(".") if rest else "")
        return Container(path_of(chain, path), grown.node.type, None, None)

    def _types(self, grown: Grown) -> tuple[str | None, dict[str, list[tuple[int, ...]]]]:
        """Return the type a person would name, and growth per round of every type below, by step."""
        kinds: dict[str, list[tuple[int, ...]]] = {}
        depth: dict[str, int] = {}
        inner: dict[str, bool] = {}
        base = len(self.paths.chain(grown.node))
        for node in grown.below:
            if any(node.objects[1:]) and node.objects[-1] > 0:
                kinds.setdefault(node.type, []).append(node.objects)
                # Keys are told after values: they are what a person looks things up by.
                below = self.paths.chain(node)[base:]
                distance = len(below) + (node.edge == "{key}")
                depth[node.type] = min(depth.get(node.type, distance), distance)
                held = any(step.type in _HOLDS_LOCALS for step in below[:-1])
                inner[node.type] = inner.get(node.type, True) and held
        if not kinds:
            return None, {}

        def rank(name: str) -> tuple[bool, int, int, int, str]:
            # The program's own classes say most, then the library's, then builtins. Not what local variables of an
            # exception's frames or of a suspended generator hold: that one was kept, and they with it.
            foreign = name.partition(".")[0] in sys.stdlib_module_names
            order = 2 if "." not in name or name in _WEAK else int(foreign)
            # A module that is kept holds all the rest: its import is what there is to tell.
            order = -1 if name == "module" and depth[name] == 1 else order
            return (inner[name], order, depth[name], -summed(kinds[name])[-1], name)

        return min(kinds, key=rank), kinds

    def _growth_of(self, kind: str, grown: Grown) -> tuple[int, ...]:
        """Return what each round added of a type below a container, under names that came and stayed, too."""
        return summed([node.objects for node in self._of_kind(kind, grown) if node.objects])

    def _gained_while_traced(self, kind: str | None, grown: Grown) -> int:
        """Return the objects of a type below a container that came in the rounds of which lines are known."""
        return sum(node.traced for node in self._of_kind(kind, grown))

    def _of_kind(self, kind: str | None, grown: Grown) -> list[Node]:
        nodes = {node.number: node for node in (*self.paths.below(grown.node), *grown.below)}
        return [node for node in nodes.values() if node.type == kind]

    def _without_mirrors(self, found: list[tuple[Grown, Finding]]) -> list[tuple[Grown, Finding]]:
        """Leave out weak references that grow because something else does."""
        fastest = max((finding.growth[-1] for each, finding in found if not self._only_weak(each)), default=0)
        return [
            (grown, finding)
            for grown, finding in found
            if not self._only_weak(grown) or finding.growth[-1] * limits.MIRROR_SHARE > fastest
        ]

    def _only_weak(self, grown: Grown) -> bool:
        """Say whether nothing but weak references is gained below a container."""
        if any(step.type in _REFERS_WEAKLY for step in self.paths.chain(grown.node)):
            return True
        below = [node for node in self.paths.below(grown.node) if node.objects and sum(node.objects[1:]) > 0]
        # The keys of a dictionary of weak references go with them.
        kinds = {node.type for node in below if node.edge != "{key}"}
        return bool(kinds) and kinds <= set(_WEAK)

    def _curve(self, growth: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        calls = accumulate((span.iterations for span in self._spans), initial=0)
        return tuple(zip(calls, accumulate(growth, initial=0), strict=False))

    # -- nothing that can be named ------------------------------------------------------------------------

    def _nameless(self, number: int, cause: Any, kinds: list[Any], grown: dict[str, Grown]) -> Finding:
        native = bool(cause.native)
        ranked = sorted(
            kinds,
            key=lambda row: (
                grown[row.type].judgement.verdict not in ACCUSED,
                native and not row.held,
                row.type in _PARTS,
                "." not in row.type,
                -row.survivors,
                row.type,
            ),
        )
        main = str(ranked[0].type)
        judgement = grown[main].judgement
        node = grown[main].node
        born = self._births(number, main, (), node.traced)
        chain = () if native else tuple(ChainNode(str(step["label"]), str(step["type"])) for step in cause.chain)
        container = (
            None
            if native
            else Container(path_of(chain, str(cause.path)), str(cause.holder_type), _optional(cause.entries), None)
        )
        reasons = list(judgement.reasons)
        if native:
            reasons.append("no reference to them from a module, class, frame, thread or context variable was found")
        calls = self._spans[-1].iterations
        finding = Finding(
            fingerprint=fingerprint(main, chain, born), verdict=judgement.verdict, law=judgement.law, domain="python",
            type=main, other_types=tuple(sorted({str(row.type) for row in kinds} - {main})),
            objects_per_iteration=node.objects[-1] / calls,
            bytes_per_iteration=sum(grown[row.type].node.bytes[-1] for row in kinds) / calls, growth=node.objects,
            container=container, chain=with_words(chain), born_at=born, grown_at=self._grown_at(number, chain),
            leak_share_bytes=None, not_shared_bytes=None, sentence="", reasons=tuple(reasons), graph=None,
            excerpts=self._excerpts([row.frame for row in born]), curve=self._curve(node.objects),
            held_natively=native, doubt=judgement.doubt,
        )  # fmt: skip
        return with_sentence(finding)

    def _unexplained(self, grown: list[Grown]) -> Finding:
        """Return what grew without a name, of a run that ended before anybody could look."""
        first = min(
            grown, key=lambda each: (CAUSES.index(each.judgement.verdict), -each.node.bytes[-1], each.node.type)
        )
        node, calls = first.node, self._spans[-1].iterations
        finding = Finding(
            fingerprint=fingerprint(node.type, (), ()), verdict=first.judgement.verdict, law=first.judgement.law,
            domain="python", type=node.type,
            other_types=tuple(sorted(each.node.type for each in grown if each is not first)),
            objects_per_iteration=node.objects[-1] / calls, bytes_per_iteration=node.bytes[-1] / calls,
            growth=node.objects, container=None, chain=(), born_at=(), grown_at=(), leak_share_bytes=None,
            not_shared_bytes=None, sentence="", reasons=first.judgement.reasons, graph=None, excerpts=(),
            curve=self._curve(node.objects), doubt=first.judgement.doubt,
        )  # fmt: skip
        return with_sentence(finding)

    # -- lines --------------------------------------------------------------------------------------------

    def _births(
        self, cause: int, kind: str | None, chain: tuple[ChainNode, ...], gained: int | None = None
    ) -> tuple[BornAt, ...]:
        """Return the lines that allocated the survivors of a cause, by vote: of its main type, or of all of them."""
        births = self._matrices.table("births")
        chosen = births[births["cause"] == cause]
        of_kind = chosen[chosen["type"] == kind]
        home = self._home(chain)
        votes: dict[Frame, tuple[int, tuple[Frame, ...]]] = {}
        for row in records(
            (of_kind if len(of_kind) else chosen).sort_values(["count", "stack"], ascending=[False, True])
        ):
            frame, callers = self._frames.blamed(int(row.stack), home)
            if frame is not None:
                count, first = votes.get(frame, (0, callers))
                votes[frame] = (count + int(row.count), first)
        total = max(1, sum(count for count, _ in votes.values()))
        ranked = sorted(votes.items(), key=lambda item: (-item[1][0], item[0].file, item[0].line))
        return tuple(
            BornAt(
                frame, count / total, _part(gained, count / total), self._alive.get((frame.file, frame.line)), callers
            )
            for frame, (count, callers) in ranked[: limits.MOST_BIRTHS]
        )

    def _made_at(self, cause: int, chain: tuple[ChainNode, ...]) -> tuple[tuple[str, Frame], ...]:
        """Return (type, line) of all survivors of a cause that were examined."""
        births = self._matrices.table("births")
        home = self._home(chain)
        rows = records(births[births["cause"] == cause].sort_values(["type", "stack"]))
        made = [(str(row.type), self._frames.blamed(int(row.stack), home)[0]) for row in rows]
        return tuple(dict.fromkeys((kind, frame) for kind, frame in made if frame is not None))

    def _grown_at(self, cause: int, chain: tuple[ChainNode, ...]) -> tuple[GrownAt, ...]:
        rises = self._matrices.table("grown")
        chosen = rises[rises["cause"] == cause].sort_values(["count", "stack"], ascending=[False, True])
        home = self._home(chain)
        found: dict[Frame, tuple[Frame, ...]] = {}
        for row in records(chosen):
            frame, callers = self._frames.blamed(int(row.stack), home)
            if frame is not None:
                found.setdefault(frame, callers)
        return tuple(GrownAt(frame, callers) for frame, callers in list(found.items())[: limits.MOST_BIRTHS])

    def _waits_at(self, cause: int, kind: str | None) -> tuple[GrownAt, ...]:
        """Return where suspended generators or coroutines wait, if these are what a cause is about."""
        waits = self._matrices.table("suspended")
        chosen = waits[(waits["cause"] == cause) & (waits["type"] == kind)]
        found: dict[Frame, tuple[Frame, ...]] = {}
        for row in records(chosen.sort_values(["count", "stack"], ascending=[False, True])):
            frame, callers = self._frames.blamed(int(row.stack))
            if frame is not None:
                found.setdefault(frame, callers)
        return tuple(GrownAt(frame, callers) for frame, callers in list(found.items())[: limits.MOST_BIRTHS])

    def _grown_blocks(self, grown_at: tuple[GrownAt, ...]) -> tuple[BornAt, ...]:
        """Return where the memory of an object that gets longer is allocated: the traced line at which it grows."""
        return tuple(
            BornAt(row.frame, 1.0, None, self._alive[row.frame.file, row.frame.line], row.callers)
            for row in grown_at[:1]
            if (row.frame.file, row.frame.line) in self._alive
        )

    def _home(self, chain: tuple[ChainNode, ...]) -> str | None:
        """Return the top-level package in which a container lives, if its chain begins at a module."""
        if chain and chain[0].label.startswith("module "):
            return chain[0].label[len("module ") :].partition(".")[0]
        return None

    def _graph(self, cause: int) -> Graph | None:
        graphs = self._matrices.table("graphs")
        row = next(iter(records(graphs[graphs["cause"] == cause])), None)
        return None if row is None else parse(str(row.dot), str(row.type), str(row.drawn_by))

    def _excerpts(self, frames: Iterable[Frame]) -> tuple[Excerpt, ...]:
        found = [self._frames.excerpt(frame) for frame in dict.fromkeys(frames)]
        return tuple(excerpt for excerpt in found if excerpt is not None)


def _part(whole: int | None, share: float) -> int | None:
    return None if whole is None else round(whole * share)


def _optional(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _alive_per_line(matrices: Matrices) -> dict[tuple[str, int], int]:
    """Return blocks alive at the last checkpoint per allocation line."""
    traces, stacks, files = (matrices.table(name) for name in ("traces", "stacks", "files"))
    if not len(traces) or not matrices.traced.ids:
        return {}
    last = traces[traces["checkpoint"] == matrices.traced.ids[-1]]
    tops = stacks[stacks["depth"] == 0].set_index("stack")[["file", "line"]]
    sums = last.join(tops, on="stack", how="inner").groupby(["file", "line"])[["blocks"]].sum().reset_index()
    paths = dict(zip(files["file"], files["path"], strict=True))
    return {(str(paths.get(row.file)), int(row.line)): int(row.blocks) for row in records(sums)}
