"""Measures how often snapdiff and its peers are right, on programs with known truth.

    python benchmarks/accuracy.py [CORPUS ...]       every folder of tests/corpus by default
    python benchmarks/accuracy.py --install          makes .venv-peers: the peers, and what single programs require

The peers take most of the time and change seldom; this measures them once, and snapdiff as often as it changes:

    python benchmarks/accuracy.py --no-snapdiff --json build/peers.json
    python benchmarks/accuracy.py --peers none --add build/peers.json

A corpus is a folder of programs `NAME.py`, with `setup()`, `iterate()` and `teardown()`, beside a `truth.json`. The
answer is one table, and then every program that snapdiff gets wrong with what it said of it.

snapdiff is run as its users run it, `snapdiff record NAME.py:iterate --setup setup`, from the program's folder. Found
is a leak whose verdict is `leak` or `slow-leak`, accused a clean program with one of these; `inconclusive` is neither
and counted apart. Of the first finding

- the *cause* is right when the container's path or the chain names a holder of the truth, as a whole identifier,
- the *type* when its name without the module is one of the truth's,
- *born at* and *grown at* when the first place of each is a line marked `# born` or `# grown`,

each out of all leaks of which the truth says so, found or not. Programs with several causes count how many of them have
a finding, whether there are as many leaks as causes, and whether they come in the truth's order.

Each peer gets a process of its own for each program: 3 warm-up calls and then 151, and what grew by half an object or
16 bytes a call is called a leak, unless the peer has a verdict of its own. How each is asked stands in
`accuracy/peer_process.py`. One that is not installed is skipped, and the table says why.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import click
from accuracy import environments, peers, snapdiff_tool, table, verdicts
from accuracy.corpus import CorpusError, Program, load
from accuracy.verdicts import SKIPPED, Result, Tool
from rich.console import Console
from rich.table import Table as RichTable

from snapdiff.record.options import TRACE_MODES

CORPORA = Path(__file__).resolve().parent.parent / "tests" / "corpus"

MINIMUM_WIDTH = 220
"""Columns of the text table where the output is no terminal: a pipe must not lose any."""

TITLE_WIDTH = 28
"""Columns of a tool's title with its version."""

Task = Callable[[], Result]


def programs_of(folders: tuple[Path, ...], pattern: str, python: Path) -> list[Program]:
    """Read the corpora, or every folder of tests/corpus that has a truth, as they are on an interpreter."""
    version = environments.minor_version(python)
    chosen = [folder.resolve() for folder in folders] or sorted(file.parent for file in CORPORA.glob("*/truth.json"))
    return [program for folder in chosen for program in load(folder, pattern, version)]


def chosen_peers(names: str) -> list[peers.Peer]:
    """Return the peers of a list of names, of `all` or of `none`."""
    if names in ("all", "none"):
        return list(peers.PEERS.values()) if names == "all" else []
    wanted = names.split(",")
    unknown = [name for name in wanted if name not in peers.PEERS]
    if unknown:
        raise click.BadParameter(f"no such peer: {', '.join(unknown)}; there are {', '.join(peers.PEERS)}")
    return [peer for name, peer in peers.PEERS.items() if name in wanted]


def install(programs: list[Program], python: Path | None) -> int:
    """Make the environments that are not there yet; return how many could not be made."""
    wanted = {environments.of_peers()}
    wanted |= {environments.of_program(program.requires) for program in programs if program.requires}
    failed = 0
    for environment in sorted(wanted, key=lambda each: each.folder):
        why = None if environment.ready else environment.install(python)
        failed += why is not None
        print(f"{environment.folder}: {why or 'ready'}", flush=True)
    return failed


def task(tool: str, measure: Callable[[Path | None], Result], program: Program, python: Path | None) -> Result:
    """Measure in the environment that a program requires, or say that it is missing."""
    if not program.requires:
        return measure(python)
    environment = environments.of_program(program.requires)
    if environment.ready:
        return measure(environment.python)
    why = f"{' '.join(program.requires)} not installed: run with --install"
    return Result(tool, program.name, program.kind, program.verdict, SKIPPED, why)


def plan(
    programs: list[Program],
    with_snapdiff: bool,
    chosen: list[peers.Peer],
    python: Path | None,
    reports: Path | None,
    *,
    trace: str,
) -> tuple[list[Tool], list[Task]]:
    """Return the tools in the order of the table, and what is to be measured."""
    tools: list[Tool] = []
    tasks: list[Task] = []
    if with_snapdiff:
        name = snapdiff_tool.NAME
        tools.append(Tool(name, name))
        tasks += [
            partial(task, name, partial(snapdiff_tool.run, program, keep=reports, trace=trace), program, python)
            for program in programs
        ]
    for peer in chosen:
        version, why_not = peers.version(peer, python)
        tools.append(Tool(peer.name, f"{peer.title} {version}".rstrip(), why_not))
        if why_not is None:
            tasks += [
                partial(task, peer.name, partial(peers.run, peer, program), program, python) for program in programs
            ]
    return tools, tasks


