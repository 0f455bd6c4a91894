"""Talking to a worker: requests out, replies in, each checked."""

from __future__ import annotations

import json
import os
import select
import time
from array import array
from collections import deque
from collections.abc import Callable, Iterator
from fcntl import ioctl
from termios import FIONREAD
from typing import Any

from snapdiff.record import framing
from snapdiff.record.requests import Request

_CHUNK = 1 << 16
#: Seconds between looks at a conversation in which nothing happens.
IDLE = 0.2
#: JSON-RPC's code for a method that nobody has.
_NO_SUCH_METHOD = -32601
_MOST_SHOWN = 300


class WorkerError(Exception):
    """The worker did not answer as it should. `text` says how, after "the worker"; `detail` may hold its data."""

    def __init__(self, text: str, detail: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.detail = detail


class WorkerEndedError(Exception):
    """The worker closed its standard output, as it does when it ends."""


class Conversation:
    """One worker's standard streams, from the other side. `stdin` and `stdout` are our ends of its pipes."""

    def __init__(  # noqa: PLR0917
        self, stdin: int, stdout: int, framed: str, patience: float, requests: Iterator[Request], in_flight: int
    ) -> None:
        self._requests = requests
        self._in_flight = in_flight
        self.stdin = stdin
        self.stdout = stdout
        self.framing = framed
        """How we write; settled with the first request."""
        self.pending: dict[int, tuple[Request, float]] = {}
        """Requests without a reply so far, by id, and when they went out (monotonic seconds)."""
        self.sent = self.replies = self.notifications = self.asked = self.strays = 0
        self.last_stray = b""
        self.most_to_worker = self.most_from_worker = 0
        """Most bytes seen waiting in the pipe to the worker, and in the one from it."""
        self._patience = patience
        self._decoder = framing.Decoder(framed)
        self._outgoing: deque[memoryview] = deque()
        self._number = 0
        for fd in (stdin, stdout):
            os.set_blocking(fd, False)

    def settle_framing(self, by_length: bool) -> None:
        """Choose the framing if it is open: as the worker spoke first, else as its source has it."""
        if self.framing == framing.AUTO:
            likely = framing.LENGTH if by_length else framing.LINES
            self.framing = self._decoder.spoke or likely

    @property
    def busy(self) -> bool:
        """Whether something is still to be sent, or a reply awaited."""
        return bool(self.pending or self._outgoing)

    def send(self, request: Request) -> None:
        """Put a request under way."""
        self._number += 1
        self.sent += 1
        if not request.notification:
            self.pending[self._number] = (request, time.monotonic())
        self._put(request.message(self._number))

    def _put(self, message: bytes) -> None:
        self._outgoing.append(memoryview(framing.frame(message, self.framing)))

    def exchange(self, seconds: float, also: tuple[int, ...] = ()) -> bool:
        """Write and read what can be, waiting for it at most so long; return whether one of `also` can be read.

        Raises WorkerError or WorkerEndedError.
        """
        writing = [self.stdin] if self._outgoing else []
        readable, writable, _ = select.select([self.stdout, *also], writing, [], seconds)
        if writable:
            self._write()
        if self.stdout in readable:
            self._read()
        for number, (request, since) in self.pending.items():
            if time.monotonic() - since > self._patience:
                raise WorkerError(
                    f"gave no reply to {_named(number, request)} within {self._patience:g} s{self._hint()}"
                )
            break
        return any(fd in readable for fd in also)

    def make(self, count: int, seconds: float, tell: Callable[[int], None]) -> int:
        """See that so many requests are made and answered; begin none after some seconds. Return how many.

        `tell` is told how many are done. Raises WorkerError or WorkerEndedError.
        """
        deadline = time.monotonic() + seconds
        sent = 0
        while sent < count or self.busy:
            while sent < count and len(self.pending) < self._in_flight:
                self.send(next(self._requests))
                sent += 1
            self.exchange(IDLE)
            tell(sent - len(self.pending))
            if time.monotonic() > deadline:
                count = min(count, sent)
        return sent

    def look(self) -> None:
        """Note how many bytes wait in the pipes."""
        self.most_to_worker = max(self.most_to_worker, waiting(self.stdin))
        self.most_from_worker = max(self.most_from_worker, waiting(self.stdout))

    def _write(self) -> None:
        try:
            while self._outgoing:
                written = os.write(self.stdin, self._outgoing[0])
                self._outgoing[0] = self._outgoing[0][written:]
                if not self._outgoing[0]:
                    self._outgoing.popleft()
        except BlockingIOError:
            pass
        except BrokenPipeError:
            raise WorkerEndedError from None
        self.look()

    def _read(self) -> bytes:
        """Read what there is, and act on it; return it."""
        self.look()
        try:
            data = os.read(self.stdout, _CHUNK)
        except BlockingIOError:
            return b""
        if not data:
            raise WorkerEndedError
        try:
            for content, is_message in self._decoder.feed(data):
                if is_message:
                    self._take(content)
                elif content:
                    self._stray(content)
        except framing.FramingError as error:
            raise WorkerError(str(error)) from None
        return data

    def _stray(self, line: bytes) -> None:
        self.strays += 1
        self.last_stray = line[:_MOST_SHOWN]

    def _take(self, content: bytes) -> None:
        try:
            message: Any = json.loads(content)
        except (ValueError, RecursionError):
            raise WorkerError("wrote a message that is no JSON", _shown(content)) from None
        if not isinstance(message, dict):
            raise WorkerError("wrote a message that is no JSON object", _shown(content))
        if "method" in message:
            self._asked(message)
        elif "result" in message or "error" in message or "id" in message:
            self._replied(message, content)
        else:
            # A log line that happens to be JSON.
            self._stray(content)

    def _asked(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self.notifications += 1
            return
        self.asked += 1
        error = {"code": _NO_SUCH_METHOD, "message": "Method not found"}
        self._put(json.dumps({"jsonrpc": "2.0", "id": message["id"], "error": error}).encode())

    def _replied(self, message: dict[str, Any], content: bytes) -> None:
        number = message.get("id")
        waited = self.pending.get(number) if type(number) is int else None
        name = "a request" if waited is None or type(number) is not int else _named(number, waited[0])
        if message.get("jsonrpc") != "2.0":
            raise WorkerError(f'replied to {name} without "jsonrpc": "2.0"', _shown(content))
        if "error" in message:
            error = message["error"]
            code = error.get("code") if isinstance(error, dict) else None
            shown = code if type(code) is int else "without a code"
            raise WorkerError(f"answered {name} with error {shown}", _shown(content))
        if waited is None or type(number) is not int:
            wanted = ", ".join(map(str, list(self.pending)[:5])) or "none"
            raise WorkerError(f"replied with an id that no open request has (open: {wanted})", _shown(content))
        if "result" not in message:
            raise WorkerError(f"replied to {name} with neither result nor error", _shown(content))
        self.replies += 1
        del self.pending[number]

    def _hint(self) -> str:
        parts = []
        if self.strays:
            parts.append(f"it wrote {self.strays:,} lines that are no message")
        if self._decoder.waiting:
            parts.append(f"{self._decoder.waiting:,} bytes that are no whole message")
        if not self.replies:
            other = framing.LINES if self.framing == framing.LENGTH else framing.LENGTH
            parts.append(f"it was written to with --framing {self.framing}, the other is {other}")
        return f" ({'; '.join(parts)})" if parts else ""


def waiting(pipe: int) -> int:
    """Return the bytes in a pipe that nobody has read yet, 0 where the system does not tell."""
    found = array("i", [0])
    try:
        ioctl(pipe, FIONREAD, found)
    except OSError:
        return 0
    return max(0, found[0])


def _named(number: int, request: Request) -> str:
    return f"request {number} (`{request.method[:80]}`, line {request.line} of the file)"


def _shown(content: bytes) -> str:
    return content[:_MOST_SHOWN].decode("utf-8", "replace")
