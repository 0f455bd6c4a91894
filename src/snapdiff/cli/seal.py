"""`snapdiff seal`."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import examples, fail

_EXAMPLES = examples(
    "snapdiff seal search.snapdiff.part",
)


@click.command("seal", epilog=_EXAMPLES)
@click.argument("part", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite an existing file.")
def command(part: Path, force: bool) -> None:
    """Finish the recording in the folder NAME.snapdiff.part, left by a snapdiff that was killed."""
    from snapdiff.record import OptionsError, seal_unfinished

    try:
        output = seal_unfinished(part, force)
    except (OptionsError, OSError) as error:
        raise fail(str(error)) from None
    click.echo(f"snapdiff: sealed {output}. Next: snapdiff report {output}")
