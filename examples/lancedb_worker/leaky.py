"""The same worker with two faults: what it answered and what it was given stay for ever.

snapdiff record examples/lancedb_worker/leaky.py:search --setup setup --teardown teardown
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import pandas as pd

from .corpus import Section, queries
from .worker import Worker
from .workload import add_sections, find_index_requests, get_stats, search, start, teardown

__all__ = ["add_sections", "find_index_requests", "get_stats", "queries", "search", "setup", "teardown"]


class AuditEntry(NamedTuple):
    """Who was told what, and when."""

    at: float
    query: str
    answer: pd.DataFrame


class LeakyWorker(Worker):
    """Adds an audit trail of searches, and writes that are tried again when the disk fails."""

    # Fault 1: a list of the class, so it also outlives every worker; it was meant to be flushed to a file.
    audit_trail: ClassVar[list[AuditEntry]] = []

    def __init__(self, folder: str, requests: Sequence[Sequence[Section]]) -> None:
        super().__init__(folder, requests)
        self._retry_buffer: dict[str, Sequence[Section]] = {}

    def search(self, query: str, limit: int = 10) -> pd.DataFrame:
        """Return the sections nearest to a query, and note them in the audit trail."""
        answer = super().search(query, limit)
        self.audit_trail.append(AuditEntry(time.time(), query, answer))
        return answer

    def _write(self, request_id: str, sections: Sequence[Section]) -> None:
        self._retry_buffer[request_id] = sections
        try:
            super()._write(request_id, sections)
        except OSError:
            # Fault 2: a request leaves the buffer here, where a write has failed, and nowhere else.
            super()._write(request_id, self._retry_buffer.pop(request_id))


def setup() -> LeakyWorker:
    """Make the leaking worker, also for `leaky.py:LeakyWorker.search` and its like."""
    worker = start(LeakyWorker)
    assert isinstance(worker, LeakyWorker)
    return worker
