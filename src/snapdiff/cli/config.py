"""Settings of a project: `[tool.snapdiff]` in the nearest pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from snapdiff.cli.main import fail

if TYPE_CHECKING:
    from snapdiff.analysis.suppressions import Suppression

_KNOWN = {"history", "suppressions", "suppression_files"}
#: Where the history is unless somebody says otherwise, in the folder of the project.
HISTORY = Path(".snapdiff", "history")


def suppressions(files: tuple[Path, ...]) -> tuple[Suppression, ...]:
    """Return the suppressions of the project and of some files. Ends the command with one sentence on bad ones."""
    from snapdiff.analysis.suppressions import parse

    found: list[Suppression] = []
    try:
        place, settings = _project()
        if place is not None:
            found += parse(_texts(settings, "suppressions", place), f"{place}, [tool.snapdiff] suppressions")
            files = (*[place.parent / name for name in _texts(settings, "suppression_files", place)], *files)
        for file in files:
            found += parse(file.read_text(encoding="utf-8").splitlines(), str(file))
    except OSError as error:
        raise fail(f"The suppressions in {error.filename} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise fail("A file of suppressions is not text in UTF-8.") from None
    except ValueError as error:
        raise fail(f"{error}.") from None
    return tuple(found)


def history_place(store: str | None) -> str:
    """Return where the history is: as asked for, as the project's settings say, or in the project's folder."""
    if store is not None:
        return store
    try:
        place, settings = _project()
        setting = settings.get("history")
        if not isinstance(setting, str | None) or setting == "":
            raise ValueError(f"{place}: history in [tool.snapdiff] must be a text, a folder or a URI")
    except OSError as error:
        raise fail(f"{error.filename} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise fail(f"{error}.") from None
    if setting is not None and "://" in setting:
        return setting
    folder = Path.cwd() if place is None else place.parent
    return str(folder / (setting or HISTORY))


def _project() -> tuple[Path | None, dict[str, object]]:
    """Return the nearest pyproject.toml upwards and its settings. Raises OSError and ValueError."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        place = folder / "pyproject.toml"
        if place.is_file():
            settings = tomllib.loads(place.read_text(encoding="utf-8")).get("tool", {}).get("snapdiff", {})
            unknown = sorted(set(settings) - _KNOWN)
            if unknown:
                known = ", ".join(sorted(_KNOWN))
                raise ValueError(f"{place}: [tool.snapdiff] has no setting {unknown[0]!r}; it has {known}")
            return place, settings
    return None, {}


def _texts(settings: dict[str, object], name: str, place: Path) -> list[str]:
    value = settings.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"{place}: {name} in [tool.snapdiff] must be a list of texts")
    return value
