"""`snapdiff report`."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import SUPPRESSIONS, fail

_ENDINGS = {"html": ".html", "json": ".json", "text": ".txt"}


@click.command("report")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write, `-` for standard output; beside FILE by default.",
)
@click.option("--format", "form", type=click.Choice(list(_ENDINGS)), default="html", show_default=True)
@click.option("--at", type=click.IntRange(1), help="Size that a sweep foretells; ten times the largest by default.")
@SUPPRESSIONS
def command(
    file: Path, output: Path | None, form: str, at: int | None, suppression_files: tuple[Path, ...]
) -> None:  # fmt: skip
    """Turn the recording FILE into one self-contained page (or JSON, or text).

    JSON and text go to standard output unless -o says otherwise. Needs neither the program nor its packages.
    """
    from snapdiff import api
    from snapdiff.cli.config import suppressions
    from snapdiff.recording import RecordingError

    accepted = suppressions(suppression_files)
    try:
        report = api.analyze(file, accepted, at)
    except RecordingError as error:
        raise fail(str(error)) from None
    if at is not None and report.analysis.sweep is None:
        raise fail(f"{file} is no sweep, so it foretells no size: leave --at out, or record with --sweep.")
    text = report.render(form)
    if output is None and form == "html":
        output = file.with_suffix(_ENDINGS[form])
    if output is None or str(output) == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise fail(f"{output} cannot be written: {error.strerror}.") from None
    click.echo(report.sentence)
    click.echo(str(output))
