"""What tests of several rooms share: victim programs, recording them, and the interpreters to do it in."""

import functools
import importlib.resources
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

# Who starts the tests in the background has interrupts ignored, and so would every process that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

PROGRAMS = Path(__file__).parent / "programs"
VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
#: Folders of tests that ask nothing of the interpreter: tables, arithmetic and text.
PORTABLE = {"analysis", "benchmarks", "history", "recording", "report", "sweep"}
#: Fixtures of tests that record with every interpreter by themselves, whichever runs them.
ASKS_ALL = {"python", "interpreters"}
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


def pytest_collection_modifyitems(items):
    """Mark what one Python is enough for, and skip what needs LanceDB where it is not installed."""
    portable = set()
    for item in items:
        # But for the first of a portable file, which shows that its room works on each Python.
        if item.path in portable or not ASKS_ALL.isdisjoint(item.fixturenames):
            item.add_marker("corpus")
        if item.path.parent.name in PORTABLE:
            portable.add(item.path)
    # Never in CI: that would hide that nothing was tested.
    if os.environ.get("CI") or importlib.util.find_spec("lancedb") is not None:
        return
    for item in items:
        if item.get_closest_marker("lancedb"):
            item.add_marker(pytest.mark.skip(reason="needs an extra: pip install 'snapdiff-leaks[history]'"))


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
def past():
    """Builders of what is remembered: `finding(**changes)`, `run(day, *findings, **changes)`, `note(**changes)`."""
    from types import SimpleNamespace

    from snapdiff.analysis.model import ChainNode, Frame, Law, LedgerKind, Verdict
    from snapdiff.analysis.past import Note, Origin, Owned, PastFinding, PastRun

    def finding(**changes):
        """The leak of the contract: a class attribute that keeps every item."""
        values = {
            "fingerprint": "3f9c1a7be204", "verdict": Verdict.LEAK, "law": Law.LINEAR, "domain": "python",
            "type": "app.Item", "other_types": ("str", "float"), "container": "module app → Cart.by_id",
            "container_type": "dict",
            "chain": (ChainNode("module app", "module"), ChainNode(".Cart", "type"), ChainNode(".by_id", "dict")),
            "born_at": (Frame("app/cart.py", 41, "add"),), "grown_at": (Frame("app/cart.py", 42, "add"),),
            "waits_at": (), "kinds": (), "unit": "objects", "rate": 1.0, "bytes_per_call": 144.0, "share_bytes": 66_816,
            "sentence": "Leak: `Cart.by_id` gains 1 `Item` per call (144 B), held by `module app`.",
        }  # fmt: skip
        return PastFinding(**values | changes)

    def run(day, *findings, **changes):
        """A run of a day of November 2026, as grave as its first finding."""
        names = {field: changes.pop(field) for field in ("commit", "changed", "branch", "machine") if field in changes}
        verdict = findings[0].verdict if findings else Verdict.CLEAN
        values = {
            "id": f"{day:064x}", "target": "bench.py:checkout", "started": f"2026-11-{day:02}T09:30:00+00:00",
            "added": f"2026-11-{day:02}T09:31:00.000000+00:00",
            "origin": Origin(**{"commit": f"{day:040x}"[::-1], "branch": "main", "machine": "ci-1"} | names),
            "verdict": verdict, "sentence": findings[0].sentence if findings else "Clean: nothing grows.",
            "complete": True, "tells_absence": True, "ended": "as planned", "python": "3.11.9", "snapdiff": "0.1.0",
            "plan": (1, 10, 151), "trace": "rounds", "calls": 464, "objects": 140_000 + 500 * day,
            "objects_per_call": findings[0].rate if findings else 0.0, "rss": (50 + day) * 2**20, "uss": None,
            "ledger": (
                Owned("resident", "resident memory", LedgerKind.TOTAL, (33 + day) * 2**20),
                Owned("python.small", "Python objects", LedgerKind.PART, 3 * 2**20),
                Owned("unexplained", "unexplained", LedgerKind.PART, (30 + day) * 2**20),
                Owned("arrow", "Arrow's pool", LedgerKind.WITHIN, 2**20),
            ),
            "findings": findings, "suppressed": (),
        }  # fmt: skip
        return PastRun(**values | changes)

    def note(**changes):
        values = {"fingerprint": "3f9c1a7be204", "at": "2026-11-20T12:00:00.000000+00:00", "ticket": "ABC-123"}
        return Note(**values | {"fixed_in": None, "text": None} | changes)

    return SimpleNamespace(finding=finding, run=run, note=note)


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


LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
    "print": {"color_scheme": "light", "viewport": {"width": 800, "height": 900}},
}
#: All rules, also those that no standard asks for, but two: contrast of 7 to 1 (level AAA; the pages hold 4.5), and
#: one in trial that minds boxes which scroll to be in the order of focus, where another rule wants them.
ASK_AXE = """() => axe.run({ rules: Object.fromEntries(axe.getRules().map(({ ruleId }) =>
  [ruleId, { enabled: !["color-contrast-enhanced", "focus-order-semantics"].includes(ruleId) }])) })
  .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.slice(0, 3).map(node => node.html)]))"""


@pytest.fixture(scope="session")
def violations(browser, tmp_path_factory):
    """Ask axe-core what is wrong with a page, all of it unfolded: each broken rule with some of its elements."""
    axe = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("accessible") / "page.html"

    def ask(html, look):
        path.write_text(html, encoding="utf-8")
        # The page's own policy lets no other script run, axe's neither.
        with browser.new_context(bypass_csp=True, **LOOKS[look]) as context:
            page = context.new_page()
            page.emulate_media(media="print" if look == "print" else "screen")
            page.goto(path.as_uri())
            page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            page.evaluate(axe)
            return page.evaluate(ASK_AXE)

    return ask
