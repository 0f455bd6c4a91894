"""Help: examples for every command, 80 columns, and colours only where they are wanted."""

import shlex

import click
import pytest
from click.testing import CliRunner

from snapdiff.cli import main


def commands(group, path=()):
    """Yield every command with the words that call it."""
    yield path, group
    if isinstance(group, click.Group):
        for name in group.list_commands(click.Context(group)):
            yield from commands(group.get_command(click.Context(group), name), (*path, name))


ALL = list(commands(main))


@pytest.mark.parametrize("path", [path for path, _ in ALL], ids=" ".join)
def test_help_fits_a_terminal_of_80_columns(path):
    done = CliRunner().invoke(main, [*path, "--help"], env={"COLUMNS": "80"})
    assert 0 == done.exit_code
    assert [] == [line for line in done.output.splitlines() if len(line) > 80]


@pytest.mark.parametrize(("path", "command"), [each for each in ALL if each[0]], ids=str)
def test_every_command_has_examples_that_it_takes(path, command):
    """Each example is parsed, not run: its options exist and its values fit."""
    epilog = (command.epilog or "").replace("\\\n", " ")
    examples = [line.strip() for line in epilog.splitlines() if line.startswith("  ")]
    assert examples
    for example in examples:
        words = shlex.split(example.split("   ")[0].split(" > ")[0])
        if words[0] != "snapdiff":  # `eval "$(snapdiff completion bash)"`
            words = words[1].strip("$()").split()
        group, rest = main, words[1:]
        while isinstance(group, click.Group) and rest:
            _, group, rest = group.resolve_command(click.Context(group), rest)
        if not isinstance(group, click.Group):
            group.make_context(example, list(rest))


@click.command()
def coloured():
    """Print something coloured, as `doctor` does."""
    click.secho("green", fg="green")


def test_no_color_is_heard(monkeypatch):
    monkeypatch.setattr(type(main), "get_command", lambda *_: coloured)
    runner = CliRunner()
    assert "\x1b[32mgreen\x1b[0m\n" == runner.invoke(main, ["seal"], color=True, env={"NO_COLOR": ""}).output
    assert "green\n" == runner.invoke(main, ["seal"], color=True, env={"NO_COLOR": "1"}).output
    assert "green\n" == runner.invoke(main, ["seal"], env={"NO_COLOR": ""}).output, "not a terminal"
