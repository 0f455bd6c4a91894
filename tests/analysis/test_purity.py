"""Equal recordings give equal analyses, and analysis touches nothing but numbers."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import snapdiff.analysis
from snapdiff.analysis import analyze
from snapdiff.recording import Recording

ADD = ("app/cart.py", 41, "Cart.add")
FOREIGN = {"psutil", "click", "jinja2", "subprocess", "rich", "socket", "time", "datetime", "random", "os", "pathlib"}


@pytest.fixture
def busy(program):
    """A recording with something in every table, and ties wherever an order has to be chosen."""
    found = program()
    one = (1, 10, 151, 302)
    found.path("unreached:app.Lost", objects=one).path("unreached:app.Part", objects=one)
    for name in ("first", "second", "third"):
        steps = ("module app:module", f".{name}:dict")
        found.path(*steps, entries=one)
        for kind in ("app.Item", "app.Other", "str", "bytes"):
            found.path(*steps, f"{{value}}:{kind}", objects=one)
        found.looked_at(*steps, entries=464, share=900, alone=500)
        for kind in ("app.Item", "app.Other"):
            for line in (3, 4):
                found.born(kind, ("app/cart.py", line, "add"), ("app/shop.py", line, "handle"), count=50)
        if name != "third":
            found.grew(ADD, ("bench.py", 7, "run")).grew(("app/cart.py", 44, "put"))
            found.suspends("app.Item", ("app/cart.py", 50, "rows")).suspends("app.Item", ("app/cart.py", 51, "rows"))
    found.drawn("app.Item", 'a[fontcolor=red];\na[label="Item"];\nb[label="dict"];\nb -> a [label="{value}"];')
    found.nameless("app.Lost", "app.Part", held=("app.Lost", "app.Part")).born("app.Lost", ("app/lost.py", 1, "lose"))
    found.grows("app.Once", 900, 0, 0, 0).grows("app.Twice", 900, 0, 0, 0)
    found.counts_within(3, app_Item=[20, 40], app_Other=[20, 40])
    found.allocates(ADD, ("bench.py", 7, "run"), blocks=one)
    for line in (8, 9):
        function = "encode" if line == 8 else "decode"
        found.allocates(("app/native.py", line, function), blocks=one, size=5000).reached("app/native.py", line, 0)
    found.checkpoints(collected=(0, 3, 33, 486, 1392)).litters("app.Node", 10).litters("app.Edge", 10)
    found.born("app.Node", ("app/graph.py", 5, "link")).born("app.Node", ("app/graph.py", 6, "link"))
    found.source("app/cart.py", 39, "def add(cls):", "    pass", "    return Item()")
    found.sampled(0.1, 10, "load", "control", 0).sampled(0.2, 20, "round", "workload", 1)
    found.owns("resident", 9, 10, 11, 12, 13).owns("fds", 3, 3, 3, 3, 3, unit="count").gave_back("gc.collect()", 13, 12)
    found.domain(0, 5, 6, 7, 8, 9).domain(389047, 0, 0, 1, 1, 1)
    found.gains_outside("malloc", 5000, control=16).outside_line("malloc", ("app/native.py", 8, "encode"), size=60_000)
    found.outside_line("threads", ("app/pool.py", 3, "run"), what="waits").outside_kind("fds", "socket")
    return found.recording()


def test_analysis_gives_equal_results_and_leaves_the_recording_as_it_is(busy):
    before = {name: table.to_pylist() for name, table in busy.tables.items()}
    manifest = repr(busy.manifest)
    assert analyze(busy) == analyze(busy)
    assert before == {name: table.to_pylist() for name, table in busy.tables.items()}
    assert manifest == repr(busy.manifest)


def test_a_busy_recording_has_a_row_in_every_table(busy):
    # A recording has rounds or a sweep, which has tests of its own.
    assert ["sweep"] == [name for name, table in busy.tables.items() if not table.num_rows]


def test_the_order_of_rows_does_not_matter(busy):
    expected = analyze(busy)
    assert {"leak", "cycle", "one-time"} == {finding.verdict for finding in expected.findings}
    chance = random.Random(1)
    for _ in range(2):
        tables = dict(busy.tables)
        for name, table in busy.tables.items():
            # Samples come as they were taken: their order is what was recorded.
            if name != "timeline":
                order = list(range(table.num_rows))
                chance.shuffle(order)
                tables[name] = table.take(pa.array(order, pa.int64()))
        assert expected == analyze(Recording(busy.manifest, tables))


def test_of_equal_births_the_callers_shown_do_not_depend_on_the_order_of_rows(program, by_id):
    def callers(*lines):
        found = program().keeps(by_id, "app.Item", 1, 10, 151, 302)
        # One number a traceback whatever the order of the births.
        for line in (5, 6):
            found.stack(ADD, ("app/shop.py", line, "handle"))
        for line in lines:
            found.born("app.Item", ADD, ("app/shop.py", line, "handle"), count=50)
        return found.analysis().findings[0].born_at[0].callers

    assert callers(5, 6) == callers(6, 5)


def test_the_modules_of_analysis_import_nothing_that_acts():
    imported = set()
    for path in Path(snapdiff.analysis.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").split(".")[0])
    assert {"snapdiff", "pandas"} <= imported
    assert set() == imported & FOREIGN


def test_importing_analysis_loads_no_page_no_terminal_and_no_agent():
    code = "import sys, snapdiff.analysis; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "snapdiff.analysis.growth" in loaded
    assert set() == loaded & {
        "psutil", "click", "jinja2", "rich", "graphviz", "pygments", "snapdiff.agent", "snapdiff.record",
        "snapdiff.report", "snapdiff.cli", "snapdiff.api",
    }  # fmt: skip
