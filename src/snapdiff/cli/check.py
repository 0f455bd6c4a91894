"""`snapdiff check`."""

from __future__ import annotations

from pathlib import Path

import click

from snapdiff.cli.main import LEAK, SUPPRESSIONS, USAGE, examples

_EXAMPLES = examples(
    "snapdiff check *.snapdiff",
    "snapdiff check search.snapdiff --suppressions leaks.txt",
)


@click.command("check", epilog=_EXAMPLES)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict-cycles", is_flag=True, help="Cyclic garbage that only the collector frees is a failure too.")
@SUPPRESSIONS
@click.option("--baseline", type=click.Path(path_type=Path), help="File of known leaks: only new ones fail.")
@click.option("--update-baseline", is_flag=True, help="Write what leaks now to the baseline.")
@click.option(
    "--allow", help="Leaks that stay within this together do not fail: `2 objects/call`, `1 KB/call` or both."
)
def command(  # noqa: PLR0917
    files: tuple[Path, ...], strict_cycles: bool, suppression_files: tuple[Path, ...], baseline: Path | None,
    update_baseline: bool, allow: str | None,
) -> None:  # fmt: skip
    """Say the verdict of recordings as an exit code; the worst file wins.

    2 unreadable; 1 leak; 3 inconclusive or incomplete; 0 otherwise (1 for cycles with --strict-cycles). Known leaks
    (--baseline) and those within a budget (--allow) do not count; both can stand in [tool.snapdiff].

    In a job of GitHub Actions findings are annotations at their lines too, and the summary of the job says it all.
    """
    from snapdiff import api
    from snapdiff.cli.acceptance import Acceptance
    from snapdiff.cli.config import suppressions
    from snapdiff.cli.github import say, tell
    from snapdiff.recording import RecordingError
    from snapdiff.report.brief import brief_lines

    accepted = suppressions(suppression_files)
    acceptance = Acceptance(baseline, update_baseline, allow)
    codes = []
    for file in files:
        try:
            report = api.analyze(file, accepted)
        except RecordingError as error:
            click.echo(f"snapdiff: {error}", err=True)
            codes.append(USAGE)
        else:
            say(f"{file}: {report.verdict}: {report.sentence}")
            for line in brief_lines(report.analysis):
                say(f"{file}: {line}")
            for each in report.analysis.suppressed:
                why = f" ({each.reason})" if each.reason else ""
                say(f"{file}: suppressed by leak:{each.pattern}{why}: {len(each.findings)} finding(s)")
            tell(report)
            cycles = strict_cycles and any(finding.verdict == "cycle" for finding in report.analysis.findings)
            codes.append(LEAK if cycles else acceptance.weigh(file, report))
    acceptance.finish()
    # In the order of how bad they are.
    raise click.exceptions.Exit(next((code for code in (2, 1, 3) if code in codes), 0))
