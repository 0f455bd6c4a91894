"""The benchmark: what it measures with and how it writes it down. No figure that it measures is asserted."""

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from speed import application, commands, heap, operations, ours, peers, process, snapshots, table, ticker, whole
from speed.meter import Spent

pytestmark = pytest.mark.corpus


@pytest.fixture
def emptied():
    yield
    heap.CUSTOMERS.clear()
    gc.collect()


def measured(name, objects, runs=1, limit=120, python=sys.executable):
    return process.measure(Path(python), operations.ALL[name], objects, runs=runs, limit=limit, kind=heap.IN_ORDER)


def measurement(*runs, **fields):
    return process.Measurement("checkpoint", 100, 100, "", Spent(0.5, 0.5), tuple(runs), **fields)


def run(details):
    return process.Run(Spent(1.5, 1.5), 2_000_000, details)


@pytest.mark.parametrize("build", [heap.build, application.build], ids=["few types", "application"])
@pytest.mark.parametrize("scattered", [False, True])
def test_a_heap_has_as_many_tracked_objects_as_asked_for(emptied, build, scattered):
    build(1)
    while gc.collect():
        pass
    # What earlier tests left must not be freed while the heap is built.
    gc.disable()
    try:
        before = len(gc.get_objects())
        build(36_000, scattered)
        built = len(gc.get_objects()) - before
    finally:
        gc.enable()
    # Twelve functions, four dicts and two classes in each module, some of which were there before; since 3.14 more of
    # their parts are tracked.
    modules = 2_000 if sys.version_info < (3, 14) else 4_000
    assert 35_900 <= built <= (36_000 + modules if build is application.build else 36_200)


def test_a_heap_in_order_holds_what_was_made_first_and_a_scattered_one_does_not(emptied):
    heap.build(160)
    assert list(heap.CUSTOMERS) == [f"customer {number}" for number in range(10)]
    heap.CUSTOMERS.clear()
    heap.build(160, scattered=True)
    assert list(heap.CUSTOMERS)[-2:] == ["customer 0", "customer 5"]


def test_an_application_is_born_at_sixteen_thousand_lines_and_has_many_types_and_paths():
    done = measured("traced-1-many", 12_000)
    details = done.runs[0].details
    assert 14_000 <= details["tracebacks"] <= 18_000
    assert details["types"] >= 440
    assert details["paths"] >= 20_000


