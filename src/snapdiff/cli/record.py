"""`snapdiff record`."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from snapdiff.cli.main import INCOMPLETE, examples, fail
from snapdiff.cli.rpc import rpc_options, worker_of
from snapdiff.record.options import DEFAULT_MAX_TIME, DEFAULT_TRACE_DEPTH, TRACE_MODES

_EXAMPLES = examples(
    "snapdiff record app/worker.py:search",
    "snapdiff record app.worker:Worker.search --setup make -o search.snapdiff",
    "snapdiff record app/worker.py:search --inputs queries --trace auto",
    "snapdiff record --python .venv/bin/python tool.py -- --input data.csv",
    "snapdiff record app/load.py:load --sweep n=100,1000,10000",
    "snapdiff record --rpc 'python worker.py' --request requests.jsonl",
)


@click.command("record", epilog=_EXAMPLES)
@click.argument("target", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; NAME-TIME.snapdiff by default.")
@click.option("--rounds", default="1,10,151", show_default=True, help="Calls a round, rising.")
@click.option(
    "--setup", help="Function to run once before; for Class.method it returns the instance; FILE.jsonl with --rpc."
)
@click.option("--teardown", help="Function to run once after; FILE.jsonl with --rpc.")
@rpc_options
@click.option("--inputs", help="Function that returns an iterable of argument tuples, one a call.")
@click.option(
    "--python",
    "python",
    default=sys.executable,
    help="Interpreter to run the target in (3.9 or newer); snapdiff need not be installed there.",
)
@click.option(
    "--trace",
    type=click.Choice(TRACE_MODES),
    default="rounds",
    show_default=True,
    help="Trace allocations in every round; `auto`: only in a second plan, when something grew in the first; or not.",
)
@click.option(
    "--trace-depth",
    type=click.IntRange(1, 100),
    default=DEFAULT_TRACE_DEPTH,
    show_default=True,
    help="Frames a traceback.",
)
@click.option(
    "--snapshots",
    type=click.Choice(["auto", "child", "in-place", "python"]),
    default="auto",
    show_default=True,
    help="Who walks over the heap: a child while the program goes on, the program itself, or slow Python.",
)
@click.option("--timeout", type=click.FloatRange(0, min_open=True), help="Seconds the whole run may take.")
@click.option(
    "--max-time",
    type=click.FloatRange(0),
    default=DEFAULT_MAX_TIME,
    show_default=True,
    help="Seconds that the extra rounds of a plan may take.",
)
@click.option(
    "--sweep",
    help="Call with sizes instead of in rounds, to find the law of growth: n=100,1000,10000 or n=100..10000.",
)
@click.option("--at", type=click.IntRange(1), help="Size that a sweep foretells; ten times the largest by default.")
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
@click.option("--quiet", "-q", is_flag=True, help="No progress.")
@click.option("--debug", is_flag=True, help="Show tracebacks of errors.")
def command(  # noqa: PLR0917
    target: str | None, arguments: tuple[str, ...], output: Path | None, rounds: str, setup: str | None,
    teardown: str | None, inputs: str | None, python: str, trace: str, trace_depth: int, snapshots: str,
    timeout: float | None, max_time: float, sweep: str | None, at: int | None,
    force: bool, quiet: bool, debug: bool, **rpc: Any,
) -> None:  # fmt: skip
    """Run TARGET 1, 10 and N times and record what grows.

    TARGET is path/to/file.py:function, package.module:function, module:Class.method (with --setup) or a whole
    script, path/to/script.py. Arguments for the program go after `--`.

    With --rpc there is no TARGET: a worker is started and asked over JSON-RPC, a request a call.

    Exit code: 0 recorded as planned, leak or not; 3 ended early, what there was is recorded; 2 nothing recorded.
    """
    from snapdiff.cli.progress import hint_about, make
    from snapdiff.record import Options, OptionsError, record
    from snapdiff.record.ended import sentence
    from snapdiff.record.options import default_output, parse_rounds, parse_sweep

    try:
        if at is not None and sweep is None:
            raise OptionsError("--at is the size that a sweep foretells. Give --sweep as well.")
        worker = worker_of(rpc, target, arguments, inputs, python)
        named = worker.name if worker is not None else target or ""
        options = Options(
            target=named,
            output=output or default_output(named, datetime.now()), rounds=parse_rounds(rounds),
            setup=setup, teardown=teardown, inputs=inputs, python=shutil.which(python) or python, trace=trace,
            trace_depth=trace_depth, snapshots=snapshots, timeout=timeout, max_time=max_time,
            sweep=None if sweep is None else parse_sweep(sweep, at), arguments=arguments,
            command=("snapdiff", *sys.argv[1:]), debug=debug, force=force, rpc=worker,
        )  # fmt: skip
        with make(quiet) as progress:
            outcome = record(options, progress)
    except OptionsError as error:
        raise fail(str(error)) from None
    except OSError as error:
        if debug:
            raise
        raise fail(f"The recording cannot be written: {error}.") from None
    if outcome.path is None:
        raise fail(outcome.refused or "Nothing could be recorded.")
    early = outcome.ended is not None and not outcome.ended.complete
    if early and outcome.ended is not None:
        click.echo(f"snapdiff: {sentence(outcome.ended)}; what was complete is recorded.", err=True)
    click.echo(
        f"snapdiff: recorded {outcome.path} ({outcome.size / 1000:,.0f} KB). Next: snapdiff report {outcome.path}",
        err=True,
    )
    if outcome.pace is not None and not quiet and (hint := hint_about(*outcome.pace)) is not None:
        click.echo(f"snapdiff: {hint}", err=True)
    if early:
        raise click.exceptions.Exit(INCOMPLETE)
