"""Measures what snapdiff costs beside its peers, as ratios taken in one run, and prints one table.

    python benchmarks/bench.py                                 100,000 and one million objects, every peer
    python benchmarks/bench.py --huge                          ten million too, snapdiff alone, untraced
    python benchmarks/bench.py --heap scattered                on heaps of which a fifth was replaced
    python benchmarks/bench.py --peers none --objects 100000   in a few minutes
    python benchmarks/bench.py --readme                        writes the table into the README as well

Three parts, each of which `--only` can choose:

- `snapshot`: what is alive, asked of each tool on the same heap. Each operation has a process of its own. Ratios are
  of CPU time, child processes included, to a `gc.collect()` timed in the same process before the tool was there; the
  memory is what the process (or its child) had more at its peak than before the first run.
- `analysis`: recordings of a leaking and of a clean application; `check` and `report` in new processes.
- `workload`: whole runs of a workload under nothing, snapdiff, tracemalloc and memray, in turn. Compared is the CPU
  time of the calls alone, which the workload takes itself; what costs little is run `--pairs` times.

What takes more than `--limit` seconds of CPU time is cut off: shown is the median of the runs that were complete, or
`> X ×` where none was. How many runs there were is said where they are fewer than five. Absolute times depend on the
machine; the ratios are what counts.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accuracy import environments
from speed import heap, machine, ours, recordings, snapshots, table, whole

PARTS = ("snapshot", "analysis", "workload")
PEERS = {
    "objgraph": "objgraph", "pympler": "Pympler", "guppy3": "guppy3", "tracemalloc": "", "memalot": "memalot",
    "memray": "memray",
}  # fmt: skip
"""The peers, and where each is installed from; none: Python brings it."""

README = Path(__file__).resolve().parent.parent / "README.md"
HUGE = 10_000_000
LIMIT = 120.0


def main() -> None:
    """Measure and print."""
    options = _options()
    options.heap = options.heap.replace("-", " ")
    sizes = sorted({*options.objects, *((HUGE,) if options.huge else ())})
    peers_python = _peers_python() if options.peers else Path(sys.executable)
    sections: list[table.Section] = []
    plain: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if "snapshot" in options.only:
            asked = snapshots.measure_all(
                sizes, options.peers, peers_python, runs=options.runs, limit=options.limit, kind=options.heap
            )
            sections.append(snapshots.section(asked, sizes, options.heap))
            plain["snapshot"] = [each.plain() for each in asked]
        if "analysis" in options.only:
            recorded_sizes = [size for size in sizes if size <= recordings.LARGEST]
            recorded = recordings.measure_all(
                recorded_sizes, folder, runs=options.runs, limit=options.limit, kind=options.heap
            )
            sections.append(recordings.section(recorded, recorded_sizes))
            plain["analysis"] = [each.plain() for each in recorded]
        if "workload" in options.only:
            variants = whole.measure_all(
                options.peers, peers_python, folder,
                runs=options.runs, pairs=options.pairs, limit=options.limit, last_round=options.calls,
            )  # fmt: skip
            sections.append(whole.section(variants))
            plain["workload"] = [each.plain() for each in variants]
    plain["machine"] = machine.line(_versions(options.peers, peers_python), options.heap, options.runs, options.pairs)
    text = f"{table.markdown(sections)}\n\n{plain['machine']}"
    print(text)
    if options.json is not None:
        options.json.write_text(json.dumps(plain, indent=1), encoding="utf-8")
    if options.readme:
        table.replace(README, text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--objects", type=_numbers, default=[100_000, 1_000_000], help="tracked objects, with commas")
    parser.add_argument("--huge", action="store_true", help="ten million objects too")
    parser.add_argument("--runs", type=int, default=5, help="of each; medians are shown (%(default)s)")
    parser.add_argument("--pairs", type=int, default=15, help="of the workload plain, off and auto (%(default)s)")
    parser.add_argument("--heap", choices=(heap.IN_ORDER.replace(" ", "-"), heap.SCATTERED), default="in-order")
    parser.add_argument("--peers", type=_peers, default=list(PEERS), help=f"all, none, or of {', '.join(PEERS)}")
    parser.add_argument("--only", type=_parts, default=list(PARTS), help=f"of {', '.join(PARTS)}, with commas")
    parser.add_argument("--limit", type=float, default=LIMIT, help="CPU seconds of one operation's runs (%(default)s)")
    parser.add_argument("--calls", type=int, default=151, help="in the last round of the workload (%(default)s)")
    parser.add_argument("--json", type=Path, help="write every single run to this file")
    parser.add_argument("--readme", action="store_true", help="write the table into the README")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _peers(text: str) -> list[str]:
    return list(PEERS) if text == "all" else [] if text == "none" else _chosen(text, tuple(PEERS))


def _parts(text: str) -> list[str]:
    return _chosen(text, PARTS)


def _chosen(text: str, known: Sequence[str]) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(known)}")
    return names


def _peers_python() -> Path:
    """Return the interpreter of the peers, whose environment is made when it is not there."""
    environment = environments.of_peers()
    if not environment.ready:
        print(f"installing the peers in {environment.folder}", file=sys.stderr, flush=True)
        why = environment.install()
        if why is not None:
            sys.exit(f"The peers cannot be installed: {why}. Without them: --peers none.")
    return environment.python


def _versions(peers: Sequence[str], python: Path) -> dict[str, str]:
    """Return the versions of snapdiff and the peers."""
    versions = {ours.TOOL: importlib.metadata.version(ours.DISTRIBUTION)}
    code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    for name in peers:
        if PEERS[name]:
            command = [str(python), "-c", code, PEERS[name]]
            versions[PEERS[name]] = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return versions


if __name__ == "__main__":
    main()
