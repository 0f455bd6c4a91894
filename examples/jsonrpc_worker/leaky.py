"""The same worker with two faults: neither its map of pending requests nor its output buffer is emptied.

snapdiff record --rpc 'python -m examples.jsonrpc_worker.leaky' --request examples/jsonrpc_worker/requests.jsonl
"""

from __future__ import annotations

import json
from typing import Any

from .connection import Connection
from .server import serve


class LeakyConnection(Connection):
    """Keeps what was written, to send it again should the parent ask, which it never does."""

    def __init__(self, *streams: Any) -> None:
        super().__init__(*streams)
        self._written = 0

    def _respond(self, number: Any, **outcome: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": number, **outcome}).encode()
        # Fault 1: frames leave the buffer when the parent acknowledges them, and it does not know that it should.
        self.output.append(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._flush()
        # Fault 2: only requests that failed leave the map.
        if "error" in outcome:
            self.pending.pop(number, None)

    def _flush(self) -> None:
        for frame in self.output[self._written :]:
            self._writing.write(frame)
        self._writing.flush()
        self._written = len(self.output)


if __name__ == "__main__":
    serve(LeakyConnection)
