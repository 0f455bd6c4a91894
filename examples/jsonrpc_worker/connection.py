"""JSON-RPC 2.0 over two byte streams, a message behind a `Content-Length` header each."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, BinaryIO, NamedTuple

Handler = Callable[[str, dict[str, Any]], Any]

_PARSE_ERROR, _INTERNAL_ERROR, _NO_SUCH_METHOD = -32700, -32603, -32601


class Pending(NamedTuple):
    """A request that is being answered."""

    method: str
    params: dict[str, Any]


class Connection:
    """Answers requests until the other side closes. `pending` and `output` are empty between two requests."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO) -> None:
        self._reading = reading
        self._writing = writing
        self.pending: dict[Any, Pending] = {}
        """Requests without a response so far, by id."""
        self.output: list[bytes] = []
        """Frames that are still to be written."""

    def serve(self, handle: Handler) -> None:
        """Answer until the end of input."""
        while (body := self._read()) is not None:
            self._take(body, handle)

    def _read(self) -> bytes | None:
        length = 0
        while line := self._reading.readline():
            if not line.strip():
                return self._reading.read(length)
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                length = int(value)
        return None

    def _take(self, body: bytes, handle: Handler) -> None:
        try:
            message = json.loads(body)
        except ValueError:
            self._respond(None, error={"code": _PARSE_ERROR, "message": "Parse error"})
            return
        number, method, params = message.get("id"), message["method"], message.get("params", {})
        if number is None:
            return
        self.pending[number] = Pending(method, params)
        try:
            result = handle(method, params)
        except LookupError:
            self._respond(number, error={"code": _NO_SUCH_METHOD, "message": f"There is no method {method}"})
        except Exception as error:
            self._respond(number, error={"code": _INTERNAL_ERROR, "message": str(error)})
        else:
            self._respond(number, result=result)

    def _respond(self, number: Any, **outcome: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": number, **outcome}).encode()
        self.output.append(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._flush()
        self.pending.pop(number, None)

    def _flush(self) -> None:
        for frame in self.output:
            self._writing.write(frame)
        self._writing.flush()
        self.output.clear()
