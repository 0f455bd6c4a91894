"""The other tools: which there are, where each is found, and one measurement in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from accuracy import environments, peer_process
from accuracy.corpus import Program
from accuracy.verdicts import FAILED, SKIPPED, Result

TIMEOUT_SECONDS = 300
"""The slowest peer measures a corpus program in half a minute."""

_MALLOC = {"PYTHONMALLOC": "malloc", "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True)
class Peer:
    """A tool beside snapdiff."""

    name: str
    title: str
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that its own documentation asks for."""


PEERS = {
    peer.name: peer
    for peer in (
        Peer("hand", "by hand: 1, 10, 151 calls"),
        Peer("objgraph", "objgraph growth"),
        Peer("tracemalloc", "tracemalloc lineno"),
        Peer("guppy3", "guppy3 heap"),
        Peer("memray", "memray leaks", _MALLOC),
        Peer("psleak", "psleak", _MALLOC),
        Peer("psleak-memory", "psleak, memory only", _MALLOC),
        Peer("leak-hunter", "python-leak-hunter"),
        Peer("memalot", "memalot"),
        Peer("rss", "RSS slope"),
    )
}
"""In the order of the table."""

assert PEERS.keys() == peer_process.PEERS.keys()


def version(peer: Peer, python: Path | None) -> tuple[str, str | None]:
    """Return the peer's version and None, or an empty string and why it cannot be used."""
    answer, said, _ = _ask(peer, _python(python), "version")
    return (said, None) if answer not in (FAILED, SKIPPED) else ("", said)


def run(peer: Peer, program: Program, python: Path | None) -> Result:
    """Let a peer measure a program in a process of its own, in the interpreter given."""
    answer, said, seconds = _ask(peer, _python(python), "measure", str(program.file))
    return Result(peer.name, program.name, program.kind, program.verdict, answer, said, round(seconds, 3))


def _python(python: Path | None) -> Path:
    """Return the interpreter for a program without one of its own: that of the peers, or else this one."""
    if python is not None:
        return python
    peers = environments.of_peers()
    return peers.python if peers.ready else Path(sys.executable)


def _ask(peer: Peer, python: Path, action: str, *operands: str) -> tuple[str, str, float]:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        answer = Path(scratch) / "answer.json"
        command = [
            str(python), peer_process.__file__, action, peer.name, *operands, str(answer), *_peers_folder(python),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command,
                cwd=scratch,
                env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | peer.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return FAILED, f"no answer in {TIMEOUT_SECONDS} s", time.monotonic() - started
        seconds = time.monotonic() - started
        if answer.is_file():
            result = json.loads(answer.read_text(encoding="utf-8"))
            return result["answer"], result["said"], seconds
    lines = done.stderr.strip().splitlines()
    return FAILED, f"exit code {done.returncode}: {lines[-1] if lines else 'no output'}", seconds


def _peers_folder(python: Path) -> list[str]:
    """Return the folder of the peers' packages for an interpreter of the same version as theirs."""
    folder = environments.of_peers().site_packages
    return (
        [str(folder)]
        if folder is not None and folder.parent.name == f"python{environments.minor_version(python)}"
        else []
    )
