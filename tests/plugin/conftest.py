"""Runs of pytest over small suites, each in a process of its own; most are shared by several tests."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SUITES = Path(__file__).parents[1] / "programs" / "suites"
PATIENCE = 550
_OUTCOME = re.compile(r"^(PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR) (\S+?)(?: - .*)?$", re.M)
_RESULT = re.compile(r"^([a-z -]+?)(?: \((.+?)\))?: test_\w+\.py::(\S+?): (.*)$", re.M)


@dataclass(frozen=True)
class SuiteRun:
    """What a run of pytest said."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def outcomes(self):
        """Outcome by test, as -rA has them."""
        return {name.partition("::")[2]: outcome for outcome, name in _OUTCOME.findall(self.out)}

    @property
    def section(self):
        """The lines of the plugin's own section."""
        return self.out.partition(" snapdiff ==")[2].partition("\n==")[0].splitlines()[1:]

    @property
    def verdicts(self):
        """Verdict and sentence by test, from the plugin's section, which names what is not clean."""
        return {test: (verdict, text) for verdict, _, test, text in _RESULT.findall("\n".join(self.section))}

    def text_of(self, test):
        """What a test's failure says."""
        found = re.search(rf"^_+ {re.escape(test)} _+\n(.*?)(?=^_+ \S+ _+\n|^=+ )", self.out, re.M | re.S)
        return "" if found is None else found[1]


def _run(folder, *arguments, plugins=()):
    """Run pytest in a folder, with the plugin, those that are named, and none that happen to be installed."""
    # A plugin that is installed under its own name may not be loaded under another.
    load = [part for plugin in ("snapdiff.pytest_plugin", *plugins) for part in ("-p", plugin)]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rA", *load, *map(str, arguments)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )  # fmt: skip
    return SuiteRun(done.returncode, done.stdout, done.stderr, Path(folder))


@pytest.fixture(scope="session")
def run_pytest():
    """Run pytest in a folder."""
    return _run


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """Make a project of a suite."""

    def make(name, pyproject=""):
        folder = tmp_path_factory.mktemp("project")
        (folder / "pyproject.toml").write_text(pyproject)
        shutil.copy(SUITES / f"suite_{name}.py", folder / f"test_{name}.py")
        return folder

    return make


@pytest.fixture(scope="session")
def marked(project):
    """The suite of marked tests, run once."""
    return _run(project("marked"))
