"""What tests of several rooms share: victim programs, recording them, and the interpreters to do it in."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
#: Long enough for any run here on a busy machine; a test that needs it has failed.
PATIENCE = 180


@dataclass(frozen=True)
class Run:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def told(self) -> list[str]:
        """The lines on standard error that are snapdiff's own, without its prefix."""
        return [line.removeprefix("snapdiff: ") for line in self.err.splitlines() if line.startswith("snapdiff: ")]


class Silent:
    """A progress that nobody watches."""

    def tick(self, state, rss):
        """Ignore."""

    def checkpoint(self, frame, rss):
        """Ignore."""


@functools.cache
def find_interpreter(version: str) -> str | None:
    """Return a plain interpreter of a version: of pyenv, or on PATH."""
    root = os.environ.get("PYENV_ROOT") or os.path.join(os.path.expanduser("~"), ".pyenv")
    candidates = [str(path) for path in sorted(Path(root).glob(f"versions/{version}.*/bin/python"), reverse=True)]
    candidates += filter(None, [shutil.which(f"python{version}")])
    for candidate in candidates:
        command = [candidate, "-c", "import sys; print('{}.{}'.format(*sys.version_info))"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip() == version:
            return candidate
    return None


def pytest_generate_tests(metafunc):
    """Run a test that wants `python` once for every version of it."""
    if "python" in metafunc.fixturenames:
        metafunc.parametrize("python", VERSIONS, indirect=True)


@pytest.fixture
def python(request):
    """The path of a plain interpreter, one version after the other."""
    found = find_interpreter(request.param)
    if found is None:
        pytest.skip(f"Python {request.param} is not installed here")
    return found


@pytest.fixture(scope="session")
def interpreters():
    """Plain interpreters that are installed, by version."""
    return {version: found for version in VERSIONS if (found := find_interpreter(version)) is not None}


@pytest.fixture(scope="session")
def programs():
    """The folder of the victim programs."""
    return PROGRAMS


@pytest.fixture(scope="session")
def command():
    """The installed `snapdiff` command, as a list to put arguments behind."""
    return [os.path.join(sysconfig.get_path("scripts"), "snapdiff")]


@pytest.fixture(scope="session")
def snapdiff(command):
    """Run `snapdiff ARGUMENTS` as a process of its own."""

    def run(*arguments, cwd=PROGRAMS, **environment):
        done = subprocess.run(
            [*command, *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def invoke(monkeypatch, capfd):
    """Run `snapdiff ARGUMENTS` in this process: quicker. What the target prints is in `out` and `err` too."""
    from click.testing import CliRunner

    from snapdiff.cli import main

    def run(*arguments, cwd=PROGRAMS):
        monkeypatch.chdir(cwd)
        capfd.readouterr()
        done = CliRunner(catch_exceptions=False).invoke(main, [*map(str, arguments)])
        target = capfd.readouterr()
        return Run(done.exit_code, target.out + done.stdout, target.err + done.stderr)

    return run


@pytest.fixture(scope="session")
def silent():
    """A progress that nobody watches."""
    return Silent()


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Record a victim program in a process of its own, supervised from this one; return the recording's path."""
    from snapdiff.record import Options
    from snapdiff.record import record as supervise

    def run(target, name="run.snapdiff", cwd=PROGRAMS, **options):
        monkeypatch.chdir(cwd)
        options = {"rounds": (1, 3, 20), "trace": "off", "force": True, **options}
        outcome = supervise(Options(target=target, output=tmp_path / name, **options), Silent())
        assert outcome.refused is None
        return outcome.path

    return run


@pytest.fixture(scope="session")
def report_of():
    """Return the JSON report of a recording as plain data."""

    def report(path):
        from snapdiff import api

        return json.loads(api.analyze(path).render("json"))

    return report


@pytest.fixture
def measure(record, report_of):
    """Record a victim program; return its JSON report as plain data."""

    def run(target, **options):
        return report_of(record(target, **options))

    return run


@pytest.fixture(scope="session")
def text_of():
    """Return everything in a recording as text: the manifest and every value of every table."""
    import io
    import zipfile

    import pyarrow.parquet as pq

    def text(path):
        parts = []
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                data = archive.read(name)
                if name.endswith(".parquet"):
                    parts.append(json.dumps(pq.read_table(io.BytesIO(data)).to_pylist(), ensure_ascii=False))
                else:
                    parts.append(data.decode())
        return "\n".join(parts)

    return text


@pytest.fixture(scope="session")
def damage():
    """Write a copy of a recording with some of its parts replaced, or gone where the new one is None."""
    import zipfile

    def copy(whole, to, **parts):
        with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as copied:
            for name in archive.namelist():
                data = parts.get(re.sub(r"\..*", "", name), archive.read(name))
                if data is not None:
                    copied.writestr(name, data)
        return to

    return copy


@pytest.fixture(scope="session")
def running():
    """The version of the interpreter that runs the tests, such as 3.11."""
    return "{}.{}".format(*sys.version_info)


def find_chromium() -> str | None:
    """Return the Chromium to test with: SNAPDIFF_CHROMIUM, or the first one on PATH."""
    if named := os.environ.get("SNAPDIFF_CHROMIUM"):
        return named
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for path in map(shutil.which, names) if path), None)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session. Without one the test is skipped, but never in CI."""
    path = find_chromium()
    if path is None:
        reason = "no Chromium: set SNAPDIFF_CHROMIUM or put chromium on PATH"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()
