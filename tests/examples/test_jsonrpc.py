"""The worker behind JSON-RPC and its parent: sound and faulty ones are told apart, on both sides."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.lancedb, pytest.mark.corpus]

ROOT = Path(__file__).parents[2]
FOLDER = "examples/jsonrpc_worker"
#: Short, so that the tests are quick; the README's commands have the usual 1, 10 and 151.
PLAN = ["--rounds", "1,3,16", "--trace", "off", "--quiet"]
if importlib.util.find_spec("lancedb") is None and not os.environ.get("CI"):
    pytest.skip("needs the examples extra: pip install 'snapdiff-leaks[examples]'", allow_module_level=True)
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="needs node, for the worker's parent in JavaScript")


def worker(name: str) -> str:
    return f"{sys.executable} -m examples.jsonrpc_worker.{name}"


#: One that starts at once, for what is the parent's own.
SMALL = f"{sys.executable} tests/programs/workers/length.py leaks"


def findings(recording: Path) -> dict[str, dict[str, Any]]:
    """Return the leaks of a recording by the path of what grows."""
    from snapdiff import api

    report = json.loads(api.analyze(recording).render("json"))
    return {each["container"]["path"]: each for each in report["findings"] if "leak" in each["verdict"]}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    def run(name: str, *options: str) -> Path:
        output = tmp_path_factory.mktemp("jsonrpc") / f"{name}.snapdiff"
        command = [sys.executable, "-m", "snapdiff", "record", "--rpc", worker(name)]
        command += ["--request", f"{FOLDER}/requests.jsonl", "-o", str(output), *PLAN, *options]
        subprocess.run(command, cwd=ROOT, check=True, timeout=300)
        return output

    return run


def parent(*arguments: str) -> tuple[int, list[dict[str, int]]]:
    """Run the parent with a worker's command; return its status and what it printed after each round."""
    done = subprocess.run(
        [str(NODE), "--expose-gc", f"{FOLDER}/parent.mjs", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def test_the_sound_worker_keeps_nothing(record: Callable[..., Path]) -> None:
    assert {} == findings(record("server", "--max-time", "0"))


def test_the_leaking_worker_is_told_with_its_map_and_its_buffer_and_their_lines(record: Callable[..., Path]) -> None:
    leaks = findings(record("leaky"))
    pending = leaks["the LeakyConnection object → pending"]
    output = leaks["the LeakyConnection object → output"]
    assert 2 == len(leaks)
    # Calls that were made later, to gather what the collector frees, are not counted with those of the rounds.
    assert [sum(each["growth"]) for each in (pending, output)] == [
        each["container"]["size"] for each in (pending, output)
    ]
    assert ("examples.jsonrpc_worker.connection.Pending", [1, 3, 16]) == (pending["type"], pending["growth"][:3])
    assert (f"{FOLDER}/connection.py", "Connection._take") == (
        pending["grown_at"][0]["file"], pending["grown_at"][0]["function"],
    )  # fmt: skip
    assert ("bytes", [1, 3, 16]) == (output["type"], output["growth"][:3])
    assert (f"{FOLDER}/leaky.py", "LeakyConnection._respond") == (
        output["grown_at"][0]["file"], output["grown_at"][0]["function"],
    )  # fmt: skip


@needs_node
def test_the_parent_tells_what_its_own_side_holds() -> None:
    command = ["--rounds", "1,10", "--", *SMALL.split()]
    status, sound = parent(*command)
    faulty_status, faulty = parent("--faulty", *command)
    assert (0, 0) == (status, faulty_status)
    assert [(0, 0)] * 2 == [(each["pending"], each["input buffer"]) for each in sound]
    assert [1, 11] == [each["pending"] for each in faulty]
    assert 1_000 < faulty[1]["input buffer"] - faulty[0]["input buffer"]


@needs_node
def test_the_worker_of_a_real_parent_is_recorded_in_between(tmp_path: Path) -> None:
    output = tmp_path / "run.snapdiff"
    between = [sys.executable, "-m", "snapdiff", "record", "--rpc", SMALL, "--request", "-"]
    status, rounds = parent("--rounds", "1,3,16,32,200", "--", *between, "-o", str(output), *PLAN, "--max-time", "60")
    assert (0, [1, 4, 20, 52, 252]) == (status, [each["total"] for each in rounds])
    assert {"the Server object → pending"} == set(findings(output))
