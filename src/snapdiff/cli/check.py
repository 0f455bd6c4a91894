"""`snapdiff check`."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import USAGE


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Say the verdict of recordings as an exit code; the worst file wins.

    2 unreadable; 1 leak; 3 inconclusive or incomplete; 0 otherwise.
    """
    from snapdiff import api
    from snapdiff.recording import RecordingError

    codes = []
    for file in files:
        try:
            report = api.analyze(file)
        except RecordingError as error:
            click.echo(f"snapdiff: {error}", err=True)
            codes.append(USAGE)
        else:
            click.echo(f"{file}: {report.verdict}: {report.sentence}")
            codes.append(report.exit_code)
    # In the order of how bad they are.
    raise click.exceptions.Exit(next((code for code in (2, 1, 3) if code in codes), 0))
