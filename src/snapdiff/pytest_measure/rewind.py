"""What pytest keeps of a test while it runs, put back before each further call, so that each begins as the first did.

A test that is called 151 times in one go would find the log records, warnings and output of the calls before: it could
fail for that (`assert len(caplog.records) == 1`), and pytest's own records would grow with the calls. What the first
call left is put back at the end, for the report of the test.
"""

from __future__ import annotations

import logging
import shutil
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from _pytest.logging import LogCaptureHandler


class Rewind:
    """Remembers the state before the first call; `back` restores it, `finish` shows the first call's records again."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._recorders: list[_List | _Stream] = [_List(found) for found in _lists(item)]
        # A fixture that others share is told of every fixture of a test that wants it, for the end of its own life.
        self._recorders += [_List(found) for found in _finalizers(item)]
        self._recorders += [_Stream(handler.stream) for handler in _handlers()]
        self._monkeypatch = getattr(item, "funcargs", {}).get("monkeypatch")
        self._patches = _Patches(self._monkeypatch) if isinstance(self._monkeypatch, pytest.MonkeyPatch) else None
        self._output: tuple[str, str] | None = None

    def keep_first(self) -> None:
        """Keep what the first call left."""
        for each in self._recorders:
            each.keep()
        self._output = self._drain()

    def back(self) -> None:
        """Restore the state before the first call."""
        for each in self._recorders:
            each.back()
        if self._patches is not None:
            self._patches.back()
        # A warning that is shown once for each place is shown again, as in another test: this forgets where it was.
        with warnings.catch_warnings():
            pass
        self._drain()

    def finish(self) -> None:
        """Put back what the first call left."""
        for each in self._recorders:
            each.finish()
        self._drain()
        if self._output is not None:
            for name, text in zip(("stdout", "stderr"), self._output, strict=True):
                self._item.add_report_section("call", name, text)

    def _drain(self) -> tuple[str, str] | None:
        """Take what was captured so far out of pytest's buffers."""
        capture: Any = self._item.config.pluginmanager.getplugin("capturemanager")
        if capture is None or not capture.is_globally_capturing():
            return None
        fixture = getattr(capture, "_capture_fixture", None)
        if fixture is not None and fixture._is_started():
            fixture.readouterr()
        found = capture.read_global_capture()
        return (found.out, found.err) if isinstance(found.out, str) else None


def _handlers() -> list[LogCaptureHandler]:
    """Return pytest's handlers that keep what they get: for `caplog`, and for the report of this phase."""
    return [each for each in logging.getLogger().handlers if isinstance(each, LogCaptureHandler)]


def _lists(item: pytest.Item) -> list[list[Any]]:
    """Return the lists that grow with a test: log records, recorded warnings, properties and sections of the report."""
    found: list[Any] = [handler.records for handler in _handlers()]
    # `catch_warnings(record=True)`, pytest's own around the test and `recwarn`, appends to a list through this.
    recorded = getattr(getattr(warnings, "_showwarnmsg_impl", None), "__self__", None)
    found += [each for each in (recorded, item.user_properties, item._report_sections) if type(each) is list]
    return found


def _finalizers(item: pytest.Item) -> list[list[Any]]:
    """Return what the shared fixtures of a test will do at their end: pytest adds to it with each test."""
    info = getattr(item, "_fixtureinfo", None)
    definitions = [each[-1] for each in info.name2fixturedefs.values()] if info is not None else []
    return [each._finalizers for each in definitions if each.scope != "function"]


class _List:
    def __init__(self, values: list[Any]) -> None:
        self._values = values
        self._length = len(values)
        self._first: list[Any] = []

    def keep(self) -> None:
        self._first = self._values[self._length :]

    def back(self) -> None:
        del self._values[self._length :]

    def finish(self) -> None:
        self._values[self._length :] = self._first


class _Stream:
    """The text of a log handler."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._length = stream.tell()
        self._first = ""

    def keep(self) -> None:
        self._stream.seek(self._length)
        self._first = self._stream.read()

    def back(self) -> None:
        self._stream.seek(self._length)
        self._stream.truncate()

    def finish(self) -> None:
        self.back()
        self._stream.write(self._first)


class _Patches:
    """What a test has patched itself, apart from what its fixtures did with the same `monkeypatch`."""

    _NAMES = ("_setattr", "_setitem")

    def __init__(self, patcher: pytest.MonkeyPatch) -> None:
        self._patcher: Any = patcher
        self._lengths = {name: len(getattr(patcher, name)) for name in self._NAMES}
        self._folder, self._path = self._patcher._cwd, self._patcher._savesyspath

    def back(self) -> None:
        patcher = self._patcher
        own: Any = pytest.MonkeyPatch()
        for name, length in self._lengths.items():
            done = getattr(patcher, name)
            setattr(own, name, done[length:])
            del done[length:]
        if self._folder is None:
            own._cwd, patcher._cwd = patcher._cwd, None
        if self._path is None:
            own._savesyspath, patcher._savesyspath = patcher._savesyspath, None
        own.undo()


def renew(item: pytest.Item, first: bool) -> None:
    """Tear down a test's own fixtures and set them up again; those that it shares with others stay.

    `first` says that the fixtures are those of the test's first call, whose temporary folder is left to pytest.
    """
    state: Any = item.session._setupstate
    stash: Any = item.stash
    noted = dict(stash._storage)
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    # As if another test of the same parent followed.
    state.teardown_exact(item.parent)
    if folder is not None and not first:
        shutil.rmtree(folder, ignore_errors=True)
    again: Callable[[], None] | None = getattr(item, "_initrequest", None)
    if again is not None:
        again()
    if isinstance(item.parent, pytest.Class):
        # The test's `self` is made anew for each test, too.
        for name in ("_instance", "_obj"):
            item.__dict__.pop(name, None)
    for key, value in noted.items():
        # What plugins noted when the test was set up, and take away when it is torn down.
        stash.setdefault(key, value)
    state.setup(item)
