"""Settings of a project: `[tool.snapdiff]` in the nearest pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from snapdiff.cli.main import fail

if TYPE_CHECKING:
    from snapdiff.analysis.suppressions import Suppression

_KNOWN = {"suppressions", "suppression_files"}


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
