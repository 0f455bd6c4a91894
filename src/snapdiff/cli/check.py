"""`snapdiff check`."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import LEAK, SUPPRESSIONS, USAGE


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict-cycles", is_flag=True, help="Cyclic garbage that only the collector frees is a failure too.")
@SUPPRESSIONS
def command(files: tuple[Path, ...], strict_cycles: bool, suppression_files: tuple[Path, ...]) -> None:
    """Say the verdict of recordings as an exit code; the worst file wins.

    2 unreadable; 1 leak; 3 inconclusive or incomplete; 0 otherwise (1 for cycles with --strict-cycles).

    In a job of GitHub Actions findings are annotations at their lines too, and the summary of the job says it all.
    """
    from snapdiff import api
    from snapdiff.cli.config import suppressions
    from snapdiff.cli.github import say, tell
    from snapdiff.recording import RecordingError

    accepted = suppressions(suppression_files)
    codes = []
    for file in files:
        try:
            report = api.analyze(file, accepted)
        except RecordingError as error:
            click.echo(f"snapdiff: {error}", err=True)
            codes.append(USAGE)
        else:
            say(f"{file}: {report.verdict}: {report.sentence}")
            for each in report.analysis.suppressed:
                why = f" ({each.reason})" if each.reason else ""
                say(f"{file}: suppressed by leak:{each.pattern}{why}: {len(each.findings)} finding(s)")
            tell(report)
            cycles = strict_cycles and any(finding.verdict == "cycle" for finding in report.analysis.findings)
            codes.append(LEAK if cycles else report.exit_code)
    # In the order of how bad they are.
    raise click.exceptions.Exit(next((code for code in (2, 1, 3) if code in codes), 0))
