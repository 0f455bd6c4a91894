"""Seals a spool whose supervisor was killed before it could."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from snapdiff.agent import spool
from snapdiff.record import seal
from snapdiff.record.ended import Ended
from snapdiff.record.options import OptionsError


@contextmanager
def hold(part: Path) -> Iterator[None]:
    """Hold a spool: as long as this lasts, nobody may seal or overwrite it."""
    with (part / spool.PLAN_FILE).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield


def _is_held(part: Path) -> bool:
    with (part / spool.PLAN_FILE).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _moment(frame: dict[str, Any]) -> float:
    return float(frame["ended"] if frame["kind"] == "sweep" else frame["monotonic"])


def make_room(part: Path, force: bool) -> None:
    """Make the folder for a new spool. Raises OptionsError when an unfinished recording is there."""
    if (part / spool.PLAN_FILE).is_file():
        if _is_held(part):
            raise OptionsError(f"Another snapdiff is recording into {part} right now. Choose another name with -o.")
        if not force and any(frame.get("kind") in seal.MEASURED for frame, _ in spool.read(str(part))):
            raise OptionsError(
                f"{part} holds an unfinished recording. Seal it with `snapdiff seal {part}`, "
                "or overwrite it with --force."
            )
    if part.exists():
        shutil.rmtree(part)
    part.mkdir()


def seal_unfinished(part: Path, force: bool = False) -> Path:
    """Seal `NAME.snapdiff.part` into `NAME.snapdiff` and remove it; return the recording's path.

    Raises OptionsError when the folder is no spool or has no complete checkpoint, and when an older recording of that
    name is there, unless `force`.
    """
    if not (part / spool.PLAN_FILE).is_file() or part.suffix != ".part":
        raise OptionsError(f"{part} is not the .part folder of an unfinished recording.")
    if _is_held(part):
        raise OptionsError(f"{part} is being recorded into right now: it will be sealed when that ends.")
    frames = [frame for frame, _ in spool.read(str(part))]
    moments = [_moment(frame) for frame in frames if frame.get("kind") in seal.MEASURED]
    if not moments:
        raise OptionsError(f"{part} has no complete checkpoint: there is nothing to seal.")
    output = part.with_suffix("")
    if output.exists() and not force:
        raise OptionsError(f"{output} exists. Move it away, or overwrite it with --force.")
    plan = spool.read_plan(str(part))
    kept = ("target", "rounds", "setup", "teardown", "inputs", "trace", "trace_depth", "max_time", "arguments", "sweep")
    options = {key: plan[key] for key in kept}
    options.update(timeout=None, command=[])
    started = moments[0]
    facts = seal.Facts(
        options=options,
        ended=Ended("killed", "killed together with its supervisor"),
        started=datetime.fromtimestamp((part / spool.PLAN_FILE).stat().st_mtime, UTC).isoformat(timespec="seconds"),
        started_monotonic=started,
        duration=moments[-1] - started,
        timeline=[],
        memory={},
    )
    seal.seal(part, facts, output)
    shutil.rmtree(part)
    return output
