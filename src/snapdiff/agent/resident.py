"""Resident memory of this process and its highest since it was last asked, as the kernel counts them.

Linux only; elsewhere nothing is known here, and the supervisor's samples have to do. Writing 5 to `clear_refs` sets the
kernel's high-water mark back (proc(5)); a program that asks for its own `ru_maxrss` sees that.
"""

from __future__ import annotations

import os

_STATUS, _CLEAR = "/proc/self/status", "/proc/self/clear_refs"
_RESET_PEAK = b"5"
#: Larger than any status: it has some sixty short lines.
_ENOUGH = 16_384
_KIBIBYTE = 1024


def forget_peak() -> bool:
    """Let the peak begin at what is resident now; say whether that is possible."""
    try:
        fd = os.open(_CLEAR, os.O_WRONLY | os.O_CLOEXEC)
    except (OSError, AttributeError):
        return False
    try:
        return os.write(fd, _RESET_PEAK) == len(_RESET_PEAK)
    except OSError:
        return False
    finally:
        os.close(fd)


def resident() -> tuple[int | None, int | None]:
    """Return resident memory now and at its highest, in bytes; None where the kernel does not say."""
    try:
        fd = os.open(_STATUS, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, AttributeError):
        return None, None
    try:
        text = os.read(fd, _ENOUGH)
    except OSError:
        return None, None
    finally:
        os.close(fd)
    return _line(text, b"VmRSS:"), _line(text, b"VmHWM:")


def _line(text: bytes, name: bytes) -> int | None:
    at = text.find(name)
    words = text[at + len(name) :].split(None, 1) if at >= 0 else []
    return int(words[0]) * _KIBIBYTE if words and words[0].isdigit() else None
