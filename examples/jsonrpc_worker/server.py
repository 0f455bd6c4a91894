"""The sound worker: its methods over JSON-RPC.

snapdiff record --rpc 'python -m examples.jsonrpc_worker.server' --request examples/jsonrpc_worker/requests.jsonl
"""

from __future__ import annotations

import sys
import tempfile
from typing import Any

from ..lancedb_worker.corpus import Section, make_sections
from ..lancedb_worker.worker import Worker
from .connection import Connection

REQUESTS = 4
SECTIONS_PER_REQUEST = 500


class Methods:
    """What can be asked of a worker, with plain values in and out."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def handle(self, method: str, params: dict[str, Any]) -> Any:
        """Answer one request. Raises LookupError for a method that is none."""
        if method == "search":
            return self._worker.search(params["query"], params.get("limit", 10)).to_dict("records")
        if method == "add_sections":
            return self._worker.add_sections([Section(**section) for section in params["sections"]])
        if method == "get_stats":
            return self._worker.get_stats()
        if method == "find_index_requests":
            return [request._asdict() for request in self._worker.find_index_requests()]
        raise LookupError(method)


def serve(kind: type[Connection]) -> None:
    """Answer requests on the standard streams, from a new table, until standard input ends."""
    with tempfile.TemporaryDirectory(prefix="jsonrpc-worker-") as folder:
        first = [make_sections(i * SECTIONS_PER_REQUEST, SECTIONS_PER_REQUEST) for i in range(REQUESTS)]
        connection = kind(sys.stdin.buffer, sys.stdout.buffer)
        connection.serve(Methods(Worker(folder, first)).handle)


if __name__ == "__main__":
    serve(Connection)
