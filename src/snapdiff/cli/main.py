"""The `snapdiff` command and its lazily loaded subcommands."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import click

#: Exit codes of ARCHITECTURE.md.
USAGE, LEAK, INCOMPLETE = 2, 1, 3

_COMMANDS = {
    "record": "Run a workload 1, 10 and N times and record what grows.",
    "report": "Turn a recording into a page (or Markdown, JSON, text, JUnit XML, SARIF).",
    "compare": "Say what was fixed and what is new between recordings before and after a change.",
    "check": "Say the verdict of recordings as an exit code.",
    "history": "Remember runs: trends, and whether a leak was seen before.",
    "seal": "Finish a recording whose snapdiff was killed.",
    "doctor": "Say what works in this environment, and what to install.",
    "completion": "Print the script that completes commands in a shell.",
}


class _Commands(click.Group):
    """Loads a command's module when it is asked for: `snapdiff --help` needs none of the libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"snapdiff.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _print_version(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"snapdiff {version('snapdiff-leaks')}")
        ctx.exit()


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    callback=_print_version,
    expose_value=False,
    is_eager=True,
    help="Show the version.",
)
def main() -> None:
    """Find memory leaks in Python programs, and prove them.

    \b
    snapdiff record app/worker.py:search       run it 1, 10 and 151 times
    snapdiff report search-….snapdiff          one HTML page
    snapdiff check *.snapdiff                  exit 1 when something leaks
    snapdiff compare BEFORE AFTER              what was fixed, what is new
    """
    if os.environ.get("NO_COLOR"):
        click.get_current_context().color = False


def examples(*lines: str) -> str:
    """Return the end of a command's help: one example a line, kept as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


SUPPRESSIONS = click.option(
    "--suppressions",
    "suppression_files",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File of accepted findings, a line `leak:PATTERN  # reason` each; more in [tool.snapdiff] of pyproject.toml.",
)


def fail(message: str) -> click.exceptions.Exit:
    """Print one sentence on standard error; return the exception that ends with the usage exit code."""
    click.echo(f"snapdiff: {message}", err=True)
    return click.exceptions.Exit(USAGE)
