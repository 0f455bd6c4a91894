"""`snapdiff report`."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import SUPPRESSIONS, examples, fail
from snapdiff.cli.output import FORCE, FORMAT, OUTPUT, REDACT, check_room, default_output, write

_EXAMPLES = examples(
    "snapdiff report search.snapdiff                    writes search.html",
    "snapdiff report search.snapdiff --format text",
    "snapdiff report search.snapdiff --redact -o for-a-ticket.html",
)


@click.command("report", epilog=_EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@OUTPUT
@FORMAT
@FORCE
@REDACT
@click.option("--at", type=click.IntRange(1), help="Size that a sweep foretells; ten times the largest by default.")
@SUPPRESSIONS
def command(  # noqa: PLR0917
    file: Path, output: Path | None, form: str, force: bool, redact: bool, at: int | None,
    suppression_files: tuple[Path, ...],
) -> None:  # fmt: skip
    """Turn the recording FILE into one self-contained page (or Markdown, JSON, text, JUnit XML, SARIF).

    Needs neither the program nor its packages. Prints where it wrote, and overwrites a file with --force only.
    """
    from snapdiff import api
    from snapdiff.cli.config import suppressions
    from snapdiff.recording import RecordingError

    accepted = suppressions(suppression_files)
    if output is None:
        output = default_output(file, form)
    try:
        report = api.analyze(file, accepted, at)
    except RecordingError as error:
        raise fail(str(error)) from None
    if at is not None and report.analysis.sweep is None:
        raise fail(f"{file} is no sweep, so it foretells no size: leave --at out, or record with --sweep.")
    check_room(output, force)
    if redact:
        report = report.redacted()
    write(report.render(form), output, report.sentence, force)
