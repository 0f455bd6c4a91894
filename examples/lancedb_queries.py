"""LanceDB alone, with no worker around it: does the library keep anything of a query?

snapdiff record examples/lancedb_queries.py:mixed_query --setup setup --teardown teardown
"""

from __future__ import annotations

import itertools
import tempfile

import lancedb
import numpy as np
import pyarrow as pa

ROWS = 1_000
DIMENSIONS = 64
CATEGORIES = 10


class Run:
    """What lives from setup to teardown. The table is only read, so its version never changes."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lancedb-queries-")
        self.numbers = itertools.count()
        self.vectors = np.random.default_rng(0).standard_normal((ROWS, DIMENSIONS), dtype=np.float32)
        self.table = lancedb.connect(self._folder.name).create_table("rows", _rows(self.vectors))

    def close(self) -> None:
        """Remove the table from disk."""
        self._folder.cleanup()


_run: Run | None = None


def setup() -> None:
    """Make the table."""
    global _run  # noqa: PLW0603  entry points take no arguments, so the table must live in the module
    _run = Run()


def teardown() -> None:
    """Let go of the table and remove it."""
    global _run  # noqa: PLW0603
    _running().close()
    _run = None


def mixed_query() -> dict[str, int]:
    """Ask six queries, one of each kind; return how many rows each gave.

    All six in one call, so that the first call meets all that is made once. Were the kinds to take turns,
    the first time of each would fall into the round of ten and look like growth.
    """
    run = _running()
    table = run.table
    number = next(run.numbers)
    category = f"category = 'category-{number % CATEGORIES}'"
    vector = run.vectors[number % ROWS]
    return {
        "vector": len(table.search(vector).limit(10).to_pandas()),
        "vector and filter": len(table.search(vector).where(category, prefilter=True).limit(10).to_list()),
        "filter and projection": table.search().where(category).select(["id", "price"]).to_arrow().num_rows,
        "count": table.count_rows(category),
        "to_pandas": len(table.to_pandas()),
        "to_arrow": table.to_arrow().num_rows,
    }


def _running() -> Run:
    if _run is None:
        raise RuntimeError("There is no table yet. Record with --setup setup --teardown teardown.")
    return _run


def _rows(vectors: np.ndarray) -> pa.Table:
    numbers = range(len(vectors))
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "category": [f"category-{number % CATEGORIES}" for number in numbers],
            "title": [f"title of row {number}" for number in numbers],
            "price": pa.array([number % 97 / 10 for number in numbers], pa.float64()),
            "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), DIMENSIONS),
        }
    )
