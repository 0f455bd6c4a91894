"""Records the LanceDB examples one after the other and writes their pages.

    python examples/record_all.py demo OUTPUT_FOLDER       the four methods, the faulty version
    python examples/record_all.py samples OUTPUT_FOLDER    those, 1000 calls of three workloads, growth with volume, a
                                                           worker behind JSON-RPC, and a leak before and after its fix
    python examples/record_all.py fix OUTPUT_FOLDER        the last one alone

Run from the top of the repository. Prints the verdict sentence and the path of each page; ends with status 1 when a
verdict is not the expected one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
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


#: A leak, and what mends it: in which file which lines are replaced by which.
FAULTY = Run("leaky-search", f"{LEAKY}:search", leaks=True)
FIX = (
    LEAKY,
    "        self.audit_trail.append(AuditEntry(time.time(), query, answer))\n",
    "        self.audit_trail.append(AuditEntry(time.time(), query, answer))\n"
    "        del self.audit_trail[:-10]  # older entries are in the log\n",
)


def make_recording(run: Run, recording: Path, checkout: Path) -> None:
    """Record a run in a folder that holds `examples/`, which `recording` is relative to."""
    command = [sys.executable, "-m", "snapdiff", "record", *run.options, "-o", str(recording), "--force", "--quiet"]
    # `python` in a command is the one that runs this.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    subprocess.run(command, check=True, cwd=checkout, env={**os.environ, "PATH": path})


def compare_fix(folder: Path) -> bool:
    """Record a target with and without its fault, write the page of the comparison; return whether it is gone."""
    recordings = [folder / f"fix-{when}.snapdiff" for when in ("before", "after")]
    with tempfile.TemporaryDirectory() as checkout:
        shutil.copytree("examples", Path(checkout, "examples"))
        make_recording(FAULTY, Path(recordings[0].name), Path(checkout))
        name, fault, mended = FIX
        source = Path(checkout, name)
        text = source.read_text(encoding="utf-8")
        if fault not in text:
            raise SystemExit(f"{name} does not have the line that is to be mended")
        source.write_text(text.replace(fault, mended), encoding="utf-8")
        make_recording(FAULTY, Path(recordings[1].name), Path(checkout))
        for recording in recordings:
            shutil.move(Path(checkout, recording.name), recording)
    before, after = (snapdiff.api.analyze(recording) for recording in recordings)
    names = ([recordings[0].name], [recordings[1].name])
    comparison = snapdiff.api.compare([before], [after], names)
    page = folder / "leaky-search-fixed.html"
    comparison.save(page)
    print(f"\n{page.stem}\n  {comparison.sentence}\n  {page}", flush=True)
    return comparison.outcome == "fixed"


def record(run: Run, folder: Path) -> bool:
    """Record one run, write its page, print what it says; return whether that was expected."""
    recording = folder / f"{run.name}.snapdiff"
    make_recording(run, recording, Path.cwd())
    report = snapdiff.api.analyze(recording)
    page = folder / f"{run.name}.html"
    report.save(page)
    print(f"\n{run.name}\n  {report.sentence}\n  {page}", flush=True)
    return run.leaks == (report.verdict in ("leak", "slow-leak"))


def main() -> int:
    """Record a set of examples."""
    which, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    sets = {"demo": DEMO, "samples": SAMPLES, "fix": []}
    wrong = [run.name for run in sets[which] if not record(run, folder)]
    if which != "demo" and not compare_fix(folder):
        wrong.append("the fix")
    if wrong:
        print(f"\nNot as expected: {', '.join(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
