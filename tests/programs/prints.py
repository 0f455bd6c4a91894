"""Prints all kinds of bytes on both streams, some without a line's end, some not flushed."""

import os
import sys


def work():
    """Print."""
    sys.stdout.write("text é without an end")
    sys.stdout.flush()
    os.write(1, b"\x00\xff raw\r\n\x1b[31m")
    print("to standard error", file=sys.stderr)
    print("buffered")


def reads():
    """Print what standard input has."""
    print("read", repr(sys.stdin.readline()))


def terminal():
    """Say whether the streams are a terminal."""
    print("tty", sys.stdout.isatty())
