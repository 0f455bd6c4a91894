"""What is asked of a test: by its mark, by an option, by the project's settings, in this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from snapdiff.record.options import DEFAULT_ROUNDS
from snapdiff.settings import Settings, check_pytest

_OF_A_MARK = ("rounds", "allow", "fixtures", "max_time", "skip")
#: Seconds that the extra rounds of a test may take, and the planned ones of a test without a mark.
DEFAULT_MAX_TIME = 20.0


@dataclass(frozen=True)
class Asked:
    """How to measure a test. Times are seconds."""

    marked: bool
    rounds: tuple[int, ...]
    fresh: bool
    """Set the test's own fixtures up for each call; else once around all of them."""
    max_time: float
    allow: str | None
    known: frozenset[str]
    """Fingerprints of known leaks."""
    strict: bool
    """Fail where it cannot be told, too."""
    keep: bool
    """Keep the recording of a test in which nothing grew."""


def asked(item: pytest.Item, settings: Settings, known: frozenset[str]) -> Asked | None:
    """Return how to measure a test, None when nobody asks for it. Raises pytest.UsageError for a mark that is wrong."""
    option, mark = item.config.getoption, item.get_closest_marker("snapdiff")
    if not isinstance(item, pytest.Function) or (mark is None and not option("snapdiff")):
        return None
    said = _of_mark(item, mark) if mark is not None else {}
    if said.get("skip"):
        return None
    given = {name: option(f"snapdiff_{name}") for name in ("rounds", "fixtures", "max_time")}
    given = {name: value for name, value in given.items() if value is not None}
    table = {**settings.pytest, **given, **said}
    marked = mark is not None
    return Asked(
        marked=marked,
        rounds=tuple(table.get("rounds", settings.rounds or DEFAULT_ROUNDS)),
        # A marked test is written to be called again and again. Of all others only what outlives a whole test leaks.
        fresh=table.get("fixtures", "once" if marked else "fresh") == "fresh",
        max_time=float(table.get("max_time", DEFAULT_MAX_TIME)),
        allow=table.get("allow", settings.allow),
        known=known,
        strict=bool(option("snapdiff_strict") or table.get("strict", False)),
        keep=bool(option("snapdiff_keep") or table.get("keep", False)),
    )


def _of_mark(item: pytest.Item, mark: pytest.Mark) -> dict[str, Any]:
    where = f"{item.nodeid}: @pytest.mark.snapdiff"
    unknown = sorted(set(mark.kwargs) - set(_OF_A_MARK))
    if mark.args or unknown:
        what = repr(unknown[0]) if unknown else "arguments without a name"
        raise pytest.UsageError(f"{where} does not take {what}; it takes {', '.join(_OF_A_MARK)}.")
    try:
        check_pytest(dict(mark.kwargs), where)
    except ValueError as error:
        raise pytest.UsageError(f"{error}.") from None
    return dict(mark.kwargs)
