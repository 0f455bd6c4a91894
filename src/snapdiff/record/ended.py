"""How a run ended, in words."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from snapdiff.agent import spool

AS_PLANNED = "as planned"
_SERIES = {spool.WORKLOAD: "", spool.CONTROL: " of the control", spool.TRACED_CONTROL: " of the traced control"}


@dataclass(frozen=True)
class Ended:
    """`how` is a fixed word, `text` a sentence's part for people: "raised ValueError in call 7 of round 2"."""

    how: str
    text: str
    detail: str = ""
    """What is shown on the terminal alone, since it may hold the program's data."""

    @property
    def complete(self) -> bool:
        """True when everything that was planned was measured."""
        return self.how == AS_PLANNED


def describe(
    frame: dict[str, Any] | None,
    returncode: int | None,
    stopped_by: str | None,
    state: list[int],
    shown: Callable[[str], str],
) -> Ended:
    """Say how a run ended, from the agent's last frame, the exit status, what we did, and the last state.

    `shown` makes a file's path fit to be shown elsewhere. `stopped_by` is why the supervisor ended the
    target (`timed out`, `interrupted`), None if it did not.
    """
    where = _where(state)
    if frame is not None and frame.get("how") == AS_PLANNED:
        return Ended(AS_PLANNED, AS_PLANNED)
    if stopped_by is not None:
        return Ended(stopped_by, f"{stopped_by} {where}")
    if frame is not None:
        how = str(frame.get("how"))
        if how == "raised":
            return Ended(how, f"raised {frame.get('type')} {where}{_place(frame, shown)}")
        if how == "exited":
            return Ended(
                how, f"ended itself with sys.exit, status {frame.get('status')}, {where}{_place(frame, shown)}"
            )
        return Ended(how, f"{how} {where}")
    if returncode is not None and returncode < 0:
        name = _signal_name(-returncode)
        hint = ", by kill -9 or by the kernel for lack of memory" if name == "SIGKILL" else ""
        return Ended("killed", f"killed by {name}{hint}, {where}")
    return Ended("exited", f"the process ended itself with status {returncode}, {where}")


def failed(text: str, detail: str, state: list[int]) -> Ended:
    """Say that a worker did not answer as it should; `text` goes on from "the worker"."""
    return Ended("failed", f"because the worker {text}, {_where(state)}", detail)


def _where(state: list[int]) -> str:
    phase, series = state[spool.PHASE], state[spool.SERIES]
    if series == spool.SWEEP and phase in (spool.CALLING, spool.MEASURING):
        when = "in" if phase == spool.CALLING else "after"
        return f"{when} a call with size {state[spool.ROUND]:,}"
    kind = _SERIES.get(series, " of the traced plan")
    if phase == spool.CALLING:
        return f"in call {state[spool.DONE] + 1} of round {state[spool.ROUND]}{kind}"
    if phase == spool.MEASURING:
        return f"in the checkpoint after round {state[spool.ROUND]}{kind}"
    if phase == spool.HOLDING and state[spool.STEP] == spool.TEARDOWN:
        return "in the teardown after the last round"
    if phase in (spool.HOLDING, spool.ENDING):
        return "after the last round"
    return "before the first round"


def _place(frame: dict[str, Any], shown: Callable[[str], str]) -> str:
    place = frame.get("place")
    if not isinstance(place, dict):
        return ""
    return f" ({shown(str(place.get('file')))}:{place.get('line')} in {place.get('function')})"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def sentence(how: Ended) -> str:
    """Return how a run ended as a clause with its subject: "the target raised ValueError …"."""
    if how.text.startswith("the process"):
        return how.text
    if how.text.startswith("because"):
        return f"the recording ended {how.text}" + (f". It wrote: {how.detail}" if how.detail else "")
    was = "was " if how.text.startswith(("killed", "interrupted")) else ""
    return f"the target {was}{how.text}"
