"""The example workloads do what their README says, and the leaking one leaks what it says."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import pytest

pytestmark = [pytest.mark.lancedb, pytest.mark.corpus]

EXAMPLES = Path(__file__).parents[2] / "examples"
# Where the CI runs, the extra is installed; a skip there would hide that nothing was tested.
if importlib.util.find_spec("lancedb") is None and not os.environ.get("CI"):
    pytest.skip("needs the examples extra: pip install 'snapdiff-leaks[examples]'", allow_module_level=True)


@pytest.fixture(scope="module", autouse=True)
def examples_on_path() -> Iterator[None]:
    """Import the examples as snapdiff does: by their dotted name, from their folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        yield
    for name in list(sys.modules):
        if name.partition(".")[0] in {"lancedb_worker", "lancedb_queries"}:
            del sys.modules[name]


def started(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    module.setup()
    yield module
    module.teardown()


@pytest.fixture
def good(examples_on_path: None) -> Iterator[ModuleType]:
    yield from started("lancedb_worker.workload")


@pytest.fixture
def leaky(examples_on_path: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    module = importlib.import_module("lancedb_worker.leaky")
    # The fault is that the class keeps it; the next test must not see it.
    monkeypatch.setattr(module.LeakyWorker, "audit_trail", [])
    yield from started("lancedb_worker.leaky")


def current_run() -> Any:
    return importlib.import_module("lancedb_worker.workload")._running()


def alive_after(calls: int, call: Callable[[], object]) -> int:
    """Return how many of the results are still alive after so many calls."""
    results = [weakref.ref(call()) for _ in range(calls)]
    gc.collect()
    return sum(result() is not None for result in results)


def test_search_gives_the_section_itself_first_for_its_own_words(good: ModuleType) -> None:
    section = importlib.import_module("lancedb_worker.corpus").make_section(1234)
    found = current_run().worker.search(f"{section.heading} {section.text}")
    assert 1234 == found["id"][0]
    assert section.text == found["text"][0]
    assert pytest.approx(0, abs=1e-5) == found["_distance"][0]
    assert list(found["_distance"]) == sorted(found["_distance"])


def test_search_gives_ten_sections_and_another_answer_to_the_next_query(good: ModuleType) -> None:
    first, second = good.search(), good.search()
    assert (10, 5) == first.shape == second.shape
    assert not first.equals(second)


def test_inputs_give_argument_tuples_for_search(good: ModuleType) -> None:
    arguments = list(good.queries())
    assert 200 == len(arguments) == len(set(arguments))
    assert 10 == len(current_run().worker.search(*arguments[0]))


def test_the_number_of_rows_stays_the_same_and_the_newest_sections_stay(good: ModuleType) -> None:
    before = good.get_stats()
    requests = [good.add_sections() for _ in range(12)]
    after = good.get_stats()
    assert 2_000 == before["sections"] == after["sections"]
    assert [f"request-{2000 + 20 * i:08}" for i in range(12)] == requests
    newest = current_run().worker._table.to_pandas()["id"]
    assert (240, 2239) == (newest.min(), newest.max())


def test_the_files_of_the_table_do_not_pile_up_with_the_calls(good: ModuleType) -> None:
    def files_after(calls: int) -> int:
        for _ in range(calls):
            good.add_sections()
        folder = current_run()._folder.name
        return sum(path.is_file() for path in Path(folder).rglob("*"))

    # Some files of the last version are removed a little later; forty calls that removed nothing leave over a hundred.
    assert max(files_after(11), files_after(10), files_after(20)) < 20


def test_stats_summarise_the_whole_table(good: ModuleType) -> None:
    stats = good.get_stats()
    assert {"sections": 2_000, "documents": 80, "pending": 2_000, "tokens": 80_000} == {
        name: stats[name] for name in ("sections", "documents", "pending", "tokens")
    }
    assert pytest.approx(1) == stats["mean_norm"]


def test_pending_requests_are_those_added_since_the_last_optimisation(good: ModuleType) -> None:
    assert [(f"request-{first:08}", 500) for first in (0, 500, 1000, 1500)] == good.find_index_requests()
    good.add_sections()  # The first call optimises, the next nine do not.
    assert [] == good.find_index_requests()
    later = [good.add_sections() for _ in range(9)]
    assert [(request, 20) for request in later] == good.find_index_requests()


def test_the_methods_can_be_called_on_what_setup_returns() -> None:
    for name, kind in (("lancedb_worker.workload", "Worker"), ("lancedb_worker.leaky", "LeakyWorker")):
        module = importlib.import_module(name)
        worker = module.setup()
        assert kind == type(worker).__name__
        module.teardown()


def test_teardown_removes_the_table_from_disk() -> None:
    module = importlib.import_module("lancedb_worker.workload")
    module.setup()
    folder = Path(module._running()._folder.name)
    assert folder.is_dir()
    module.teardown()
    assert not folder.exists()


@pytest.mark.parametrize("name", ["lancedb_worker.workload", "lancedb_queries"])
def test_without_setup_the_error_says_what_to_do(name: str) -> None:
    module = importlib.import_module(name)
    call = module.search if hasattr(module, "search") else module.mixed_query
    with pytest.raises(RuntimeError, match="Record with --setup setup --teardown teardown"):
        call()


def test_the_good_worker_keeps_no_answer(good: ModuleType) -> None:
    good.search()
    assert 0 == alive_after(5, good.search)


def test_the_leaking_worker_keeps_every_answer_in_its_audit_trail(leaky: ModuleType) -> None:
    assert 5 == alive_after(5, leaky.search)
    trail = leaky.LeakyWorker.audit_trail
    assert 5 == len(trail)
    assert all(isinstance(entry.answer, pd.DataFrame) and len(entry.answer) == 10 for entry in trail)


def test_the_audit_trail_outlives_the_worker(leaky: ModuleType) -> None:
    leaky.search()
    leaky.teardown()
    leaky.setup()
    assert 1 == len(leaky.LeakyWorker.audit_trail)


def test_the_leaking_worker_keeps_every_section_it_was_given(leaky: ModuleType) -> None:
    requests = [leaky.add_sections() for _ in range(3)]
    kept = current_run().worker._retry_buffer
    assert requests == list(kept)
    assert [20, 20, 20] == [len(sections) for sections in kept.values()]


def test_only_the_leaking_worker_has_more_sections_alive_after_more_calls(
    leaky: ModuleType,
) -> None:
    section = importlib.import_module("lancedb_worker.corpus").Section

    def sections_alive(module: ModuleType, calls: int) -> int:
        for _ in range(calls):
            module.add_sections()
        gc.collect()
        return sum(type(thing) is section for thing in gc.get_objects())

    assert (20, 60) == (sections_alive(leaky, 1), sections_alive(leaky, 2))
    leaky.teardown()
    workload = importlib.import_module("lancedb_worker.workload")
    workload.setup()
    assert (0, 0) == (sections_alive(workload, 1), sections_alive(workload, 2))


def test_a_write_that_fails_is_tried_again_and_then_leaves_the_buffer(
    leaky: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = current_run().worker
    good_write = leaky.Worker._write
    failures = [OSError("disk full")]

    def write(*arguments: object) -> None:
        if failures:
            raise failures.pop()
        good_write(*arguments)

    monkeypatch.setattr(leaky.Worker, "_write", write)
    leaky.add_sections()
    assert {} == worker._retry_buffer
    assert 2_000 == leaky.get_stats()["sections"]


def test_the_mixed_query_asks_every_kind_and_gives_the_same_rows_each_time() -> None:
    module = importlib.import_module("lancedb_queries")
    module.setup()
    expected = {
        "vector": 10,
        "vector and filter": 10,
        "filter and projection": 100,
        "count": 100,
        "to_pandas": 1_000,
        "to_arrow": 1_000,
    }
    assert [expected] * 3 == [module.mixed_query() for _ in range(3)]
    module.teardown()
