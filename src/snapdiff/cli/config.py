"""The project's settings for the commands: read, or the command ends with one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from snapdiff.cli.main import fail
from snapdiff.settings import Settings, read_settings, suppressions_of

if TYPE_CHECKING:
    from snapdiff.analysis.suppressions import Suppression

#: Where the history is unless somebody says otherwise, in the folder of the project.
HISTORY = Path(".snapdiff", "history")


@contextmanager
def sentences(what: str = "settings") -> Iterator[None]:
    """End the command with one sentence where something that the project has written cannot be used."""
    try:
        yield
    except OSError as error:
        raise fail(f"The {what} in {error.filename} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise fail(f"A file of {what} is not text in UTF-8.") from None
    except ValueError as error:
        raise fail(f"{error}.") from None


def settings() -> Settings:
    """Return the settings of the project that the command runs in."""
    with sentences():
        return read_settings(Path.cwd())


def suppressions(files: tuple[Path, ...]) -> tuple[Suppression, ...]:
    """Return the suppressions of the project and of some files."""
    with sentences("suppressions"):
        return suppressions_of(read_settings(Path.cwd()), files)


def history_place(store: str | None) -> str:
    """Return where the history is: as asked for, as the project's settings say, or in the project's folder."""
    if store is not None:
        return store
    project = settings()
    if project.history is not None and "://" in project.history:
        return project.history
    folder = Path.cwd() if project.place is None else project.place.parent
    return str(folder / (project.history or HISTORY))
