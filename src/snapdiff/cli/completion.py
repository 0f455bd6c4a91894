"""`snapdiff completion`."""

from __future__ import annotations

import click

from snapdiff.cli.main import examples

#: What a shell sets to ask for completions; click derives it from the name of the command.
_VARIABLE = "_SNAPDIFF_COMPLETE"


@click.command(
    "completion",
    epilog=examples(
        'eval "$(snapdiff completion bash)"        in ~/.bashrc',
        'eval "$(snapdiff completion zsh)"         in ~/.zshrc, after compinit',
        "snapdiff completion fish > ~/.config/fish/completions/snapdiff.fish",
    ),
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes snapdiff's commands, options and files in SHELL."""
    from click.shell_completion import get_completion_class

    from snapdiff.cli.main import main

    found = get_completion_class(shell)
    if found is None:
        raise AssertionError(f"click completes in {shell}")
    # Not `source()`: that of bash starts one to see how old it is, and the script may be for another machine.
    complete = found(main, {}, "snapdiff", _VARIABLE)
    click.echo(complete.source_template % complete.source_vars())
