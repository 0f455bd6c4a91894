"""snapdiff finds memory leaks in Python programs and proves them.

recording = snapdiff.record(function)          calls it 1, 10 and 151 times, in this process
report = snapdiff.analyze(recording)
report.verdict, report.findings, report.save("leak.html")

with snapdiff.watch() as watch:                or a loop that the program drives itself
    for item in watch.calls(items):
        handle(item)
"""

from __future__ import annotations

import sys
from types import ModuleType

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

    from snapdiff.api import Report, analyze
    from snapdiff.live import RecordingFile, Watch, record, watch
    from snapdiff.record.options import OptionsError
    from snapdiff.recording import RecordingError

#: Name → where it is from. Nothing is imported before it is asked for: pytest imports this package at every start.
_HOMES = {
    "OptionsError": "snapdiff.record.options",
    "RecordingError": "snapdiff.recording",
    "RecordingFile": "snapdiff.live",
    "Report": "snapdiff.api",
    "Watch": "snapdiff.live",
    "analyze": "snapdiff.api",
    "watch": "snapdiff.live",
}

__all__ = [
    "OptionsError",
    "RecordingError",
    "RecordingFile",
    "Report",
    "Watch",
    "analyze",
    "record",
    "watch",
]


class _CallableRoom(ModuleType):
    """The room `snapdiff.record`, which is also the function of that name: importing it must not hide the function."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        from snapdiff import live

        return live.record(*arguments, **options)


class _Face(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        if name == "record" and type(value) is ModuleType:
            # The import system binds the room here.
            value.__class__ = _CallableRoom
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "record":
        return import_module("snapdiff.record")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
