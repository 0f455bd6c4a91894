"""The file of requests: JSON Lines, a request a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snapdiff.record.options import OptionsError

_EXAMPLE = 'Write one request a line, such as {"method": "search", "params": {"query": "leak"}}.'


@dataclass(frozen=True)
class Request:
    """A request, or a notification, which gets no reply. `rest` is its JSON without version, id and opening brace."""

    method: str
    rest: bytes
    notification: bool
    line: int

    def message(self, number: int) -> bytes:
        """Return the JSON to send, with an id of our own."""
        head = b'{"jsonrpc":"2.0",' if self.notification else b'{"jsonrpc":"2.0","id":%d,' % number
        return head + self.rest


def read(path: Path) -> tuple[Request, ...]:
    """Read a file of requests. Raises OptionsError, with the line, for what is none.

    A line is a request object, or `method` and `params` alone. A whole object (one with `jsonrpc`) without an `id` is a
    notification. Ids are ours: each goes out many times, and no two at once may have the same.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise OptionsError(f"There is no file of requests {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise OptionsError(f"The file of requests {path} cannot be read: {error}.") from None
    found = tuple(
        _request(line, f"{path}, line {number}", number)
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    )
    if not found:
        raise OptionsError(f"{path} has no requests. {_EXAMPLE}")
    return found


def _request(line: str, place: str, number: int) -> Request:
    try:
        body: Any = json.loads(line, parse_constant=_no_number)
    except ValueError as error:
        raise OptionsError(f"{place} is not JSON ({error}). {_EXAMPLE}") from None
    if not isinstance(body, dict):
        raise OptionsError(f"{place} is not an object. {_EXAMPLE}")
    method, whole = body.get("method"), "jsonrpc" in body
    if not isinstance(method, str):
        raise OptionsError(f"{place} has no method. {_EXAMPLE}")
    if whole and body["jsonrpc"] != "2.0":
        raise OptionsError(f'{place} has another version than "jsonrpc": "2.0".')
    if "params" in body and not isinstance(body["params"], (dict, list)):
        raise OptionsError(f"{place} has params that are neither an object nor an array.")
    if "id" in body and (isinstance(body["id"], bool) or not isinstance(body["id"], (str, int, float))):
        raise OptionsError(f"{place} has an id that is neither a text nor a number. Leave it out: ids are assigned.")
    notification = whole and "id" not in body
    rest = {key: value for key, value in body.items() if key not in ("jsonrpc", "id")}
    try:
        encoded = json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which JSON can only have escaped
        encoded = json.dumps(rest, separators=(",", ":")).encode()
    return Request(method, encoded[1:], notification, number)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON's")


def in_turn(requests: tuple[Request, ...]) -> Iterator[Request]:
    """Give the requests one after the other, started again at their end."""
    while True:
        yield from requests
