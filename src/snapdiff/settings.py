"""Settings of a project: `[tool.snapdiff]` in the nearest pyproject.toml, for the commands and the pytest plugin."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snapdiff.analysis.baseline import Known
    from snapdiff.analysis.budget import Budget
    from snapdiff.analysis.suppressions import Suppression

_KNOWN = ("history", "suppressions", "suppression_files", "rounds", "allow", "baseline", "pytest")
_OF_PYTEST = ("rounds", "allow", "fixtures", "max_time", "dir", "strict", "keep")


@dataclass(frozen=True)
class Settings:
    """What `[tool.snapdiff]` says. `place` is the pyproject.toml or None; paths are relative to its folder."""

    place: Path | None = None
    suppressions: tuple[str, ...] = ()
    suppression_files: tuple[str, ...] = ()
    rounds: tuple[int, ...] | None = None
    allow: str | None = None
    baseline: str | None = None
    history: str | None = None
    """A folder, or the URI of a store."""
    pytest: dict[str, Any] = field(default_factory=dict)
    """The table `[tool.snapdiff.pytest]`, checked."""

    def path(self, name: str) -> Path:
        """Return a path that the settings name."""
        return Path(name) if self.place is None else self.place.parent / name

    def where(self, name: str) -> str:
        """Return how a message names a setting."""
        return f"{self.place}, [tool.snapdiff] {name}"


def read_settings(here: Path) -> Settings:
    """Read the settings of the project that a folder is in. Raises OSError, and ValueError with one sentence."""
    for folder in (here, *here.parents):
        place = folder / "pyproject.toml"
        if place.is_file():
            tool = tomllib.loads(place.read_text(encoding="utf-8")).get("tool", {})
            return _check(tool.get("snapdiff", {}), place)
    return Settings()


def _check(table: dict[str, Any], place: Path) -> Settings:
    _refuse_unknown(table, _KNOWN, f"{place}: [tool.snapdiff]")
    of_pytest = table.get("pytest", {})
    if not isinstance(of_pytest, dict):
        raise ValueError(f"{place}: pytest in [tool.snapdiff] must be a table")
    _refuse_unknown(of_pytest, _OF_PYTEST, f"{place}: [tool.snapdiff.pytest]")
    check_pytest(of_pytest, f"{place}, [tool.snapdiff.pytest]")
    for name in ("allow", "baseline"):
        if not isinstance(table.get(name, ""), str):
            raise ValueError(f"{place}: {name} in [tool.snapdiff] must be a text")
    history = table.get("history")
    if not isinstance(history, str | None) or history == "":
        raise ValueError(f"{place}: history in [tool.snapdiff] must be a text, a folder or a URI")
    rounds = table.get("rounds")
    return Settings(
        place=place,
        suppressions=_texts(table, "suppressions", place),
        suppression_files=_texts(table, "suppression_files", place),
        rounds=None if rounds is None else _rounds(rounds, f"{place}, [tool.snapdiff] rounds"),
        allow=table.get("allow"),
        baseline=table.get("baseline"),
        history=history,
        pytest=dict(of_pytest),
    )


def check_pytest(table: dict[str, Any], where: str) -> None:
    """Check what a mark or the table of the plugin says. Raises ValueError with one sentence."""
    if "rounds" in table:
        _rounds(table["rounds"], f"{where} rounds")
    if "allow" in table:
        from snapdiff.analysis.budget import parse_budget

        parse_budget(str(table["allow"]), f"{where} allow")
    if table.get("fixtures", "once") not in ("once", "fresh"):
        raise ValueError(f"{where}: fixtures is `once` or `fresh`, not {table['fixtures']!r}")
    limit = table.get("max_time", 0)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 0:
        raise ValueError(f"{where}: max_time is a number of seconds, not {limit!r}")
    if not isinstance(table.get("dir", ""), str):
        raise ValueError(f"{where}: dir is the path of a folder, not {table['dir']!r}")
    for name in ("strict", "keep"):
        if not isinstance(table.get(name, False), bool):
            raise ValueError(f"{where}: {name} is true or false, not {table[name]!r}")


def _rounds(value: Any, where: str) -> tuple[int, ...]:
    from snapdiff.record.options import OptionsError, check_rounds

    try:
        return check_rounds(tuple(value))
    except (OptionsError, TypeError) as error:
        raise ValueError(f"{where}: {error}".rstrip(".")) from None


def _refuse_unknown(table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for name in sorted(set(table) - set(known)):
        raise ValueError(f"{where} has no setting {name!r}; it has {', '.join(sorted(known))}")


def _texts(table: dict[str, Any], name: str, place: Path) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{place}: {name} in [tool.snapdiff] must be a list of texts")
    return tuple(value)


def suppressions_of(settings: Settings, files: tuple[Path, ...] = ()) -> tuple[Suppression, ...]:
    """Return the suppressions of the settings and of more files. Raises OSError, and ValueError with one sentence."""
    from snapdiff.analysis.suppressions import parse

    found = [*parse(settings.suppressions, settings.where("suppressions"))]
    for file in (*map(settings.path, settings.suppression_files), *files):
        found += parse(file.read_text(encoding="utf-8").splitlines(), str(file))
    return tuple(found)


def budget_of(settings: Settings, given: str | None) -> Budget | None:
    """Return the budget that is given, or else the settings'. Raises ValueError with one sentence."""
    from snapdiff.analysis.budget import parse_budget

    if given is not None:
        return parse_budget(given, "--allow")
    return None if settings.allow is None else parse_budget(settings.allow, settings.where("allow"))


def baseline_of(path: Path, missing_ok: bool) -> tuple[Known, ...]:
    """Read a baseline. Raises OSError, and ValueError with one sentence."""
    from snapdiff.analysis.baseline import parse_baseline

    if missing_ok and not path.exists():
        return ()
    return parse_baseline(path.read_text(encoding="utf-8"), str(path))
