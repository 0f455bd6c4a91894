"""The plan that the agent reads from the spool."""

from __future__ import annotations

from typing import Any

from snapdiff.record.options import SUBCHECKPOINTS, Options
from snapdiff.record.seal import describe_sweep


def plan_of(options: Options, ask_fd: int = -1, answer_fd: int = -1) -> dict[str, Any]:
    """Return the plan of some options; the descriptors are -1 where nobody outside is there to be asked."""
    return {
        "target": options.target,
        "arguments": list(options.arguments),
        "setup": options.setup,
        "teardown": options.teardown,
        "inputs": options.inputs,
        "rounds": list(options.rounds),
        "trace": options.trace,
        "trace_depth": options.trace_depth,
        "snapshots": options.snapshots,
        "max_time": options.max_time,
        "sweep": describe_sweep(options.sweep),
        "subcheckpoints": SUBCHECKPOINTS,
        "debug": options.debug,
        "ask_fd": ask_fd,
        "answer_fd": answer_fd,
    }
