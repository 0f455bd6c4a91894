"""How messages are told apart in a stream: one a line, or each behind a `Content-Length` header as in LSP."""

from __future__ import annotations

import re
from collections.abc import Iterator

AUTO, LINES, LENGTH = "auto", "lines", "content-length"
FRAMINGS = (AUTO, LINES, LENGTH)
#: A message larger than this is damage, not a reply.
MOST_BYTES = 256 * 1024 * 1024
_HEADER = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?\n?", re.IGNORECASE)


class FramingError(Exception):
    """The stream cannot be told apart into messages; the text says why, after "the worker"."""


def frame(message: bytes, framing: str) -> bytes:
    """Return a message as it is sent."""
    return b"Content-Length: %d\r\n\r\n%s" % (len(message), message) if framing == LENGTH else message + b"\n"


class Decoder:
    """Tells what a worker writes apart. `spoke` is the framing of the first thing that was a message, if any."""

    def __init__(self, framing: str) -> None:
        self._headers = framing in (AUTO, LENGTH)
        self._lines = framing in (AUTO, LINES)
        self._buffer = bytearray()
        self._length: int | None = None
        self._in_body = False
        self.spoke: str | None = None

    @property
    def waiting(self) -> int:
        """Bytes that came and are no whole message yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """Take what was read; yield (message, True), or (line that is none by its place or look, False).

        Raises FramingError.
        """
        self._buffer += data
        while True:
            found = self._body() if self._in_body else self._line()
            if found is None:
                break
            if found[0]:
                yield found
        if len(self._buffer) > MOST_BYTES:
            raise FramingError(f"wrote more than {MOST_BYTES:,} bytes that are no message")

    def _body(self) -> tuple[bytes, bool] | None:
        length = self._length or 0
        if len(self._buffer) < length:
            return None
        body = self._cut(length)
        self._in_body, self._length = False, None
        self.spoke = self.spoke or LENGTH
        return body, True

    def _line(self) -> tuple[bytes, bool] | None:
        end = self._buffer.find(b"\n")
        if end < 0:
            return None
        line = self._cut(end + 1)
        bare = line.strip()
        header = _HEADER.fullmatch(line) if self._headers else None
        if header is not None:
            self._length = int(header[1])
            if self._length > MOST_BYTES:
                raise FramingError(f"announced a message of {self._length:,} bytes")
        elif self._length is not None:
            # Other headers of the same message, and the empty line that ends them.
            self._in_body = not bare
        elif self._lines and bare.startswith(b"{"):
            self.spoke = self.spoke or LINES
            return bare, True
        else:
            return bare, False
        return b"", False

    def _cut(self, length: int) -> bytes:
        part = bytes(self._buffer[:length])
        del self._buffer[:length]
        return part