def measure_all(tasks: list[Task], jobs: int) -> list[Result]:
    """Run the tasks, so many at a time, and tell the progress on standard error."""
    results = []
    with ThreadPoolExecutor(jobs) as pool:
        for number, result in enumerate(pool.map(lambda each: each(), tasks), start=1):
            mark = "" if table.right_verdict(result) or result.answer == SKIPPED else f"  (is {result.expected})"
            progress = f"{number}/{len(tasks)} {result.tool} {result.program}: {result.answer}{mark}"
            print(f"{progress}  {result.seconds:.1f} s", file=sys.stderr, flush=True)
            results.append(result)
    return results


def earlier(file: Path, programs: list[Program], measured: set[str]) -> tuple[list[Tool], list[Result]]:
    """Return the tools of an earlier measurement that were not measured now, judged by today's truth."""
    tools, results = verdicts.read(file)
    by_name = {program.name: program for program in programs}
    return (
        [tool for tool in tools if tool.name not in measured],
        [
            dataclasses.replace(result, kind=program.kind, expected=program.verdict)
            for result in results
            if result.tool not in measured and (program := by_name.get(result.program))
        ],
    )


def show(lines: table.Table, *, markdown: bool) -> None:
    """Print the table, for the README or for a terminal."""
    if markdown:
        print(f"{table.as_markdown(lines)}\n\n{table.LEGEND}")
        return
    console = Console()
    if not console.is_terminal:
        console.width = MINIMUM_WIDTH
    view = RichTable(caption=table.LEGEND, caption_justify="left")
    for number, head in enumerate(lines.head):
        view.add_column(head, justify="right" if number else "left", min_width=0 if number else TITLE_WIDTH)
    for row in lines.rows:
        view.add_row(*row)
    console.print(view)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("corpora", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", "pattern", default="*", help="Only programs whose names match, as `queue_*`.")
@click.option("--peers", "peer_names", default="all", show_default=True, help="Names with commas, `none` or `all`.")
@click.option(
    "--snapdiff/--no-snapdiff", "with_snapdiff", default=True, help="Measure snapdiff too, or the peers only."
)
@click.option(
    "--trace", type=click.Choice(TRACE_MODES), default="rounds", show_default=True, help="How snapdiff traces."
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes at a time.")
@click.option("--python", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Runs the programs.")
@click.option("--markdown", is_flag=True, help="Print the table for the README.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write single results.")
@click.option(
    "--add", type=click.Path(exists=True, path_type=Path), help="Show the tools of an earlier --json as well."
)
@click.option("--reports", type=click.Path(file_okay=False, path_type=Path), help="Keep snapdiff's JSON reports here.")
@click.option("--install", "only_install", is_flag=True, help="Make .venv-peers and end.")
def main(  # noqa: PLR0917 (an argument an option: that is how click hands them over)
    corpora: tuple[Path, ...],
    pattern: str,
    peer_names: str,
    with_snapdiff: bool,
    trace: str,
    jobs: int,
    python: Path | None,
    markdown: bool,
    json_file: Path | None,
    add: Path | None,
    reports: Path | None,
    only_install: bool,
) -> None:
    """Measure snapdiff and its peers on CORPORA, and print the table and what snapdiff gets wrong.

    A corpus is a folder of programs beside a truth.json; every folder of tests/corpus by default. What counts as right
    stands at the top of benchmarks/accuracy.py.
    """
    # Not resolved: the interpreter of a virtual environment is a link to one outside.
    python = python and python.absolute()
    try:
        programs = programs_of(corpora, pattern, python or Path(sys.executable))
    except CorpusError as error:
        raise click.ClickException(str(error)) from error
    if only_install:
        sys.exit(1 if install(programs, python) else 0)
    if not programs:
        raise click.ClickException("no programs")
    if reports is not None:
        reports.mkdir(parents=True, exist_ok=True)

    tools, tasks = plan(programs, with_snapdiff, chosen_peers(peer_names), python, reports, trace=trace)
    results = measure_all(tasks, jobs)
    if add is not None:
        earlier_tools, earlier_results = earlier(add, programs, {tool.name for tool in tools})
        tools += earlier_tools
        results += earlier_results
    show(table.build(results, tools), markdown=markdown)
    if any(result.tool == snapdiff_tool.NAME for result in results):
        mistakes = table.wrong(results)
        print(f"\nsnapdiff is wrong about {len(mistakes)} of {len(programs)} programs.", *mistakes, sep="\n")
    for result in results:
        if result.answer == SKIPPED:
            print(f"skipped: {result.tool} on {result.program}: {result.said}")
    if json_file is not None:
        verdicts.write(json_file, tools, results)


if __name__ == "__main__":
    main()
