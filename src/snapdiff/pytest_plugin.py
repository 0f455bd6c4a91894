"""The pytest plugin: `@pytest.mark.snapdiff` on a test, or `pytest --snapdiff` for all of them.

A test that is asked for is called once as ever, which decides whether it passes; then 1, 10 and N times more, in the
same process. When something grows and goes on growing, it fails with the cause. Nothing else of snapdiff is imported
unless a test is measured.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from snapdiff.analysis.baseline import Known
    from snapdiff.pytest_measure.folder import Folder
    from snapdiff.pytest_measure.result import Result
    from snapdiff.settings import Settings

_MARKER = (
    "snapdiff(rounds=(1, 10, 151), allow=None, fixtures='once', max_time=20, skip=None): call the test again and "
    "again, and fail it when objects or memory are left behind with every call. allow='2 objects/call' is a budget; "
    "fixtures='fresh' sets the test's own fixtures up for each call; skip='why' leaves it out of --snapdiff."
)


#: Where a test's result waits for its report, and its name there: xdist carries what a report has in its namespace.
_RESULT = pytest.StashKey[dict[str, Any]]()
_ON_REPORT = "snapdiff"
#: Where recordings and pages go; the history of a project has a folder beside it.
_FOLDER = Path(".snapdiff", "tests")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("snapdiff", "memory leaks")
    add = group.addoption
    add("--snapdiff", action="store_true", help="Measure every test, not only those marked with snapdiff.")
    add("--snapdiff-dir", metavar="DIR", help="Folder for recordings and pages (default: .snapdiff/tests).")
    add("--snapdiff-rounds", type=_rounds, metavar="1,10,151", help="Calls a round, rising.")
    add(
        "--snapdiff-fixtures",
        choices=["once", "fresh"],
        help="Set a test's own fixtures up once around all calls (default for marked tests), or for each (others).",
    )
    add("--snapdiff-max-time", type=float, metavar="S", help="Seconds for a test's extra rounds (default: 20).")
    add("--snapdiff-strict", action="store_true", help="Tests of which it cannot be told fail too.")
    add("--snapdiff-keep", action="store_true", help="Keep the recordings of tests in which nothing grew as well.")
    add("--snapdiff-baseline", metavar="FILE", help="Known leaks, which do not fail.")
    add("--snapdiff-update-baseline", action="store_true", help="Write what leaks now to the baseline.")


def _rounds(text: str) -> tuple[int, ...]:
    from argparse import ArgumentTypeError

    from snapdiff.record.options import OptionsError, parse_rounds

    try:
        return parse_rounds(text)
    except OptionsError as error:
        raise ArgumentTypeError(str(error)) from None


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark, and the plugin proper."""
    config.addinivalue_line("markers", _MARKER)
    config.pluginmanager.register(_Run(config), "snapdiff-run")


class _Run:
    """One run of pytest, or of one of its workers."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._since = time.time()
        self._results: list[Result] = []
        self._folder: Folder | None = None
        self._settings: Settings | None = None
        self._baseline: Path | None = None
        self._known: tuple[Known, ...] = ()

    # -- what is asked -------------------------------------------------------------------------------------

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Refuse settings and marks that are wrong, before anything runs."""
        everything = self._config.getoption("snapdiff")
        if everything or self._config.getoption("snapdiff_update_baseline"):
            self._load()
        for item in items:
            if item.get_closest_marker("snapdiff") is not None:
                self._asked(item)

    def _load(self) -> None:
        """Read the settings and the baseline, once. Raises pytest.UsageError."""
        if self._settings is not None:
            return
        from snapdiff.settings import baseline_of, budget_of, read_settings, suppressions_of

        option, root = self._config.getoption, self._config.rootpath
        try:
            settings = read_settings(root)
            budget_of(settings, None)
            suppressions_of(settings)
            named = option("snapdiff_baseline")
            place = Path(self._config.invocation_params.dir, named) if named else None
            if place is None and settings.baseline is not None:
                place = settings.path(settings.baseline)
            update = option("snapdiff_update_baseline")
            if update and place is None:
                raise pytest.UsageError("--snapdiff-update-baseline needs --snapdiff-baseline FILE to write to.")
            self._known = () if place is None else baseline_of(place, missing_ok=bool(update))
        except OSError as error:
            raise pytest.UsageError(f"snapdiff: {error.filename} cannot be read: {error.strerror}.") from None
        except ValueError as error:
            raise pytest.UsageError(f"snapdiff: {error}.") from None
        self._baseline, self._settings = place, settings

    def _asked(self, item: pytest.Item) -> Any:
        self._load()
        from snapdiff.pytest_measure.asked import asked

        assert self._settings is not None  # noqa: S101  _load has read them
        return asked(item, self._settings, frozenset(each.fingerprint for each in self._known))

    # -- tests ---------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Let the test run, innermost of all plugins; then measure it, if it is asked for and went well."""
        if item.get_closest_marker("snapdiff") is None and not self._config.getoption("snapdiff"):
            return (yield)
        asked = self._asked(item)
        if asked is None or not isinstance(item, pytest.Function):
            return (yield)
        from snapdiff.pytest_measure.measuring import Measuring

        measuring = Measuring(item, asked, self._room())
        value = yield
        if not getattr(item, "_excinfo", None):
            result = measuring.run()
            item.stash[_RESULT] = result.plain()
            if result.failure:
                pytest.fail(result.failure, pytrace=False)
        return value

    def _room(self) -> Folder:
        if self._folder is None:
            from snapdiff.pytest_measure.folder import Folder

            named = self._config.getoption("snapdiff_dir")
            said = None if self._settings is None else self._settings.pytest.get("dir")
            path = self._config.rootpath / _FOLDER
            if named:
                path = Path(self._config.invocation_params.dir, named)
            elif said and self._settings is not None:
                path = self._settings.path(said)
            self._folder = Folder(path, self._since)
        return self._folder

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put the result on the report, which xdist carries to the process that sums up."""
        report = yield
        if call.when == "call" and _RESULT in item.stash:
            report.__dict__[_ON_REPORT] = item.stash[_RESULT]
            del item.stash[_RESULT]
        return report

    # -- all of them ---------------------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the results."""
        fields = getattr(report, _ON_REPORT, None)
        if fields is not None:
            from snapdiff.pytest_measure.summary import result_of

            result = result_of(fields)
            if result is not None:
                self._results.append(result)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the baseline, where it is asked for."""
        if hasattr(self._config, "workerinput") or not self._config.getoption("snapdiff_update_baseline"):
            return
        self._load()
        from snapdiff.analysis.baseline import render_baseline, updated

        if self._baseline is not None:
            text = render_baseline(updated(self._known, self._checked(), self._leaks()))
            self._baseline.write_text(text, encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what came of it."""
        if not self._results:
            return
        self._load()
        from snapdiff.analysis.baseline import gone
        from snapdiff.pytest_measure.summary import lines

        missing = gone(self._known, self._checked(), self._leaks())
        terminalreporter.section("snapdiff")
        for line in lines(self._results, missing, self._config.get_verbosity() > 0):
            terminalreporter.line(line)

    def _leaks(self) -> list[Known]:
        from snapdiff.analysis.baseline import Known

        return [Known(*leak) for result in self._results for leak in result.leaks]

    def _checked(self) -> list[str]:
        from snapdiff.pytest_measure.result import NOT_MEASURED

        return [result.test for result in self._results if result.verdict not in (NOT_MEASURED, "inconclusive")]
