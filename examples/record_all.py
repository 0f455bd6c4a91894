"""Records the LanceDB examples one after the other and writes their pages.

    python examples/record_all.py demo OUTPUT_FOLDER       the four methods, the faulty version
    python examples/record_all.py samples OUTPUT_FOLDER    those, 1000 calls of three workloads, growth with volume, and
                                                           a worker behind JSON-RPC

Run from the top of the repository. Prints the verdict sentence and the path of each page; ends with status 1 when a
verdict is not the expected one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import snapdiff.api


class Run(NamedTuple):
    """One recording: its name, what is recorded, how, and whether it should be called a leak."""

    name: str
    target: str
    leaks: bool = False
    rounds: str = "1,10,151"
    sweep: str | None = None

    @property
    def options(self) -> list[str]:
        """What `snapdiff record` is told."""
        if self.target.startswith("python "):
            return ["--rpc", self.target, "--request", REQUESTS, "--rounds", self.rounds]
        how = ["--rounds", self.rounds] if self.sweep is None else ["--sweep", self.sweep, "--at", "102893"]
        return [self.target, "--setup", "setup", "--teardown", "teardown", *how]


WORKER = "examples/lancedb_worker/workload.py"
LEAKY = "examples/lancedb_worker/leaky.py"
REQUESTS = "examples/jsonrpc_worker/requests.jsonl"
DEMO = [
    Run("worker-add_sections", f"{WORKER}:add_sections"),
    Run("worker-search", f"{WORKER}:search"),
    Run("worker-get_stats", f"{WORKER}:get_stats"),
    Run("worker-find_index_requests", f"{WORKER}:find_index_requests"),
    Run("leaky-search", f"{LEAKY}:search", leaks=True),
    Run("leaky-add_sections", f"{LEAKY}:add_sections", leaks=True),
]
SAMPLES = [
    *DEMO,
    Run("worker-search-1000", f"{WORKER}:search", rounds="1,10,1000"),
    Run("worker-get_stats-1000", f"{WORKER}:get_stats", rounds="1,10,1000"),
    Run("worker-add_sections-volume", f"{WORKER}:add_sections", sweep="n=100..30000"),
    Run("lancedb-mixed-1000", "examples/lancedb_queries.py:mixed_query", rounds="1,10,1000"),
    Run("jsonrpc-sound", "python -m examples.jsonrpc_worker.server"),
    Run("jsonrpc-faulty", "python -m examples.jsonrpc_worker.leaky", leaks=True),
]


def record(run: Run, folder: Path) -> bool:
    """Record one run, write its page, print what it says; return whether that was expected."""
    recording = folder / f"{run.name}.snapdiff"
    command = [sys.executable, "-m", "snapdiff", "record", *run.options, "-o", str(recording), "--force", "--quiet"]
    # `python` in a command is the one that runs this.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    subprocess.run(command, check=True, env={**os.environ, "PATH": path})
    report = snapdiff.api.analyze(recording)
    page = folder / f"{run.name}.html"
    report.save(page)
    print(f"\n{run.name}\n  {report.sentence}\n  {page}", flush=True)
    return run.leaks == (report.verdict in ("leak", "slow-leak"))


def main() -> int:
    """Record a set of examples."""
    which, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    sets = {"demo": DEMO, "samples": SAMPLES}
    wrong = [run.name for run in sets[which] if not record(run, folder)]
    if wrong:
        print(f"\nNot as expected: {', '.join(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
