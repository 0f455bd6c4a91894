"""Runs a command as its users do, with its wall time, its CPU time and its peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from speed import watch

_KIB = 1024


@dataclass(frozen=True)
class Done:
    """A command that ended. Seconds of wall and CPU time with its children; bytes of its largest process.

    The system counts the process that started it too: a peak below some 25 MB is that of the benchmark itself.
    """

    code: int
    wall: float
    cpu: float
    peak: int
    errors: str
    """What it wrote to standard error."""
    cut_off: bool = False
    """Whether it was ended because it took too long."""

    @property
    def why(self) -> str:
        """The last thing it said, for when it failed."""
        lines = self.errors.strip().splitlines()
        return "took too long" if self.cut_off else lines[-1] if lines else f"exit code {self.code}"


def snapdiff(*arguments: object) -> list[str]:
    """Return the command line of snapdiff, which finds nothing in the working directory by accident."""
    return [sys.executable, "-P", "-m", "snapdiff", *map(str, arguments)]


def run(command: Sequence[str], folder: Path, limit: float, variables: Mapping[str, str] | None = None) -> Done:
    """Run a command in a folder, for so many CPU seconds at most."""
    with tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        # `terminate` and not `kill`: snapdiff ends the program that it records.
        with watch.Limit(process, limit, process.terminate) as limited:
            # wait4 tells of this one process and its children; getrusage would tell of all that there ever were.
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - started
        cut_off = limited.exceeded
        process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        said = errors.read().decode("utf-8", errors="replace")
    cpu = usage.ru_utime + usage.ru_stime
    return Done(process.returncode, wall, cpu, usage.ru_maxrss * _KIB, said, cut_off)
