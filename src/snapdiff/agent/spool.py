"""The spool: what the agent writes while the target runs, and its schema.

A spool is a folder with

- `plan.json`, written by the supervisor before the target starts (see `Plan` in `plan.py`);
- `frames`, append-only: a magic line, then frames of `magic, length, CRC-32` and a JSON object. A frame is
  complete or it is not there: a reader stops at the first one that is short or does not match its checksum.
  Bytes are there as base64 (see `unpacked`);
- `state`, eight 64-bit numbers in shared memory that say what the target is doing right now. They outlive it,
  so that a recording can say in which iteration a program was killed.

Kinds of frames (key `kind`): `loaded`, `refused`, `checkpoint`, `subcheckpoint`, `sweep`, `explained`, `given back`,
`pace`, `note`, `end`.
"""

from __future__ import annotations

import binascii
import json
import mmap
import os
import struct
import zlib

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Iterator

PLAN_FILE = "plan.json"
FRAMES_FILE = "frames"
STATE_FILE = "state"

MAGIC = b"snapdiff-spool/1\n"
_HEADER = struct.Struct("<4sII")
_FRAME = b"FRM1"
#: A frame larger than this is damage, not data: one checkpoint of a very large program is about 20 MB.
MAX_FRAME = 512 * 1024 * 1024

# Slots of the state. In a sweep ROUND is the size.
PHASE, SERIES, ROUND, DONE, PLANNED, CHECKPOINT, STEP = range(7)
_SLOTS = 8
#: Values of the slot PHASE.
PHASES = ("start", "load", "round", "checkpoint", "holders", "end")
STARTING, LOADING, CALLING, MEASURING, HOLDING, ENDING = range(6)
#: Values of the slot STEP: what is done when the rounds are over, 0 for nothing of that. The last is the supervisor's.
GIVING_BACK, SEEKING, RETRACING, GROWING, TEARDOWN, SEALING = range(1, 7)
#: Values of the slot SERIES.
ALL_SERIES = ("control", "workload", "traced control", "traced", "sweep")
CONTROL, WORKLOAD, TRACED_CONTROL, TRACED, SWEEP = range(5)


def create(folder: str, plan: dict[str, Any]) -> None:
    """Lay out an empty spool (the supervisor's side)."""
    with open(os.path.join(folder, PLAN_FILE), "w", encoding="utf-8") as file:
        json.dump(plan, file)
    with open(os.path.join(folder, STATE_FILE), "wb") as state:
        state.write(bytes(8 * _SLOTS))
    with open(os.path.join(folder, FRAMES_FILE), "wb") as frames:
        frames.write(MAGIC)


def read_plan(folder: str) -> dict[str, Any]:
    """Return the plan that the supervisor left."""
    with open(os.path.join(folder, PLAN_FILE), encoding="utf-8") as file:
        plan: dict[str, Any] = json.load(file)
    return plan


def open_state(folder: str) -> memoryview:
    """Map the state: a memoryview of signed 64-bit numbers, shared by target and supervisor."""
    with open(os.path.join(folder, STATE_FILE), "r+b") as file:
        return memoryview(mmap.mmap(file.fileno(), 8 * _SLOTS)).cast("q")


class Writer:
    """Appends frames. One `write` call a frame, so that a killed target leaves whole ones behind."""

    def __init__(self, folder: str) -> None:
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._fd = os.open(os.path.join(folder, FRAMES_FILE), flags)

    def write(self, frame: dict[str, Any]) -> None:
        """Append one frame; it is in the kernel's hands when this returns."""
        data = encode(frame)
        view = memoryview(data)
        while view:
            view = view[os.write(self._fd, view) :]

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)


def encode(frame: dict[str, Any]) -> bytes:
    """Return the bytes of one frame."""
    payload = json.dumps(frame, separators=(",", ":"), default=_packed).encode("ascii")
    return _HEADER.pack(_FRAME, len(payload), zlib.crc32(payload)) + payload


def _packed(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode("ascii")


def unpacked(fields: dict[str, Any]) -> dict[str, Any]:
    """Return fields of which every text was bytes when they were written. Raises ValueError where one was not."""
    return {name: binascii.a2b_base64(value) if isinstance(value, str) else value for name, value in fields.items()}


def read(folder: str, offset: int = 0) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield (frame, offset after it) for every complete frame from an offset on; 0 is the beginning."""
    try:
        file = open(os.path.join(folder, FRAMES_FILE), "rb")  # noqa: SIM115  closed below, after the last yield
    except FileNotFoundError:
        return
    with file:
        if offset == 0:
            if file.read(len(MAGIC)) != MAGIC:
                return
            offset = len(MAGIC)
        file.seek(offset)
        while True:
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return
            magic, length, checksum = _HEADER.unpack(header)
            if magic != _FRAME or length > MAX_FRAME:
                return
            payload = file.read(length)
            if len(payload) < length or zlib.crc32(payload) != checksum:
                return
            offset += _HEADER.size + length
            frame = json.loads(payload)
            if isinstance(frame, dict):
                yield frame, offset
