"""The worker: stores sections in one LanceDB table and answers searches. It does not leak."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import lancedb
import numpy as np
import pandas as pd
import pyarrow as pa

from .corpus import DIMENSIONS, Section, embed

SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("document", pa.string()),
        ("heading", pa.string()),
        ("text", pa.string()),
        ("tokens", pa.int32()),
        ("request_id", pa.string()),
        ("status", pa.string()),
        ("vector", pa.list_(pa.float32(), DIMENSIONS)),
    ]
)

# LanceDB keeps the metadata of every version it has read, also of versions that are gone from disk: 11
# entries and 16.6 KB a call of add_sections, up to a limit of 1 GB (measured on LanceDB 0.40). A short
# recording cannot tell that from a leak. A quarter of a megabyte holds the fifteen newest calls, more than is
# ever read again.
METADATA_CACHE_BYTES = 256 * 1024

# LanceDB's own advice is to optimise after more than 20 modifications; a call makes two, an add and a delete.
CALLS_BETWEEN_OPTIMIZE = 10


class IndexRequest(NamedTuple):
    """A request whose sections wait to be indexed."""

    request_id: str
    sections: int


class Worker:
    """Keeps the newest sections, as many as it was started with."""

    def __init__(self, folder: str, requests: Sequence[Sequence[Section]]) -> None:
        """Fill a new table in that folder with requests that wait to be indexed."""
        self._next_id = 0
        batches = []
        for sections in requests:
            batches.append(_rows(sections, self._next_id, self._next_request_id()))
            self._next_id += len(sections)
        self._capacity = self._next_id
        # The first call optimises, for the sake of the requests above, and so meets all that is made once.
        self._calls_until_optimize = 1
        session = lancedb.Session(metadata_cache_size_bytes=METADATA_CACHE_BYTES)
        connection = lancedb.connect(folder, session=session)
        self._table = connection.create_table("sections", pa.concat_tables(batches))

    def add_sections(self, sections: Sequence[Section]) -> str:
        """Store sections in place of the oldest ones; return the id of the request.

        The number of rows stays the same, so that a thousandth call costs what a first one costs.
        """
        request_id = self._next_request_id()
        self._write(request_id, sections)
        # After the write, so that a search in between never sees fewer rows than there should be.
        self._table.delete(f"id < {self._next_id - self._capacity}")
        self._calls_until_optimize -= 1
        if self._calls_until_optimize == 0:
            self._calls_until_optimize = CALLS_BETWEEN_OPTIMIZE
            self._optimize()
        return request_id

    def search(self, query: str, limit: int = 10) -> pd.DataFrame:
        """Return the sections nearest to a query, nearest first."""
        return (
            self._table.search(embed(query))
            .select(["id", "document", "heading", "text", "_distance"])
            .limit(limit)
            .to_pandas()
        )

    def get_stats(self) -> dict[str, float]:
        """Summarise the whole table, read into one DataFrame."""
        frame = self._table.to_pandas()
        return {
            "sections": len(frame),
            "documents": int(frame["document"].nunique()),
            "pending": int((frame["status"] == "pending").sum()),
            "tokens": int(frame["tokens"].sum()),
            "mean_norm": float(np.linalg.norm(np.stack(frame["vector"].to_list()), axis=1).mean()),
        }

    def find_index_requests(self) -> list[IndexRequest]:
        """List the requests whose sections are still pending, oldest first."""
        pending = self._table.search().where("status = 'pending'").select(["request_id"]).to_pandas()
        counts = pending["request_id"].value_counts().sort_index()
        return [IndexRequest(str(request_id), int(count)) for request_id, count in counts.items()]

    def _next_request_id(self) -> str:
        return f"request-{self._next_id:08}"

    def _write(self, request_id: str, sections: Sequence[Section]) -> None:
        self._table.add(_rows(sections, self._next_id, request_id))
        self._next_id += len(sections)

    def _optimize(self) -> None:
        """Index what is pending, merge small files and remove old versions from disk.

        Without it every call leaves two versions and a fragment behind: after 50 calls a scan of the table
        took five times as long (9 ms, then 46 ms).
        """
        self._table.update(where="status = 'pending'", values={"status": "indexed"})
        # Nobody else reads this table, so nobody needs a version older than now. (LanceDB warns at zero.)
        self._table.optimize(cleanup_older_than=timedelta(milliseconds=1))


def _rows(sections: Sequence[Section], first_id: int, request_id: str) -> pa.Table:
    count = len(sections)
    vectors = np.concatenate([embed(f"{section.heading} {section.text}") for section in sections])
    columns = {
        "id": np.arange(first_id, first_id + count),
        "document": [section.document for section in sections],
        "heading": [section.heading for section in sections],
        "text": [section.text for section in sections],
        "tokens": [section.text.count(" ") + 1 for section in sections],
        "request_id": [request_id] * count,
        "status": ["pending"] * count,
        "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors), DIMENSIONS),
    }
    return pa.table(columns, schema=SCHEMA)
