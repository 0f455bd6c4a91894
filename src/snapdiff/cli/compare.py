"""`snapdiff compare`."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import SUPPRESSIONS, examples, fail
from snapdiff.cli.output import FORCE, FORMAT, OUTPUT, REDACT, check_room, default_output, write

_USAGE = "Give two recordings, BEFORE AFTER, or several of each: --before A --before A2 --after B --after B2."


_EXAMPLES = examples(
    "snapdiff compare before.snapdiff after.snapdiff",
    "snapdiff compare --before a.snapdiff --before b.snapdiff --after c.snapdiff",
)


@click.command("compare", epilog=_EXAMPLES)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--before", multiple=True, type=click.Path(path_type=Path), help="A recording before the change; repeat.")
@click.option("--after", multiple=True, type=click.Path(path_type=Path), help="A recording after it; repeat.")
@OUTPUT
@FORMAT
@FORCE
@REDACT
@SUPPRESSIONS
def command(  # noqa: PLR0917
    files: tuple[Path, ...], before: tuple[Path, ...], after: tuple[Path, ...], output: Path | None, form: str,
    force: bool, redact: bool, suppression_files: tuple[Path, ...],
) -> None:  # fmt: skip
    """Say what was fixed, what is new and what changed between recordings BEFORE and AFTER a change.

    Several recordings a side, with --before and --after, tell chance from change: a leak is new only if it is in all
    recordings after and in none before.

    Both sides must be of the same target, called with the same input.

    Exit code: 1 something leaks that did not, or more than it did; 3 it cannot be told: other targets or input, or a
    side is incomplete or inconclusive; 2 unreadable; 0 otherwise, also where it leaks as before (`snapdiff check`
    says that).
    """
    from snapdiff import api
    from snapdiff.cli.config import suppressions
    from snapdiff.recording import RecordingError

    if files and not before and not after and len(files) == 2:  # noqa: PLR2004
        before, after = files[:1], files[1:]
    elif files or not before or not after:
        raise fail(_USAGE)
    accepted = suppressions(suppression_files)
    if output is None:
        name = f"{before[0].name.removesuffix('.snapdiff')}-to-{after[0].name.removesuffix('.snapdiff')}"
        output = default_output(after[0], form, name)
    try:
        sides = [[api.analyze(file, accepted) for file in side] for side in (before, after)]
    except RecordingError as error:
        raise fail(str(error)) from None
    check_room(output, force)
    names = tuple([file.name for file in side] for side in (before, after))
    comparison = api.compare(sides[0], sides[1], (names[0], names[1]))
    if redact:
        comparison = comparison.redacted()
    write(comparison.render(form), output, comparison.sentence, force)
    raise click.exceptions.Exit(comparison.exit_code)
