"""What it was measured on, in one line."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from datetime import date
from pathlib import Path


def line(versions: Mapping[str, str], heap: str, runs: int, pairs: int) -> str:
    """Describe the machine, the interpreter, the tools and the day."""
    tools = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {_memory()}, {_system()}, {platform.python_implementation()} "
        f"{platform.python_version()}, {date.today():%-d %B %Y}; heaps {heap}; "
        f"medians of {runs}, of {pairs} where the workload is plain, off or auto; {tools}."
    )


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = (each.partition(":")[2].strip() for each in text.splitlines() if each.startswith("model name"))
    return next(names, platform.machine())


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
