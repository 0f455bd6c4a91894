"""What to record and how, checked before anything is started."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snapdiff.record.rpc import Rpc

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
#: Sizes of a sweep: with two every law fits; more than this many nobody waits for.
LEAST_SIZES, MOST_SIZES = 3, 32
_LARGEST_SIZE = 10**12


class OptionsError(Exception):
    """An option cannot be used as given; the message says why and what to write instead."""


@dataclass(frozen=True)
class Sweep:
    """The parameter that gives the size of the input, its values, and the size to foretell (None: ten times more)."""

    name: str
    sizes: tuple[int, ...]
    at: int | None = None


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
    rpc: Rpc | None = None
    """The worker to ask, when the target is one behind JSON-RPC: then `target` is its name, and `setup` and
    `teardown` name files of requests."""
    sweep: Sweep | None = None
    """Call with sizes instead of in rounds."""
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
        if self.sweep is not None:
            self._check_sweep()
        if self.rpc is None and shutil.which(self.python) is None:
            raise OptionsError(f"There is no Python interpreter at {self.python}.")
        if self.rpc is None and self.target.endswith(".py"):
            self._check_script()

    def _check_script(self) -> None:
        from snapdiff.record.scripts import only_defines

        defined = only_defines(Path(self.target))
        if defined is not None:
            # Names with an underscore last: they are nobody's to call.
            first = min(defined, key=lambda name: name.startswith("_"))
            raise OptionsError(
                f"{self.target} only defines things: run as a script it does nothing. Name what to call, such as "
                f"{self.target}:{first}."
            )

    def _check_sweep(self) -> None:
        if self.rpc is not None:
            raise OptionsError("--sweep gives a size to a function; requests have their own. Leave one of them out.")
        if self.inputs is not None:
            raise OptionsError(
                "--sweep gives every call its size; --inputs would give it other arguments too. Leave one of them out."
            )
        if self.trace == "auto":
            raise OptionsError(
                "--trace auto has no meaning with --sweep, which makes its calls untraced and then traced. Leave it "
                "out, or write --trace off for calls that are only untraced."
            )
        if self.rounds != DEFAULT_ROUNDS:
            raise OptionsError("--sweep calls with sizes and not in rounds. Leave --rounds out.")


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


def parse_sweep(text: str, at: int | None = None) -> Sweep:
    """Parse `n=100,1000,10000` or `n=100..10000`. Raises OptionsError unless it is a name and three rising sizes."""
    example = "Write a parameter and rising sizes, such as --sweep n=100,1000,10000 or --sweep n=100..10000."
    name, equals, values = text.partition("=")
    if not equals or not name.isidentifier():
        raise OptionsError(f"--sweep {text} names no parameter. {example}")
    first, dots, last = values.partition("..")
    try:
        sizes = _between(int(first), int(last)) if dots else tuple(int(part) for part in values.split(","))
    except ValueError:
        raise OptionsError(f"--sweep {text} has something that is not a whole number. {example}") from None
    if len(sizes) < LEAST_SIZES:
        raise OptionsError(
            f"--sweep {text} has {len(sizes)} size{'' if len(sizes) == 1 else 's'}; a law needs at least "
            f"{LEAST_SIZES}, and five to know a curve from a threshold. {example}"
        )
    if sizes[0] < 1 or any(later <= earlier for earlier, later in pairwise(sizes)):
        raise OptionsError(f"--sweep {text} is not rising. {example}")
    if len(sizes) > MOST_SIZES or sizes[-1] > _LARGEST_SIZE:
        raise OptionsError(
            f"--sweep {text} has more than {MOST_SIZES} sizes, or one above {_LARGEST_SIZE:,}. {example}"
        )
    return Sweep(name, sizes, at)


def _between(first: int, last: int) -> tuple[int, ...]:
    """Return 1, 3, 10, 30, … times the first size, up to the last one."""
    sizes: list[int] = []
    factor = 1
    while 0 < first * factor < last and len(sizes) <= MOST_SIZES:
        sizes.append(first * factor)
        factor = factor * 3 if str(factor)[0] == "1" else factor // 3 * 10
    # One that lies close to the last tells nothing new.
    if sizes and sizes[-1] * 2 > last:
        sizes.pop()
    return (*sizes, last)


def default_output(target: str, now: datetime) -> Path:
    """Return a name for the recording of a target in the working directory, by name and time."""
    place = target.replace("\\", "/").rsplit("/", 1)[-1].replace(".py", "")
    name = "".join(char if char.isalnum() or char in "._-" else "-" for char in place).strip("-.") or "recording"
    return Path(f"{name}-{now:%Y%m%d-%H%M%S}.snapdiff")
