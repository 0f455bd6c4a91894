"""What snapdiff does inside a program, as its own driver does it."""

from __future__ import annotations

from functools import partial
from typing import Any

from speed.operation import Details, Operation, Timed
from speed.ticker import Ticker

TOOL = "snapdiff"
DISTRIBUTION = "snapdiff-leaks"
_DEFAULT_DEPTH = 4
DEPTHS = (1, _DEFAULT_DEPTH, 25)
"""Frames a traceback: the least, snapdiff's default, and what people set to see whole tracebacks."""


class _Fields(dict[str, Any]):
    """The fields of a plan in which nothing is to be run; whatever is not named here is off."""

    def __missing__(self, key: str) -> int:
        return 0


def _measurer() -> Any:
    from snapdiff.agent.checkpoint import Measurer
    from snapdiff.agent.plan import Plan

    fields = _Fields(
        target="", arguments=[], setup=None, teardown=None, inputs=None, rounds=[1], trace=False, trace_depth=1,
        max_time=0.0, subcheckpoints=0, debug=False, snapshots="auto", ask_fd=-1, answer_fd=-1,
    )  # fmt: skip
    return Measurer(Plan(fields))


def snapshot_of(fields: Details) -> Details:
    """Return what a checkpoint says of its snapshot."""
    traces = fields.get("traces")
    return {
        **fields["snapshot"],
        "objects": fields["objects"],
        "collect_seconds": fields["collect_seconds"],
        "types": len(fields["types"]),
        "tracebacks": None if traces is None else len(traces["blocks"]) // 8,
    }


def _checkpoint(depth: int = 0, paths: bool = True) -> Timed:
    measurer = _tracing(depth)
    return lambda: {**snapshot_of(measurer.checkpoint(paths=paths)), "paths": len(measurer.book.parents)}


def _tracing(depth: int) -> Any:
    """Return a measurer, tracing as the driver does, or not (0)."""
    from snapdiff.agent.untraced import start_tracing

    measurer = _measurer()
    if depth:
        measurer.untraced = start_tracing(depth)
    return measurer


def _subcheckpoint() -> Timed:
    measurer = _measurer()
    return lambda: {"collect_seconds": measurer.subcheckpoint()["collect_seconds"]}


def _pause(depth: int = 0) -> Timed:
    measurer = _tracing(depth)

    def timed() -> Details:
        with Ticker() as ticker:
            fields = measurer.checkpoint(paths=True)
        return {**snapshot_of(fields), "pause_seen": ticker.longest()}

    return timed


def _frames(depth: int) -> str:
    return f"{depth} frame{'s' if depth > 1 else ''}"


OPERATIONS = (
    Operation("checkpoint", "checkpoint: counts, sizes, paths", TOOL, _checkpoint, DISTRIBUTION),
    Operation(
        "graph", "checkpoint: the graph, with counts and sizes by type", TOOL, partial(_checkpoint, paths=False),
        DISTRIBUTION,
    ),
    Operation("pause", "checkpoint, watched by a thread", TOOL, _pause, DISTRIBUTION),
    Operation(
        "pause-scattered", "checkpoint of a scattered heap, watched by a thread", TOOL, _pause, DISTRIBUTION,
        scattered=True,
    ),
    Operation(
        "application", "checkpoint of an application", TOOL, _checkpoint, DISTRIBUTION,
        application=True,
    ),
    Operation(
        "pause-application", "checkpoint of an application, watched by a thread", TOOL, _pause, DISTRIBUTION,
        application=True,
    ),
    Operation("subcheckpoint", "sub-checkpoint: counts of tracked objects", TOOL, _subcheckpoint, DISTRIBUTION),
    *(
        Operation(
            f"traced-{depth}-{'many' if many else 'few'}",
            f"checkpoint with traces of {_frames(depth)}" + (", an application" if many else ""), TOOL,
            partial(_checkpoint, depth), DISTRIBUTION, tracing=depth, application=many,
        )
        for many in (False, True)
        for depth in DEPTHS
    ),
    Operation(
        "pause-traced", f"checkpoint with traces of {_frames(_DEFAULT_DEPTH)}, an application, watched by a thread",
        TOOL, partial(_pause, _DEFAULT_DEPTH), DISTRIBUTION, tracing=_DEFAULT_DEPTH, application=True,
    ),
)  # fmt: skip
