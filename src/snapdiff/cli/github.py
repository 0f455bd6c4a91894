"""Inside a job of GitHub Actions: annotations in its log, Markdown in its summary. Elsewhere nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from snapdiff.api import Report

#: GitHub refuses a summary of more than this for a step, all of it.
_MOST_BYTES = 1024 * 1024


def say(line: str) -> None:
    """Print a line of a log, in which no command of anybody is hidden."""
    from snapdiff.report.annotations import log_line

    click.echo(log_line(line))


def tell(report: Report) -> None:
    """Annotate the lines of a report's findings, and append its Markdown to the summary of the step."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    click.echo(report.annotations(), nl=False)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if not summary:
        return
    text = report.render("markdown").encode("utf-8") + b"\n"
    try:
        with open(summary, "ab") as file:
            if file.tell() + len(text) > _MOST_BYTES:
                click.echo("snapdiff: the summary of this step is full; this recording is left out of it.", err=True)
            else:
                file.write(text)
    except OSError as error:
        # The verdict is the exit code; a summary that cannot be written must not change it.
        click.echo(f"snapdiff: {summary} cannot be written: {error.strerror}.", err=True)
