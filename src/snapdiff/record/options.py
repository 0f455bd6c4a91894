"""What to record and how, checked before anything is started."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path

#: 151 and not 100: a default lru_cache holds 128 entries and must be full within the plan; prime, so that no
#: periodic buffer aligns with it.
DEFAULT_ROUNDS = (1, 10, 151)
#: Frames a traceback. On an allocating workload (JSON, strings, 12 calls deep) tracing costs on 3.11 / 3.12 /
#: 3.13: 1 frame 10.5, 7.9, 8.4 times the plain run; 4 frames 35, 17, 15; 10 frames 40, 27, 35; 25 frames 82, 51,
#: 66. Four reach from a library's line to the caller's in most programs.
DEFAULT_TRACE_DEPTH = 4
#: How much is traced: every round; a second plan, when something grew in the first; nothing.
TRACE_MODES = ("rounds", "auto", "off")
#: Places inside the last round (and the confirming one) where objects are counted: six windows show a curve.
SUBCHECKPOINTS = 5
#: Seconds that confirming rounds may take.
DEFAULT_MAX_TIME = 120.0
_MOST_ITERATIONS = 10_000_000


class OptionsError(Exception):
    """An option cannot be used as given; the message says why and what to write instead."""


@dataclass(frozen=True)
class Options:
    """Options of one recording. Times are seconds, rounds iterations each."""

    target: str
    output: Path
    rounds: tuple[int, ...] = DEFAULT_ROUNDS
    setup: str | None = None
    teardown: str | None = None
    inputs: str | None = None
    python: str = sys.executable
    trace: str = "rounds"
    trace_depth: int = DEFAULT_TRACE_DEPTH
    snapshots: str = "auto"
    """How heap snapshots are taken: auto, child, in-place or python."""
    timeout: float | None = None
    max_time: float = DEFAULT_MAX_TIME
    arguments: tuple[str, ...] = ()
    command: tuple[str, ...] = field(default=())
    """The command line, for "how to reproduce"."""
    debug: bool = False
    force: bool = False
    """Overwrite an existing recording, finished or not."""

    def check(self) -> None:
        """Raise OptionsError for what can be known to fail before the target starts."""
        folder = self.output.absolute().parent
        if not folder.is_dir():
            raise OptionsError(f"The output folder {folder} does not exist. Create it, or choose another with -o.")
        if self.output.exists() and not self.output.is_dir() and not self.force:
            raise OptionsError(f"{self.output} exists. Choose another name with -o, or overwrite it with --force.")
        if self.output.is_dir():
            raise OptionsError(
                f"The output {self.output} is a folder. Name a file, such as {self.output}/run.snapdiff."
            )
        if shutil.which(self.python) is None:
            raise OptionsError(f"There is no Python interpreter at {self.python}.")


def parse_rounds(text: str) -> tuple[int, ...]:
    """Parse `1,10,151`. Raises OptionsError unless it is two or more rising numbers."""
    example = "Write rising numbers of calls, such as --rounds 1,10,151."
    parts = text.split(",")
    try:
        rounds = tuple(int(part) for part in parts)
    except ValueError:
        raise OptionsError(f"--rounds {text} has something that is not a whole number. {example}") from None
    return check_rounds(rounds, f"--rounds {text}", example)


def check_rounds(
    rounds: tuple[int, ...],
    shown: str | None = None,
    example: str = "Give rising numbers of calls, such as 1, 10, 151.",
) -> tuple[int, ...]:
    """Return rounds that can be run. Raises OptionsError unless they are two or more rising numbers."""
    shown = shown or f"rounds {', '.join(map(str, rounds))}"
    if any(type(count) is not int for count in rounds):
        raise OptionsError(f"{shown} has something that is not a whole number. {example}")
    if len(rounds) < 2:  # noqa: PLR2004
        raise OptionsError(f"{shown} has one round; growth needs at least two to compare. {example}")
    if rounds[0] < 1 or any(later <= earlier for earlier, later in pairwise(rounds)):
        raise OptionsError(f"{shown} is not rising. {example}")
    if rounds[-1] > _MOST_ITERATIONS:
        raise OptionsError(f"{shown} has more than {_MOST_ITERATIONS:,} calls in a round.")
    return rounds


def default_output(target: str, now: datetime) -> Path:
    """Return a name for the recording of a target in the working directory, by name and time."""
    place = target.replace("\\", "/").rsplit("/", 1)[-1].replace(".py", "")
    name = "".join(char if char.isalnum() or char in "._-" else "-" for char in place).strip("-.") or "recording"
    return Path(f"{name}-{now:%Y%m%d-%H%M%S}.snapdiff")
