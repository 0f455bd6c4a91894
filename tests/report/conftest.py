"""Small analyses to render, built by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from snapdiff.analysis.compare import compare
from snapdiff.analysis.comparison import Comparison
from snapdiff.analysis.model import (
    Analysis,
    AuditRow,
    BornAt,
    ChainNode,
    CheckpointRow,
    Container,
    Control,
    Domain,
    Excerpt,
    Finding,
    Frame,
    GivenBack,
    Graph,
    GraphEdge,
    GraphNode,
    GrownAt,
    Law,
    Ledger,
    LedgerKind,
    LineRow,
    Method,
    Peak,
    Round,
    Suppressed,
    TimelinePoint,
    TypeRow,
    Verdict,
)
from snapdiff.analysis.trend import Trend, trend
from snapdiff.report import render
from snapdiff.report.comparison import render_comparison
from snapdiff.report.texts import with_texts as replace_texts
from snapdiff.report.trend import render_trend

MIB = 1024 * 1024
HOSTILE = "</script><img src=x onerror=alert(1)>\"'`{{7*7}}]]><!--\u2028\u202e\x1b[31m\x00&lt;svg/onload=alert(2)>"

PHASES = ("round", "checkpoint")
_PLAN = ((1, False), (10, False), (151, False), (302, True))


def make_rounds(left: tuple[int, ...], size: int = 144) -> tuple[Round, ...]:
    """Rounds of the usual plan that left so many objects of `size` bytes."""
    return tuple(
        Round(
            number=number,
            iterations=iterations,
            extra=extra,
            objects=objects,
            tracked=max(objects - 2, 0),
            bytes=objects * size,
            blocks=objects,
            traced_bytes=objects * size,
            seconds=0.01 * iterations,
            garbage=0,
            rss=(48 + number) * MIB,
            uss=(40 + number) * MIB,
        )
        for number, ((iterations, extra), objects) in enumerate(zip(_PLAN, left, strict=False), 1)
    )


def make_excerpt(file: str = "app/cart.py", focus: int = 42) -> Excerpt:
    """The place where the cart forgets nothing."""
    return Excerpt(
        file=file,
        first_line=38,
        lines=(
            "    @classmethod",
            "    def add(cls, name: str, price: float) -> Item:",
            '        """Put one more thing into the cart."""',
            "        item = Item(name, price)  # a new one for every call",
            "        cls.by_id[item.id] = item",
            "        return item",
            "",
        ),
        focus=focus,
    )


def make_graph(nodes: int = 5) -> Graph:
    """A chain of `nodes` nodes from a module to one survivor, with a second way to the container."""
    last = nodes - 1
    roles = {0: "root", last - 1: "container", last: "survivor"}
    labels = {0: "module app", 1: "Cart", last - 1: "dict", last: "Item"}
    details = {0: "app/__init__.py", last - 1: "464 entries", last: "1 of 464"}
    return Graph(
        type="app.cart.Item",
        drawn_by="objgraph 3.6.2",
        nodes=tuple(
            GraphNode(
                id=i,
                label=labels.get(i, f"object {i}"),
                detail=details.get(i, ""),
                role=roles.get(i, "object"),
            )
            for i in range(nodes)
        ),
        edges=(
            *(
                GraphEdge(source=i, target=i + 1, label={0: "Cart", last - 2: "by_id", last - 1: "[…]"}.get(i, ""))
                for i in range(last)
            ),
            GraphEdge(source=0, target=last - 1, label="CARTS"),
        ),
    )


def make_finding(**changes: Any) -> Finding:
    """The leak of the contract: a class attribute that keeps every item."""
    finding = Finding(
        fingerprint="3f9c1a7be204",
        verdict=Verdict.LEAK,
        law=Law.LINEAR,
        domain="python",
        type="app.cart.Item",
        other_types=("str", "float"),
        objects_per_iteration=1.0,
        bytes_per_iteration=144.0,
        growth=(1, 10, 151, 302),
        container=Container(path="module app → Cart.by_id", type="dict", size=464, bound=None),
        chain=(
            ChainNode(label="module app", type="module"),
            ChainNode(label=".Cart", type="type"),
            ChainNode(label=".by_id", type="dict"),
        ),
        born_at=(
            BornAt(
                frame=Frame("app/cart.py", 41, "add"),
                share=1.0,
                born=464,
                alive=464,
                callers=(Frame("app/checkout.py", 12, "handle"), Frame("bench.py", 7, "run")),
            ),
        ),
        grown_at=(GrownAt(frame=Frame("app/cart.py", 42, "add"), callers=(Frame("app/checkout.py", 12, "handle"),)),),
        leak_share_bytes=66_816,
        not_shared_bytes=60_320,
        sentence="Leak: `Cart.by_id` gains 1 `Item` per call (144 B), held by `module app`.",
        reasons=(
            "10 calls left 10, 151 left 151 and 302 more left 302: 1 per call in every round (spread 0.0 %).",
            "The control left 0 objects.",
        ),
        graph=make_graph(),
        excerpts=(make_excerpt(),),
        curve=(
            (1, 1),
            (11, 11),
            *((11 + step, 11 + step) for step in range(19, 152, 19)),
            (162, 162),
            (464, 464),
        ),
        path_graph=make_path_graph(),
    )
    return replace(finding, **changes)


def make_path_graph() -> Graph:
    """The way to every item: merged nodes, what they hold, and what they gain a call."""
    return Graph(
        type="app.cart.Item",
        drawn_by="snapdiff, from the recorded paths",
        nodes=(
            GraphNode(0, "module app", "", "root"),
            GraphNode(1, "type", "", "object"),
            GraphNode(2, "dict", "464 entries, +1/call", "container"),
            GraphNode(3, "app.cart.Item", "gained 464, +1/call", "survivor"),
            GraphNode(4, "float", "gained 464, +1/call", "object"),
        ),
        edges=(
            GraphEdge(0, 1, ".Cart"),
            GraphEdge(1, 2, ".by_id"),
            GraphEdge(2, 3, "{value}"),
            GraphEdge(3, 4, ".price"),
        ),
    )


def make_leaking() -> Analysis:
    """A web shop that leaks, with initialisation, a cache that fills and two lesser causes."""
    rounds = make_rounds((953, 11, 153, 302))
    slow = make_finding(
        fingerprint="77aa01d2c9f0",
        verdict=Verdict.SLOW_LEAK,
        type="logging.StreamHandler",
        other_types=(),
        objects_per_iteration=0.02,
        bytes_per_iteration=1.9,
        growth=(0, 0, 3, 6),
        container=Container(path="module logging → Logger.handlers", type="list", size=9, bound=None),
        chain=(
            ChainNode("module logging", "module"),
            ChainNode(".root", "logging.RootLogger"),
            ChainNode(".handlers", "list"),
        ),
        sentence="Slow leak: `Logger.handlers` gains 1 `StreamHandler` per 50 calls (95 B), held by `module logging`.",
        graph=None,
        path_graph=None,
        excerpts=(),
        born_at=(),
        curve=(),
        kinds=("regular file",),
        waits_at=(GrownAt(Frame("app/log.py", 7, "wait"), (Frame("bench.py", 7, "run"),)),),
    )
    one_time = make_finding(
        fingerprint="init",
        verdict=Verdict.ONE_TIME,
        law=Law.ONE_TIME,
        type=None,
        container=None,
        chain=(),
        born_at=(),
        grown_at=(),
        growth=(951, 0, 0, 0),
        sentence="Initialisation: the first call left 951 objects in 96 types, later calls none.",
        graph=None,
        path_graph=None,
        excerpts=(),
        curve=(),
        reasons=("951, 0, 0, 0: nothing after the first call.",),
    )
    cache = make_finding(
        fingerprint="c0ffee",
        verdict=Verdict.SATURATING,
        law=Law.BOUNDED,
        type="app.prices.Quote",
        container=Container(
            path="module app.prices → quotes", type="functools._lru_cache_wrapper", size=128, bound=128
        ),
        growth=(1, 10, 117, 0),
        sentence="Not a leak: `prices.quotes` filled up to its bound of 128 `Quote` and then stopped.",
        graph=None,
        path_graph=None,
        excerpts=(),
        curve=(),
    )
    return Analysis(
        verdict=Verdict.LEAK,
        sentence="Leak: `Cart.by_id` gains 1 `Item` per call (144 B), held by `module app`.",
        complete=True,
        ended="as planned",
        rounds=rounds,
        findings=(make_finding(), slow, cache, one_time),
        control=Control(objects=0, blocks=0, ran=True),
        audit=(
            AuditRow("control is zero", True, "0 objects, 0 blocks", "The measurement adds nothing of its own."),
            AuditRow("rounds agree", True, "spread 0.0 %", "Every round has the same rate."),
            AuditRow("all survivors explained", True, "100 %", "Each survivor has a finding."),
        ),
        types=tuple(
            TypeRow(
                type=name,
                objects=objects,
                bytes=tuple(number * 56 for number in objects),
                objects_per_iteration=objects[-1] / 302,
                bytes_per_iteration=objects[-1] * 56 / 302,
                law=Law.LINEAR if objects[-1] else Law.ONE_TIME,
                verdict=Verdict.LEAK if objects[-1] else Verdict.ONE_TIME,
            )
            for name, objects in (
                ("app.cart.Item", (1, 10, 151, 302)),
                ("float", (1, 10, 151, 302)),
                ("str", (310, 10, 151, 302)),
                ("logging.StreamHandler", (0, 0, 3, 6)),
                ("function", (214, 0, 0, 0)),
                ("dict", (188, 0, 0, 0)),
                ("tuple", (121, 0, 0, 0)),
                ("re.Pattern", (3, 0, 0, 0)),
            )
        ),
        lines=(
            make_line("app/cart.py", 41, "add", (1, 10, 151, 302), make_excerpt(focus=41)),
            make_line("app/cart.py", 42, "add", (1, 2, 3, 3), None),
            make_line("app/prices.py", 9, "quote", (1, 10, 117, 0), None),
        ),
        ledger=(
            make_ledger("resident", "resident memory", LedgerKind.TOTAL, 48, 1),
            make_ledger("python.small", "Python objects up to 512 bytes", LedgerKind.PART, 3, 1),
            make_ledger("files", "mapped files", LedgerKind.PART, 21, 0),
            make_ledger("malloc.kept", "malloc, kept for reuse", LedgerKind.PART, 20, 0),
            make_ledger("unexplained", "unexplained", LedgerKind.PART, 4, 0),
            make_ledger("sqlite", "SQLite (in malloc)", LedgerKind.WITHIN, 2, 0),
            make_ledger("torch.cuda", "torch on the graphics card, in use", LedgerKind.BESIDE, 900, 0),
        ),
        domains=(
            Domain(0, "Python’s own allocators", (0, 2, 22, 324, 928), (0, 128, 1344, 20_000, 2 * MIB), "tracemalloc"),
            Domain(389047, "NumPy’s array data", (0, 0, 1, 1, 1), (0, 0, 800, 800, 800), "tracemalloc: numpy"),
        ),
        peaks=(
            Peak(48 * MIB, 49 * MIB, 49 * MIB, exact=True, traced=2 * MIB, arrow=None),
            Peak(49 * MIB, 3000 * MIB, 50 * MIB, exact=True, traced=3 * MIB, arrow=2900 * MIB),
            Peak(50 * MIB, 51 * MIB, 51 * MIB, exact=False, traced=3 * MIB, arrow=None),
            Peak(51 * MIB, 90 * MIB, 52 * MIB, exact=False, traced=3 * MIB, arrow=None),
        ),
        given_back=(
            GivenBack("gc.collect()", 52 * MIB, 52 * MIB, 0.01),
            GivenBack("malloc_trim(0)", 52 * MIB, 34 * MIB, 0.002),
        ),
        checkpoints=tuple(
            CheckpointRow(
                series="workload",
                number=number,
                iterations=iterations,
                seconds=1.5 + number,
                objects=142_000 + 1000 * number,
                object_bytes=(9 + number) * MIB,
                way="child",
                pause_seconds=0.004,
                tracked=61_000,
                garbage=4,
                allocated_blocks=140_123,
                traced_bytes=None,
                threads=1,
                fds=5,
                rss=(48 + number) * MIB,
                uss=None,
            )
            for number, iterations in enumerate((0, 1, 11, 162, 464))
        ),
        timeline=tuple(
            TimelinePoint(
                seconds=step / 20,
                rss=int((30 + min(step, 60) / 4 + (step // 40) * 1.5) * MIB),
                phase="start" if step < 20 else "control" if step < 40 else "round" if step % 40 < 30 else "checkpoint",
                round=0 if step < 40 else min(4, step // 40),
            )
            for step in range(200)
        ),
        curve=((1, 953), (11, 964), (30, 983), (87, 1040), (125, 1079), (162, 1117), (464, 1419)),
        method=Method(
            target="bench.py:checkout",
            command=(
                "snapdiff",
                "record",
                "bench.py:checkout",
                "--rounds",
                "1,10,151",
                "-o",
                "my shop.snapdiff",
            ),
            plan=(1, 10, 151),
            trace="rounds",
            traced="every round",
            trace_depth=12,
            subcheckpoints=8,
            started="2026-03-01T09:30:00Z",
            duration_seconds=9.84,
            tool_seconds=2.31,
            ways=("child",),
            longest_pause_seconds=0.004,
        ),
        environment=(
            ("python", "CPython 3.11.9"),
            ("platform", "Linux-6.1-x86_64, glibc 2.36"),
            ("snapdiff", "0.1.0"),
            ("PYTHONHASHSEED", "0"),
        ),
        notes=("Native memory was not attributed: no allocator hooks in this run.",),
        suppressed=(
            Suppressed(
                pattern="app/plugins.py:*",
                reason="plugins are never unloaded, see #142",
                findings=("Leak: `plugins.loaded` gains 1 `Plugin` per call (48 B).",),
                fingerprints=("0011aa22bb33",),
            ),
        ),
    )


def make_ledger(owner: str, name: str, kind: LedgerKind, mebibytes: int, gained: int) -> Ledger:
    """An owner at the start and after each of four rounds, gaining as much in each."""
    return Ledger(owner, name, kind, tuple((mebibytes + gained * at) * MIB for at in range(5)), f"{owner} said so")


def make_line(file: str, line: int, function: str, blocks: tuple[int, ...], excerpt: Excerpt | None) -> LineRow:
    """An allocation line whose blocks are 144 bytes each."""
    return LineRow(
        frame=Frame(file, line, function),
        blocks=blocks,
        bytes=tuple(number * 144 for number in blocks),
        blocks_per_iteration=blocks[-1] / 302,
        bytes_per_iteration=blocks[-1] * 144 / 302,
        law=Law.LINEAR if blocks[-1] > 3 else Law.BOUNDED,
        verdict=Verdict.LEAK if blocks[-1] > 3 else Verdict.SATURATING,
        excerpt=excerpt,
    )


def make_clean() -> Analysis:
    """Initialisation in the first call, nothing after it, and no finding at all."""
    return replace(
        make_leaking(),
        verdict=Verdict.CLEAN,
        sentence="Clean: nothing that the calls leave behind grows with their number.",
        rounds=make_rounds((953, 0, 0)),
        findings=(),
        types=(),
        lines=(),
        ledger=(),
        peaks=(),
        given_back=(),
        curve=((1, 953), (11, 953), (87, 953), (162, 953)),
        notes=(),
        suppressed=(),
    )


def make_incomplete() -> Analysis:
    """A target that was killed in its second round, before any checkpoint could tell anything."""
    return replace(
        make_clean(),
        verdict=Verdict.INCONCLUSIVE,
        sentence="Inconclusive: the target was killed in the round of 10 calls.",
        complete=False,
        ended="by signal 9 (SIGKILL) in the round of 10 calls",
        rounds=make_rounds((953,)),
        control=Control(objects=0, blocks=None, ran=False),
        audit=(AuditRow("run is complete", False, "1 of 3 rounds", "Rounds that were not run prove nothing."),),
        checkpoints=(),
        timeline=(),
        curve=((1, 953),),
        environment=(),
    )


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return plain data with every free text in it changed; verdicts, laws and other closed words stay."""
    closed = {"phase", "kind", "role", "domain", "series", "started", "unit", "traced", "counted", "alike"}
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(with_texts(item, change) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return replace(
            value,
            **{
                name: with_texts(getattr(value, name), change)
                for name in value.__dataclass_fields__
                if name not in closed
            },
        )
    return value


def make_hostile() -> Analysis:
    """The leaking analysis where every text that a stranger can choose is an attack."""
    analysis: Analysis = with_texts(make_leaking(), lambda text: f"{text[:12]}{HOSTILE}")
    return analysis


def make_after() -> Analysis:
    """The shop after a change: its cart lets go, its handlers still come, and sessions are kept now."""
    before = make_leaking()
    sessions = make_finding(
        fingerprint="5e55105e5510",
        type="app.session.Session",
        container=Container(path="module app.session → open_sessions", type="list", size=928, bound=None),
        chain=(ChainNode("module app.session", "module"), ChainNode(".open_sessions", "list")),
        objects_per_iteration=2.0,
        bytes_per_iteration=96.0,
        growth=(2, 20, 302, 604),
        curve=((1, 2), (464, 928)),
        born_at=(replace(make_finding().born_at[0], frame=Frame("app/session.py", 8, "start")),),
        grown_at=(GrownAt(Frame("app/session.py", 9, "start"), ()),),
        sentence=(
            "Leak: `app.session → open_sessions` gains 2 `Session` per call (96 B), born at app/session.py:8 in start."
        ),
        excerpts=(),
    )
    return replace(
        before,
        sentence=sessions.sentence,
        findings=(sessions, *before.findings[1:]),
        types=tuple(row for row in before.types if row.type != "app.cart.Item"),
        lines=(make_line("app/session.py", 8, "start", (2, 20, 302, 604), None),),
        environment=(("python", "CPython 3.12.1"), *before.environment[1:]),
    )


def make_comparison() -> Comparison:
    """The shop before and after: one cause new, one fixed, one as it was."""
    return compare([make_leaking()], [make_after()], ["before.snapdiff"], ["after.snapdiff"])


def make_inconclusive() -> Comparison:
    """A run after the change that was killed."""
    return compare([make_leaking()], [make_incomplete()], ["before.snapdiff"], ["killed.snapdiff"])


def make_void() -> Comparison:
    """Recordings of two targets."""
    clean = make_clean()
    other = replace(clean, method=replace(clean.method, target="bench.py:refund"))
    return compare([make_leaking()], [other], ["checkout.snapdiff"], ["refund.snapdiff"])


def make_hostile_comparison() -> Comparison:
    """The comparison where every text that a stranger can choose is an attack."""
    hostile: Comparison = with_texts(make_comparison(), lambda text: f"{text[:12]}{HOSTILE}")
    return hostile


@cache
def make_huge_comparison() -> Comparison:
    """A side that leaks in 300 places, beside one that has none of them."""
    return compare([make_huge()] * 20, [make_clean()] * 20)


@cache
def make_huge() -> Analysis:
    """A big program: 5,000 types, 5,000 lines, 300 findings and 200,000 samples."""
    base = make_leaking()
    return replace(
        base,
        findings=tuple(make_finding(fingerprint=f"{n:012x}", graph=make_graph(40)) for n in range(300)),
        suppressed=tuple(
            replace(base.suppressed[0], pattern=f"{n}", findings=("x",) * 300, fingerprints=("y",) * 300)
            for n in range(300)
        ),
        types=tuple(replace(base.types[0], type=f"package.module_{n}.Type{n}") for n in range(5000)),
        lines=tuple(
            make_line(f"package/module_{n}.py", n, "f", (1, 10, 151, 302), make_excerpt()) for n in range(5000)
        ),
        checkpoints=base.checkpoints * 400,
        timeline=tuple(
            TimelinePoint(seconds=n / 100, rss=50 * MIB + (n * 7919) % 1_000_003, phase="round", round=1 + n // 50_000)
            for n in range(200_000)
        ),
        curve=tuple((n, n) for n in range(1, 5000)),
    )


@cache
def make_wordy() -> Analysis:
    """More than fits of everything, and every text of it is thousands of characters long."""
    huge = make_huge()
    few = replace(
        huge,
        timeline=(),
        findings=huge.findings[:40],
        types=huge.types[:100],
        lines=huge.lines[:100],
        checkpoints=huge.checkpoints[:200],
        suppressed=huge.suppressed[:100],
        curve=(),
    )
    analysis: Analysis = with_texts(few, lambda text: ((text or "x") + "<&>é")[:60] * 100)
    return analysis


@pytest.fixture
def build() -> SimpleNamespace:
    """The builders, by name."""
    return SimpleNamespace(
        HOSTILE=HOSTILE,
        finding=make_finding,
        graph=make_graph,
        excerpt=make_excerpt,
        rounds=make_rounds,
        with_texts=with_texts,
        leaking=make_leaking,
        clean=make_clean,
        incomplete=make_incomplete,
        hostile=make_hostile,
        huge=make_huge,
        wordy=make_wordy,
        after=make_after,
        comparison=make_comparison,
        same=lambda: compare([make_clean()], [make_clean()]),
        inconclusive=make_inconclusive,
        void=make_void,
        hostile_comparison=make_hostile_comparison,
        huge_comparison=make_huge_comparison,
    )


@pytest.fixture
def course(past: Any) -> Trend:
    """Clean, then leaking, then leaking twice as much, with a ticket."""
    note = past.note(ticket="https://t.example/1", fixed_in="4.2.1")
    return trend([past.run(1), past.run(2, past.finding()), past.run(3, past.finding(rate=2.0))], [note], 10)


@pytest.fixture
def hostile_course(course: Trend) -> Trend:
    """The same, where every text that a stranger can choose is an attack; times stay, which are read."""
    return replace_texts(course, lambda text: text if text[:4] == "2026" else f"{text[:12]}{HOSTILE}")


@pytest.fixture
def page_of() -> Callable[[Analysis | Comparison | Trend], str]:
    """Render the page of anything that has one."""

    def render_page(it: Analysis | Comparison | Trend) -> str:
        if isinstance(it, Analysis):
            return render(it, "html")
        return render_trend(it, "html") if isinstance(it, Trend) else render_comparison(it, "html")

    return render_page
