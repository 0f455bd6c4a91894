"""What `snapdiff check` accepts: known leaks, and those within the budget."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from snapdiff.analysis.baseline import Known, gone, known_leaks, render_baseline, updated
from snapdiff.analysis.weighing import weigh
from snapdiff.cli.config import sentences, settings
from snapdiff.cli.github import say
from snapdiff.cli.main import INCOMPLETE, LEAK, fail
from snapdiff.settings import baseline_of, budget_of

if TYPE_CHECKING:
    from snapdiff.api import Report


class Acceptance:
    """Weighs reports against a baseline and a budget, which are options or the project's settings."""

    def __init__(self, baseline: Path | None, update: bool, allow: str | None) -> None:
        project = settings()
        if baseline is None and project.baseline is not None:
            baseline = project.path(project.baseline)
        if update and baseline is None:
            raise fail("--update-baseline needs --baseline FILE, or `baseline` in [tool.snapdiff], to write to.")
        with sentences("budget"):
            self._budget = budget_of(project, allow)
        with sentences("baseline"):
            self._known = () if baseline is None else baseline_of(baseline, missing_ok=update)
        self._path = baseline
        self._update = update
        self._fingerprints = {each.fingerprint for each in self._known}
        self._checked: list[str] = []
        self._found: list[Known] = []

    def weigh(self, file: Path, report: Report) -> int:
        """Say which leaks of a report are accepted; return the exit code that the others make."""
        target = report.analysis.method.target
        self._found += known_leaks(target, report.findings)
        weighed = weigh(report.analysis, self._budget, self._fingerprints)
        if not weighed.open:
            # What an incomplete run does not show is not gone.
            self._checked.append(target)
        for why, leaks in (("known", weighed.known), ("within the budget", weighed.allowed)):
            for leak in leaks:
                say(f"{file}: {why}: {leak.sentence}")
        for leak in weighed.new if weighed.known else ():
            say(f"{file}: new: {leak.sentence}")
        if weighed.new:
            return LEAK
        return INCOMPLETE if weighed.open else 0

    def finish(self) -> None:
        """Say which known leaks are gone; write the baseline where that is asked for."""
        for each in gone(self._known, self._checked, self._found):
            say(f"{self._path}: gone: {each.target}: {each.sentence}")
        if self._update and self._path is not None:
            text = render_baseline(updated(self._known, self._checked, self._found))
            try:
                self._path.write_text(text, encoding="utf-8")
            except OSError as error:
                raise fail(f"{self._path} cannot be written: {error.strerror}.") from None
            say(f"{self._path}: written.")
