"""Seals a spool whose supervisor was killed before it could."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from snapdiff.agent import spool
from snapdiff.record import seal
from snapdiff.record.ended import Ended
from snapdiff.record.options import OptionsError


def seal_unfinished(part: Path) -> Path:
    """Seal `NAME.snapdiff.part` into `NAME.snapdiff` and remove it; return the recording's path.

    Raises OptionsError when the folder is no spool or has no complete checkpoint.
    """
    if not (part / spool.PLAN_FILE).is_file() or part.suffix != ".part":
        raise OptionsError(f"{part} is not the .part folder of an unfinished recording.")
    frames = [frame for frame, _ in spool.read(str(part))]
    checkpoints = [frame for frame in frames if frame.get("kind") == "checkpoint"]
    if not checkpoints:
        raise OptionsError(f"{part} has no complete checkpoint: there is nothing to seal.")
    plan = spool.read_plan(str(part))
    options = {key: plan[key] for key in ("target", "rounds", "setup", "teardown", "inputs", "trace_depth", "max_time")}
    options.update(trace="rounds" if plan["trace"] else "off", timeout=None, arguments=plan["arguments"], command=[])
    started = float(checkpoints[0]["monotonic"])
    facts = seal.Facts(
        options=options,
        ended=Ended("killed", "killed together with its supervisor"),
        started=datetime.fromtimestamp((part / spool.PLAN_FILE).stat().st_mtime, UTC).isoformat(timespec="seconds"),
        started_monotonic=started,
        duration=float(checkpoints[-1]["monotonic"]) - started,
        timeline=[],
        memory={},
    )
    output = part.with_suffix("")
    seal.seal(part, facts, output)
    shutil.rmtree(part)
    return output
