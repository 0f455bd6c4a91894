"""What snapdiff calls: the worker's methods with input that changes from call to call.

snapdiff record examples/lancedb_worker/workload.py:search --setup setup --teardown teardown
snapdiff record examples/lancedb_worker/workload.py:add_sections --setup setup --teardown teardown --sweep n=100..30000
"""

from __future__ import annotations

import itertools
import tempfile

import pandas as pd

from .corpus import make_query, make_sections, queries
from .worker import IndexRequest, Worker

__all__ = ["add_sections", "find_index_requests", "get_stats", "queries", "search", "setup", "teardown"]

REQUESTS = 4
SECTIONS_PER_REQUEST = 500
SECTIONS_PER_CALL = 20


class Run:
    """What lives from setup to teardown: the worker, its folder, and the number of the next input."""

    def __init__(self, kind: type[Worker]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lancedb-worker-")
        self._query_numbers = itertools.count()
        self._next_section = REQUESTS * SECTIONS_PER_REQUEST
        self.worker = kind(
            self._folder.name,
            [make_sections(i * SECTIONS_PER_REQUEST, SECTIONS_PER_REQUEST) for i in range(REQUESTS)],
        )

    def next_query(self) -> str:
        """Return a query that was not asked before."""
        return make_query(next(self._query_numbers))

    def add_next_sections(self, count: int) -> str:
        """Add so many sections that the table has not seen before."""
        first = self._next_section
        self._next_section += count
        return self.worker.add_sections(make_sections(first, count))

    def close(self) -> None:
        """Remove the table from disk."""
        self._folder.cleanup()


_run: Run | None = None


def start(kind: type[Worker]) -> Worker:
    """Make a worker of that class over a new table of 2,000 sections."""
    global _run  # noqa: PLW0603  entry points take no arguments, so the worker must live in the module
    _run = Run(kind)
    return _run.worker


def setup() -> Worker:
    """Make the worker, also for `worker.py:Worker.search` and its like."""
    return start(Worker)


def teardown() -> None:
    """Let go of the worker and remove its table."""
    global _run  # noqa: PLW0603
    _running().close()
    _run = None


def add_sections(n: int = SECTIONS_PER_CALL) -> str:
    """Add twenty new sections, or as many as a sweep says."""
    return _running().add_next_sections(n)


def search() -> pd.DataFrame:
    """Ask the next query."""
    run = _running()
    return run.worker.search(run.next_query())


def get_stats() -> dict[str, float]:
    """Summarise the table."""
    return _running().worker.get_stats()


def find_index_requests() -> list[IndexRequest]:
    """List the pending requests."""
    return _running().worker.find_index_requests()


def _running() -> Run:
    if _run is None:
        raise RuntimeError("There is no worker yet. Record with --setup setup --teardown teardown.")
    return _run
