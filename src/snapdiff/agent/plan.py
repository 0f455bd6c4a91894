"""The plan that the supervisor hands to the agent."""

from __future__ import annotations

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any


#: How a plan is traced, as `record --trace` has it: every round; a second plan when something grew; not at all.
ROUNDS, AUTO, OFF = "rounds", "auto", "off"


class Plan:
    """What to run and how, as read from `plan.json`. Rounds are iterations each, times are seconds."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.target: str = fields["target"]
        self.arguments: list[str] = list(fields["arguments"])
        self.setup: str | None = fields["setup"]
        self.teardown: str | None = fields["teardown"]
        self.inputs: str | None = fields["inputs"]
        self.rounds: list[int] = [int(count) for count in fields["rounds"]]
        self.trace: str = str(fields["trace"])
        self.trace_depth: int = int(fields["trace_depth"])
        self.max_time: float = float(fields["max_time"])
        self.subcheckpoints: int = int(fields["subcheckpoints"])
        #: The parameter that is swept and its values; without any there are rounds.
        sweep: dict[str, Any] = fields["sweep"] or {"name": "", "sizes": []}
        self.sweep_name: str = str(sweep["name"])
        self.sweep_sizes: list[int] = [int(size) for size in sweep["sizes"]]
        self.snapshots: str = fields["snapshots"]
        self.debug: bool = bool(fields["debug"])
        #: File descriptors for asking the supervisor to read our memory; -1 when there is nobody to ask.
        self.ask_fd: int = int(fields["ask_fd"])
        self.answer_fd: int = int(fields["answer_fd"])
        #: The worker behind JSON-RPC: {"kind": "script", "module" or "code", "name": which}; empty for other targets.
        self.serve: dict[str, str] = fields.get("serve") or {}
        #: File descriptors for ordering requests and hearing that they were made; -1 without a worker.
        self.order_fd: int = int(fields.get("order_fd", -1))
        self.done_fd: int = int(fields.get("done_fd", -1))
