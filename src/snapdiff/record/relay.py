"""Standing between a worker and its real parent: what the parent sends is passed on, a round's requests at a time.

The parent starts snapdiff in the worker's place. While the worker is measured the parent's next requests wait, as they
do when a worker is slow; everything else passes at once, unchanged. An error that a worker answers with is its parent's
business here.
"""

from __future__ import annotations

import json
import math
import os
import select
import stat
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import psutil

from snapdiff.record import framing
from snapdiff.record.conversation import IDLE, Conversation, WorkerError, waiting

#: Bytes that a pipe takes at once when it can be written to at all (PIPE_BUF).
_ATOMIC = 4096
_CHUNK = 1 << 16


class ParentGoneError(WorkerError):
    """The parent has closed the connection before there were enough requests."""


class Relay(Conversation):
    """Passes messages between a parent (our own standard streams) and a worker."""

    def __init__(self, stdin: int, stdout: int, framed: str, parent: tuple[int, int] = (0, 1)) -> None:
        super().__init__(stdin, stdout, framed, math.inf, iter(()), 1)
        self._parent_in, self._parent_out = parent
        self._from_parent = framing.Decoder(framed)
        self._held: deque[bytes] = deque()
        """What the parent sent and was not passed on yet."""
        self._to_parent: deque[memoryview] = deque()
        self._open: set[str] = set()
        """Ids, as JSON, of requests without a reply so far."""
        self._allowed: float = 0
        """Requests that may be passed on."""
        self._gone = False
        self._process = psutil.Process(os.getppid())
        self._parent_memory: dict[int, int] = {}
        """Resident memory (bytes) of the parent by the checkpoint's ordinal."""
        self._has_pipe = stat.S_ISFIFO(os.fstat(self._parent_out).st_mode)
        """Whether a pipe leads to the parent: it can be asked how much is in it, a socket cannot."""
        self._most_from_parent = self._most_to_parent = 0
        """Most bytes that we had not read of the parent's, and it had not read of ours."""

    @property
    def busy(self) -> bool:
        """Whether something is still to be passed on, or a reply awaited."""
        return bool(self._open or self._outgoing or self._to_parent)

    def settle_framing(self, by_length: bool) -> None:
        """Nothing: the parent knows how its worker reads, and speaks first."""

    def make(self, count: int, seconds: float, tell: Callable[[int], None]) -> int:
        """Pass on so many requests of the parent's; return when they are answered."""
        deadline = time.monotonic() + seconds
        self._allowed = count
        while self._allowed or self.busy:
            self.exchange(IDLE)
            made = count - int(self._allowed)
            tell(made - len(self._open))
            if time.monotonic() > deadline:
                count, self._allowed = made, 0
            if self._gone and self._allowed and not self._held and not self.busy:
                raise ParentGoneError(
                    f"was asked no more: its parent closed the connection after {self.sent:,} requests"
                )
        return count

    def hung_up(self) -> bool:
        """Let everything pass from now on; say whether the parent has closed the connection."""
        self._allowed = math.inf
        return self._gone and not self._held and not self._outgoing

    def look_at_parent(self, checkpoint: int) -> None:
        """Note the parent's memory at a checkpoint, by its ordinal."""
        try:
            self._parent_memory[checkpoint] = int(self._process.memory_info().rss)
        except psutil.Error:
            pass

    def notes(self) -> list[str]:
        """Return what was seen of the parent, in sentences."""
        sizes = ", ".join(f"{size / 1e6:,.1f}" for size in self._parent_memory.values())
        socket = "" if self._has_pipe else " (without what the socket to it holds)"
        return [
            f"The parent had {sizes or 'an unknown number of'} MB resident before the first call and after each round. "
            f"At most {self._most_from_parent:,} bytes from it waited to be passed on, and {self._most_to_parent:,} "
            f"bytes for it to read{socket}."
        ]

    # -- passing on ---------------------------------------------------------------------------------------

    def exchange(self, seconds: float, also: tuple[int, ...] = ()) -> bool:
        """Pass on what can be, waiting for it at most so long; return whether one of `also` can be read."""
        self._pass_on()
        reading = [self.stdout, *also]
        if not self._gone and not self._held:
            reading.append(self._parent_in)
        writing = [self.stdin] if self._outgoing else []
        writing += [self._parent_out] if self._to_parent else []
        readable, writable, _ = select.select(reading, writing, [], seconds)
        if self.stdin in writable:
            self._write()
        if self._parent_out in writable:
            self._answer()
        if self.stdout in readable:
            self._read()
        if self._parent_in in readable:
            self._listen()
        self._pass_on()
        return any(fd in readable for fd in also)

    def _listen(self) -> None:
        self._most_from_parent = max(self._most_from_parent, waiting(self._parent_in))
        data = os.read(self._parent_in, _CHUNK)
        self._gone = not data
        try:
            for content, is_message in self._from_parent.feed(data):
                if is_message:
                    self._held.append(content)
        except framing.FramingError as error:
            raise WorkerError(f"cannot be asked: its parent {error}") from None
        if self.framing == framing.AUTO:
            self.framing = self._from_parent.spoke or framing.AUTO

    def _pass_on(self) -> None:
        while self._held:
            message = _object(self._held[0])
            if "method" in message and "id" in message:
                if not self._allowed:
                    break
                self._allowed -= 1
                self.sent += 1
                self._open.add(json.dumps(message["id"]))
            self._put(self._held.popleft())

    def _answer(self) -> None:
        part = self._to_parent[0]
        written = os.write(self._parent_out, part[:_ATOMIC])
        self._to_parent[0] = part[written:]
        if not self._to_parent[0]:
            self._to_parent.popleft()
        unread = sum(map(len, self._to_parent)) + (waiting(self._parent_out) if self._has_pipe else 0)
        self._most_to_parent = max(self._most_to_parent, unread)

    def _read(self) -> bytes:
        data = super()._read()
        if data:
            self._to_parent.append(memoryview(data))
        return data

    def _take(self, content: bytes) -> None:
        message = _object(content)
        if "method" in message:
            self.asked += "id" in message
            self.notifications += "id" not in message
        elif json.dumps(message.get("id")) in self._open:
            self._open.discard(json.dumps(message["id"]))
            self.replies += 1
        else:
            self._stray(content)


def _object(content: bytes) -> dict[str, Any]:
    """Return a message as a dict, an empty one for what is none: it is passed on as it is."""
    try:
        message = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}
