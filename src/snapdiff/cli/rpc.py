"""`snapdiff record --rpc`: its options."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from snapdiff.record.framing import AUTO, FRAMINGS

if TYPE_CHECKING:
    from snapdiff.record.rpc import Rpc

_Command = TypeVar("_Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--rpc", metavar="COMMAND", help="Instead of TARGET: a worker that speaks JSON-RPC over stdin and stdout."
    ),
    click.option(
        "--request", type=click.Path(path_type=Path), metavar="FILE.jsonl",
        help="Requests to the worker, one a line; - passes on those of the parent that started snapdiff.",
    ),
    click.option(
        "--framing", type=click.Choice(FRAMINGS), default=AUTO, show_default=True, help="How messages are told apart."
    ),
    click.option(
        "--in-flight", type=click.IntRange(1, 10_000), default=1, show_default=True,
        help="Requests that may wait for their replies at once.",
    ),
    click.option(
        "--reply-timeout", type=click.FloatRange(0, min_open=True), default=120.0, show_default=True,
        help="Seconds to wait for a reply.",
    ),
)  # fmt: skip


def rpc_options(command: _Command) -> _Command:
    """Add the options of a worker to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def worker_of(
    given: dict[str, Any], target: str | None, arguments: tuple[str, ...], inputs: str | None, python: str
) -> Rpc | None:
    """Return what the options say of a worker, None without one. Raises OptionsError for what does not go together."""
    from snapdiff.record import OptionsError
    from snapdiff.record.rpc import Rpc

    command, request = given["rpc"], given["request"]
    if command is None:
        if request is not None:
            raise OptionsError("--request needs the worker that is to be asked: --rpc 'python worker.py'.")
        if target is None:
            raise click.UsageError("Missing argument 'TARGET': path/to/file.py:function, or a worker with --rpc.")
        return None
    if target is not None or arguments:
        raise OptionsError(
            "With --rpc there is no TARGET, and arguments are part of the command: --rpc 'COMMAND ARGS'."
        )
    if request is None:
        raise OptionsError("--rpc needs the requests to make: --request FILE.jsonl, one request a line.")
    if inputs is not None:
        raise OptionsError("--inputs gives arguments to a function; a worker gets requests, with --request.")
    if python != sys.executable:
        raise OptionsError("With --rpc the command names its interpreter: --rpc '/other/venv/bin/python worker.py'.")
    return Rpc(command, request, given["framing"], given["in_flight"], given["reply_timeout"])