def test_the_yardstick_is_timed_before_the_tool_is_there(tmp_path):
    events = tmp_path / "events"
    inside = Path(process.inside.__file__)
    code = f"""
import sys
sys.argv[1:] = ["checkpoint", "1600", "1", "in order", {str(events)!r}]
sys.path.insert(0, {str(inside.parents[1])!r})
import runpy, speed.meter
spend, seen = speed.meter.spend, []
def spy(function):
    seen.append((function.__name__, "snapdiff.agent" in sys.modules))
    return spend(function)
speed.meter.spend = spy
runpy.run_path({str(inside)!r}, run_name="__main__")
print(seen)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str([("collect", False)] * 7 + [("<lambda>", True)])


def test_a_process_is_ended_for_the_processor_time_it_took_and_not_for_the_time_it_waited(tmp_path):
    waits = commands.run([sys.executable, "-c", "import time; time.sleep(1.5)"], tmp_path, 0.5)
    works = commands.run([sys.executable, "-c", "while True: pass"], tmp_path, 0.5)
    assert (waits.cut_off, waits.code) == (False, 0)
    assert works.cut_off


def test_an_operation_is_measured_in_a_process_of_its_own():
    done = measured("checkpoint", 1_600, runs=2)
    assert (2, None, None) == (len(done.runs), done.exceeded, done.why)
    assert done.ratio > 0
    assert done.runs[0].details["way"] in ("python", "child", "in place")


def test_a_tool_that_is_not_there_is_skipped_with_a_reason():
    # objgraph is asked of an interpreter without packages.
    done = measured("pympler", 1_600, python=sys._base_executable)
    assert done.runs == ()
    assert "pympler" in done.why.lower()


def test_a_run_that_takes_too_long_is_cut_off_and_shown_as_more_than_it_took():
    events = [
        {"event": "ready", "tracked": 100, "version": "", "collect": [0.25, 0.5]},
        {"event": "start", "cpu": 10.0},
    ]
    done = process._read(operations.ALL["checkpoint"], 100, events, killed=25.0, why="")
    assert done.exceeded == 30.0
    assert snapshots.section([done], [100], heap.IN_ORDER).rows[1].cells == ("> 30 ×",)


def test_a_process_that_is_killed_before_its_heap_is_built_says_so():
    done = measured("checkpoint", 1_600_000, limit=0.01)
    assert done.why == "cut off while the heap was built"


def test_what_a_snapshot_tells_is_shown_and_what_is_missing_is_a_dash():
    told = {"way": "child", "pause_seconds": 0.003, "seconds": 1.0, "work_bytes": 46_000, "references": 2000}
    details = ours.snapshot_of({"collect_seconds": 1.0, "objects": 1000, "types": {}, "snapshot": told})
    section = snapshots.section([measurement(run(details))], [100], heap.IN_ORDER)
    cells = {row.title: row.cells[0] for row in section.rows}
    assert cells["– how"] == "in a child"
    assert cells["– without its collection"] == "2.0 ×"
    assert cells["– its own pause beside the collection"] == "3.0 ms"
    assert cells["– working memory an object"] == "46 B"
    slow = {**told, "way": "python", "work_bytes": None}
    slow_details = ours.snapshot_of({"collect_seconds": 1.0, "objects": 1000, "types": {}, "snapshot": slow})
    plain = snapshots.section([measurement(run(slow_details))], [100], heap.IN_ORDER)
    assert {row.title: row.cells[0] for row in plain.rows}["– working memory an object"] == "–"


def test_fewer_than_five_runs_are_counted_out_loud():
    assert table.of_runs("3.0 ×", 5) == "3.0 ×"
    assert table.of_runs("3.0 ×", 1) == "3.0 × (1 run)"
    assert table.of_runs("3.0 ×", 2) == "3.0 × (2 runs)"


def test_sections_with_fewer_columns_are_filled_up():
    sections = [
        table.Section("one", ("a",), (table.Row("x", ("1",), "≤ 2"),)),
        table.Section("two", ("b", "c"), (table.Row("y|z", ("3", "4")),)),
    ]
    assert table.markdown(sections).splitlines() == [
        "|  |  |  |  |",
        "| --- | ---: | ---: | --- |",
        "| **one** | *a* |  | *aim* |",
        "| x | 1 |  | ≤ 2 |",
        "| **two** | *b* | *c* | *aim* |",
        "| y∣z | 3 | 4 |  |",
    ]


def test_the_table_takes_the_place_between_the_markers_and_nothing_else(tmp_path):
    file = tmp_path / "README.md"
    file.write_text("before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n", encoding="utf-8")
    table.replace(file, "new")
    assert file.read_text(encoding="utf-8") == "before\n<!-- bench -->\nnew\n<!-- /bench -->\nafter\n"
    file.write_text("no place\n", encoding="utf-8")
    with pytest.raises(table.PlaceError):
        table.replace(file, "new")


def test_a_pause_is_the_longest_gap_without_the_collections_in_it():
    with ticker.Ticker() as watched:
        watched._ticks[:] = [10.0, 10.5, 12.5]
        watched._collections[:] = [[10.6, 12.0]]
        assert watched.longest() == pytest.approx(0.6)
    assert not any(thread.name.endswith("(_tick)") for thread in threading.enumerate())
    assert watched._note not in gc.callbacks


def test_every_operation_has_a_name_of_its_own():
    assert len({*ours.OPERATIONS, *peers.OPERATIONS}) == len(operations.ALL)


def test_in_each_turn_objects_lie_elsewhere_and_for_all_variants_alike(monkeypatch, tmp_path):
    shifts = {"plain": [], "tool": []}

    def variant(name):
        result = whole.Result(0.015, commands.Done(0, 2.5, 2.5, 30_000_000, ""), 30_000_000)
        return whole.Variant(name, name, "", lambda shift: shifts[name].append(shift) or result, cheap=True)

    monkeypatch.setattr(whole, "_variants", lambda *_: [variant("plain"), variant("tool")])
    whole.measure_all([], Path(sys.executable), tmp_path, runs=1, pairs=6, limit=1.0, last_round=151)
    assert shifts["plain"] == shifts["tool"]
    assert 6 == len(set(shifts["plain"]))


def test_the_workload_makes_as_many_objects_before_its_calls_as_it_is_told():
    code = (
        f"import sys; sys.path.insert(0, {str(whole.PROGRAM.parent)!r}); import workload; print(len(workload._SHIFT))"
    )
    environment = {**os.environ, "SNAPDIFF_BENCH_SHIFT": "123"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert "123" == done.stdout.strip()
