"""Further calls of a test report nothing: each subtest tells pytest of itself, in the middle of the call."""

from __future__ import annotations

from typing import Any

import pytest

_REPORT = "pytest_runtest_logreport"


class SubtestFailedError(Exception):
    """A subtest failed in a further call."""


class Unreported:
    """A context in which reports go nowhere. `check` raises when one of them was of a failure."""

    def __init__(self, item: pytest.Item) -> None:
        self._item = item
        self._failed = False
        self._before: Any = None
        self._failures: Any = _failed_subtests(item)

    def __enter__(self) -> Unreported:
        relay = self._item.config.hook
        self._before = getattr(relay, _REPORT)
        setattr(relay, _REPORT, self._take)
        return self

    def __exit__(self, *error: object) -> None:
        setattr(self._item.config.hook, _REPORT, self._before)

    def check(self) -> None:
        """Raise SubtestFailedError if a subtest failed since."""
        if self._failed:
            # Of the test itself the first call decides.
            if self._failures is not None:
                self._failures.pop(self._item.nodeid, None)
            raise SubtestFailedError

    def _take(self, *, report: Any, **_: Any) -> None:
        self._failed = self._failed or report.failed


def _failed_subtests(item: pytest.Item) -> Any:
    """Return pytest's counts of failed subtests, by test; None before pytest 9."""
    try:
        from _pytest.subtests import failed_subtests_key
    except ImportError:
        return None
    return item.config.stash.get(failed_subtests_key, None)
