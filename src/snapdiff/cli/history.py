"""`snapdiff history`: add, show, similar, note."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from snapdiff.cli.config import HISTORY, history_place, suppressions
from snapdiff.cli.github import say
from snapdiff.cli.main import SUPPRESSIONS, USAGE, examples, fail
from snapdiff.cli.output import FORCE, REDACT, check_room, write

if TYPE_CHECKING:
    from snapdiff.api import History

#: Runs that a trend shows unless asked for more.
_LAST = 200
#: Workloads that are named where a target is not one.
_NAMED = 5

_STORE = click.option(
    "--store",
    metavar="PLACE",
    help="Folder or URI (s3://…, gs://…, az://…) of the history. By default what [tool.snapdiff] history in "
    "pyproject.toml says, or .snapdiff/history beside it.",
)

_EXAMPLES = examples(
    "snapdiff history add *.snapdiff",
    "snapdiff history show                              which workloads there are",
    "snapdiff history show app/worker.py:search -o trend.html",
    "snapdiff history similar search.snapdiff",
)


@click.group("history", epilog=_EXAMPLES)
def command() -> None:
    """Remember the verdicts and findings of many runs, in LanceDB.

    \b
    Needs an extra: pip install 'snapdiff-leaks[history]'
    """


@command.command(
    "add",
    epilog=examples(
        "snapdiff history add search.snapdiff",
        "snapdiff history add *.snapdiff --store s3://builds/snapdiff/shop",
        "snapdiff history add old.snapdiff --commit 0a1b2c3 --branch main",
    ),
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_STORE
@click.option("--commit", help="Commit that was recorded; by default what the CI service or git says here and now.")
@click.option("--branch", help="Its branch; by default the same way.")
@click.option("--machine", help="Name of the machine; by default that of the CI runner, or of this one.")
@REDACT
@SUPPRESSIONS
def add(  # noqa: PLR0917
    files: tuple[Path, ...], store: str | None, commit: str | None, branch: str | None, machine: str | None,
    redact: bool, suppression_files: tuple[Path, ...],
) -> None:  # fmt: skip
    """Remember the recordings FILES. Adding one twice changes nothing.

    Any number of machines may add to one place at the same time. What is remembered is what a report says, without
    source excerpts.

    Exit code: 0 all are remembered; 2 one could not be read, or the history not be written.
    """
    from snapdiff.history import find_origin

    accepted = suppressions(suppression_files)
    origin = find_origin(Path.cwd())
    if commit is not None:
        origin = replace(origin, commit=commit, changed=False)
    origin = replace(origin, branch=branch or origin.branch, machine=machine or origin.machine)
    failed = False
    with _opened(history_place(store), makes=True) as history:
        from snapdiff.recording import RecordingError

        for file in files:
            try:
                run, new = history.add(file, accepted, origin, redact)
            except RecordingError as error:
                click.echo(f"snapdiff: {error}", err=True)
                failed = True
            else:
                say(f"{file}: {'remembered' if new else 'remembered already'} as a run of {run.target}: {run.verdict}")
    if failed:
        raise click.exceptions.Exit(USAGE)


@command.command(
    "show",
    epilog=examples(
        "snapdiff history show",
        "snapdiff history show app/worker.py:search",
        "snapdiff history show search --branch main -o trend.html",
        "snapdiff history show search --format json",
    ),
)
@click.argument("target", required=False)
@_STORE
@click.option("--branch", help="Only runs of this branch.")
@click.option("--machine", help="Only runs on this machine.")
@click.option("--last", type=click.IntRange(1), default=_LAST, show_default=True, help="The latest runs, this many.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="File to write; by default standard output, also as `-`."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "json"]),
    help="By default html where -o names a file that ends so, else text.",
)
@FORCE
def show(  # noqa: PLR0917
    target: str | None, store: str | None, branch: str | None, machine: str | None, last: int, output: Path | None,
    form: str | None, force: bool,
) -> None:  # fmt: skip
    """Show how TARGET went over its runs: since when it leaks, and the rate of each cause.

    TARGET is what was recorded, or a part of its name that no other has. Without it, all are listed.

    Exit code: 0 shown, leak or not; 2 there are no such runs.
    """
    from snapdiff import api

    place = history_place(store)
    with _opened(place) as history:
        known = history.workloads()
        if not known:
            raise fail(f"There is no run in the history at {place}. Add some: snapdiff history add FILE.snapdiff")
        if target is None:
            click.echo(api.render_workloads(known), nl=False)
            return
        names = [each.target for each in known]
        found = [target] if target in names else [name for name in names if target in name]
        if len(found) != 1:
            listed = ", ".join((found or names)[:_NAMED])
            what = f"{target!r} is a part of several names" if found else f"There is no run of {target!r}"
            raise fail(_one_line(f"{what} in the history at {place}. There are: {listed}."))
        report = history.trend(found[0], last, branch, machine)
    if report is None:
        raise fail(_one_line(f"No run of {found[0]} has that branch and machine."))
    check_room(output, force)
    written = form or ("html" if output is not None and output.suffix in (".html", ".htm") else "text")
    write(report.render(written), output, _one_line(f"{report.trend.target}: {report.trend.sentence}"), force)


@command.command(
    "similar",
    epilog=examples(
        "snapdiff history similar search.snapdiff",
        "snapdiff history similar 3f9c1a7be204",
    ),
)
@click.argument("what", metavar="RECORDING|FINGERPRINT")
@_STORE
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@SUPPRESSIONS
def similar(what: str, store: str | None, form: str, suppression_files: tuple[Path, ...]) -> None:
    """Find remembered leaks that are like those of a recording, or like the one with this fingerprint.

    The same cause comes first, then others by how alike they are, each with what it has in common, and with the ticket
    and the version that fixed it where somebody has noted them.

    Exit code: 0, also where nothing is alike; 2 it cannot be looked for.
    """
    from snapdiff import api
    from snapdiff.recording import RecordingError

    file = Path(what)
    with _opened(history_place(store)) as history:
        try:
            if file.suffix == ".snapdiff" or file.exists():
                recalls = history.recall_recording(file, suppressions(suppression_files))
            else:
                recalls = (history.recall(history.finding(what)),)
        except RecordingError as error:
            raise fail(str(error)) from None
    click.echo(api.render_recalls(recalls, form), nl=False)


@command.command(
    "note",
    epilog=examples(
        "snapdiff history note 3f9c1a7be204 --ticket ABC-123",
        "snapdiff history note 3f9c --ticket https://tickets.example/ABC-123 \\",
        "    --fixed-in 4.2.1",
    ),
)
@click.argument("fingerprint")
@click.option("--ticket", help="Number or address of the ticket.")
@click.option("--fixed-in", help="Version or commit that fixed it.")
@click.option("--text", help="Anything else, in a sentence.")
@_STORE
def note(fingerprint: str, ticket: str | None, fixed_in: str | None, text: str | None, store: str | None) -> None:
    """Write down what became of the cause with this FINGERPRINT, or the beginning of one.

    `show` and `similar` say it wherever they name the cause. The latest note of each kind counts.
    """

    if not (ticket or fixed_in or text):
        raise fail("There is nothing to write down: give --ticket, --fixed-in or --text.")
    with _opened(history_place(store)) as history:
        about = history.note(fingerprint, ticket, fixed_in, text)
    say(f"Noted on {about.fingerprint}: {about.sentence}")


@contextmanager
def _opened(place: str, makes: bool = False) -> Iterator[History]:
    """Yield the history at a place; end the command with one sentence where it cannot be had."""
    from snapdiff import api
    from snapdiff.history import HistoryError

    # Lance logs each commit that another machine was quicker with. That is how it is meant to be.
    os.environ.setdefault("LANCEDB_LOG", "error")
    try:
        history = api.History(place)
        if makes:
            _keep_out_of_git(place)
        yield history
    except HistoryError as error:
        raise fail(_one_line(str(error))) from None


def _keep_out_of_git(place: str) -> None:
    """Make the default folder, with a file that keeps it out of commits. Who names a folder may want it in there."""
    folder = Path(place)
    if folder.parts[-len(HISTORY.parts) :] != HISTORY.parts or folder.exists():
        return
    try:
        folder.mkdir(parents=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise fail(f"The history at {place} cannot be made: {error.strerror}.") from None


def _one_line(text: str) -> str:
    """Return text that strangers have a part in so that a terminal only shows it."""
    from snapdiff.report.words import one_line

    return one_line(text)
