"""Where the commands put what they render: a name that says what it is, and never over something that is there."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import fail

#: Format → what its files are called. Code scanning and test pages look for their own endings.
ENDINGS = {
    "html": ".html", "markdown": ".md", "json": ".json", "text": ".txt", "junit": ".junit.xml", "sarif": ".sarif",
}  # fmt: skip

FORMAT = click.option("--format", "form", type=click.Choice(list(ENDINGS)), default="html", show_default=True)
OUTPUT = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="File to write, `-` for standard output. By default NAME.html (.md, .junit.xml, .sarif) in the folder of the "
    "recording; json and text go to standard output.",
)
FORCE = click.option("--force", is_flag=True, help="Overwrite an existing file.")
REDACT = click.option("--redact", is_flag=True, help="Leave out source excerpts and paths of files, and say so.")

#: What is read at once, or piped into another program.
_PRINTED = ("json", "text")


def default_output(recording: Path, form: str, name: str | None = None) -> Path | None:
    """Return where a format goes by default, by the name of the recording; None for standard output."""
    if form in _PRINTED:
        return None
    return recording.with_name((name or recording.name.removesuffix(".snapdiff")) + ENDINGS[form])


def check_room(output: Path | None, force: bool) -> None:
    """End the command where the output exists and may not be overwritten, before anything is rendered."""
    if output is not None and str(output) != "-" and output.exists() and not force:
        raise fail(f"{output} exists. Choose another name with -o, or overwrite it with --force.")


def write(text: str, output: Path | None, sentence: str, force: bool) -> None:
    """Write what was rendered and print the sentence and the path; or only the text, to standard output."""
    if output is None or str(output) == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        with output.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        check_room(output, force=False)
    except OSError as error:
        raise fail(f"{output} cannot be written: {error.strerror}.") from None
    from snapdiff.report.annotations import log_line

    click.echo(log_line(sentence))
    click.echo(str(output))
