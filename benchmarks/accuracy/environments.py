"""`.venv-peers`: one virtual environment for the peers, and one for each set of requirements in the corpus.

What single programs require stands in environments of its own, since pinned releases may contradict each other and the
peers. snapdiff is installed in none of them: it records with `--python`.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / ".venv-peers"

PEERS = ("objgraph", "guppy3", "pympler", "memray", "psleak", "python-leak-hunter", "memalot", "psutil")
"""Distributions on PyPI; the newest of each, since that is what their users have."""
NEEDED = ("numpy", "pyarrow")
"""What programs need that are run beside the peers: `needs` in their truth."""

_SLUG_LENGTH = 40


@dataclass(frozen=True)
class Environment:
    """A folder with an interpreter and what is installed in it."""

    folder: Path
    requirements: tuple[str, ...]

    @property
    def python(self) -> Path:
        """Its interpreter, there or not."""
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path | None:
        """The folder of its packages, or None when it is not there."""
        return next(self.folder.glob("lib/python3.*/site-packages"), None)

    @property
    def ready(self) -> bool:
        """Whether it was completely installed with the same requirements."""
        try:
            installed: object = json.loads(self._stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return installed == list(self.requirements)

    @property
    def _stamp(self) -> Path:
        return self.folder / "installed.json"

    def install(self, python: Path | None = None) -> str | None:
        """Make it with the interpreter given, and return why that failed, or None."""
        commands = [
            [str(python or sys.executable), "-m", "venv", "--clear", str(self.folder)],
            [str(self.python), "-m", "pip", "install", "--quiet", *self.requirements],
        ]
        for command in commands:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
            if done.returncode:
                lines = (done.stderr or done.stdout).strip().splitlines()
                return lines[-1] if lines else f"exit code {done.returncode}"
        self._stamp.write_text(json.dumps(self.requirements), encoding="utf-8")
        return None


def of_peers() -> Environment:
    """Return the environment of the peers."""
    return Environment(ROOT / "peers", (*PEERS, *NEEDED))


def of_program(requires: Iterable[str]) -> Environment:
    """Return the environment of the programs that require just this."""
    requirements = tuple(sorted(requires))
    text = " ".join(requirements)
    slug = re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")
    if len(slug) > _SLUG_LENGTH:
        slug = f"{slug[:_SLUG_LENGTH]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    return Environment(ROOT / slug, requirements)


@cache
def minor_version(python: Path) -> str:
    """Return the version of an interpreter as `3.11`."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=True).stdout.strip()
