"""`snapdiff doctor`."""

from __future__ import annotations

import sys
import textwrap

import click

from snapdiff.cli.main import examples

_EXAMPLES = examples(
    "snapdiff doctor",
    "snapdiff doctor --python .venv/bin/python",
)
_BROKEN = 1
_COLOURS = {"works": "green", "lacking": "yellow", "broken": "red"}
_WIDTH = 79
_INDENT = " " * 20


@click.command("doctor", epilog=_EXAMPLES)
@click.option("--python", default=sys.executable, help="Interpreter of the programs that you want to record.")
def command(python: str) -> None:
    """Say what works in this environment, and what to install for what does not.

    Records a program of four lines, makes its page and remembers it, all in a folder that is removed again.

    Exit code: 0 recordings can be made and judged; 1 they cannot.
    """
    from snapdiff.doctor import State, examine
    from snapdiff.report.words import one_line

    broken = False
    for check in examine(python):
        click.echo(click.style(f"{check.state:<8}", fg=_COLOURS[check.state], bold=True), nl=False)
        click.echo(_wrapped(f"{check.name:<12}{one_line(check.found)}"))
        if check.advice:
            click.echo(textwrap.fill(check.advice, _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT))
        broken = broken or check.state is State.BROKEN
    if broken:
        raise click.exceptions.Exit(_BROKEN)


def _wrapped(text: str) -> str:
    """Wrap behind the eight characters of the state, which may carry a colour."""
    return textwrap.fill(text, _WIDTH, initial_indent=" " * 8, subsequent_indent=_INDENT)[8:]
