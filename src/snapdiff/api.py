"""The face of the library over its rooms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from snapdiff.analysis import Analysis
    from snapdiff.analysis.comparison import Comparison
    from snapdiff.analysis.model import Finding
    from snapdiff.analysis.past import Origin, PastFinding, PastRun
    from snapdiff.analysis.recall import Recall
    from snapdiff.analysis.suppressions import Suppression
    from snapdiff.analysis.trend import Trend, Workload


@dataclass(frozen=True)
class Report:
    """What a recording says. `analysis` is all of it, as plain data."""

    analysis: Analysis

    @property
    def verdict(self) -> str:
        """The run's verdict, one of `snapdiff.analysis.Verdict`."""
        return str(self.analysis.verdict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every cause that is not clean, the worst first."""
        return self.analysis.findings

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        return self.analysis.sentence

    @property
    def exit_code(self) -> int:
        """The exit code of `snapdiff check`: 1 leak, 3 inconclusive or incomplete, 0 otherwise."""
        if self.verdict in ("leak", "slow-leak"):
            return 1
        return 3 if self.verdict == "inconclusive" or not self.analysis.complete else 0

    def render(self, form: str) -> str:
        """Return the report in one of `snapdiff.report.FORMATS`. Raises ValueError for another form."""
        from snapdiff.report import render

        return render(self.analysis, form)

    def save(self, path: str | Path, form: str = "html") -> None:
        """Write the report to a file. Raises OSError."""
        Path(path).write_text(self.render(form), encoding="utf-8")

    def annotations(self) -> str:
        """Return the findings as workflow commands of GitHub Actions, one a line."""
        from snapdiff.report.annotations import render_annotations

        return render_annotations(self.analysis)

    def redacted(self) -> Report:
        """Return the report without excerpts and paths of files, and saying so."""
        from snapdiff.report.redact import redacted

        return Report(redacted(self.analysis))


def analyze(path: str | PathLike[str], suppressions: Sequence[Suppression] = (), at: int | None = None) -> Report:
    """Read and judge a recording. Raises snapdiff.recording.RecordingError with one sentence.

    `suppressions` (see `snapdiff.analysis.suppressions.parse`) take what they match out of the verdict.
    `at` is the size that a sweep foretells.
    """
    from snapdiff.analysis import analyze as judge
    from snapdiff.recording import read

    return Report(judge(read(Path(path)), suppressions, at))


@dataclass(frozen=True)
class ComparisonReport:
    """What the runs of two sides say of each other. `comparison` is all of it, as plain data."""

    comparison: Comparison

    @property
    def outcome(self) -> str:
        """One of `snapdiff.analysis.comparison.Outcome`."""
        return str(self.comparison.outcome)

    @property
    def sentence(self) -> str:
        """What became of the gravest cause, in one sentence, and how many others there are."""
        return self.comparison.sentence

    @property
    def exit_code(self) -> int:
        """The exit code of `snapdiff compare`: 1 something new or worse, 3 it cannot be told, 0 otherwise."""
        return {"worse": 1, "inconclusive": 3}.get(self.outcome, 0)

    def render(self, form: str) -> str:
        """Return the comparison in one of `snapdiff.report.FORMATS`. Raises ValueError for another form."""
        from snapdiff.report.comparison import render_comparison

        return render_comparison(self.comparison, form)

    def save(self, path: str | Path, form: str = "html") -> None:
        """Write the comparison to a file. Raises OSError."""
        Path(path).write_text(self.render(form), encoding="utf-8")

    def redacted(self) -> ComparisonReport:
        """Return it without excerpts and paths of files."""
        from snapdiff.report.redact import redacted_comparison

        return ComparisonReport(redacted_comparison(self.comparison))


def compare(
    before: Sequence[Report], after: Sequence[Report], names: tuple[Sequence[str], Sequence[str]] = ((), ())
) -> ComparisonReport:
    """Compare analysed recordings: before a change to the program, and after it.

    Several of each tell chance from change. `names` are those of the recordings, before and after. Raises ValueError
    where a side has none.
    """
    from snapdiff.analysis.compare import compare as judge

    sides = [[report.analysis for report in reports] for reports in (before, after)]
    return ComparisonReport(judge(sides[0], sides[1], names[0], names[1]))


@dataclass(frozen=True)
class TrendReport:
    """How a workload went over its runs. `trend` is all of it, as plain data."""

    trend: Trend

    def render(self, form: str) -> str:
        """Return the trend as `html`, `json` or `text`. Raises ValueError for another form."""
        from snapdiff.report.trend import render_trend

        return render_trend(self.trend, form)

    def save(self, path: str | Path, form: str = "html") -> None:
        """Write the trend to a file. Raises OSError."""
        Path(path).write_text(self.render(form), encoding="utf-8")


class History:
    """The runs that are remembered at a place: a folder, or any URI that LanceDB takes.

    What is remembered is what reports hold: no values of the program's data. Every method, and making one, raises
    snapdiff.history.HistoryError with one sentence.
    """

    def __init__(self, place: str | Path) -> None:
        """Look at the history at `place`; it is made when something is added."""
        from snapdiff.history import Store

        self._store = Store(str(place))

    def add(
        self,
        path: str | Path,
        suppressions: Sequence[Suppression] = (),
        origin: Origin | None = None,
        redact: bool = False,
    ) -> tuple[PastRun, bool]:
        """Remember a recording. Return what is remembered, and False where it was remembered already.

        `origin` is that of the current folder unless given. Raises snapdiff.recording.RecordingError too.
        """
        from snapdiff.analysis.past import past_run
        from snapdiff.history import find_origin, now
        from snapdiff.recording import RecordingError

        report = analyze(path, suppressions)
        if report.analysis.sweep is not None:
            raise RecordingError(f"{path} is a sweep, which has no rounds and no findings: it is not remembered.")
        if redact:
            report = report.redacted()
        run = past_run(report.analysis, _identity(Path(path)), origin or find_origin(Path.cwd()), now())
        return run, self._store.add(run)

    def workloads(self) -> tuple[Workload, ...]:
        """Return the targets that there are runs of."""
        from snapdiff.analysis.trend import workloads

        return workloads(self._store.runs())

    def trend(
        self, target: str, last: int, branch: str | None = None, machine: str | None = None
    ) -> TrendReport | None:
        """Return the trend of the latest runs of a target, None where there are none."""
        from snapdiff.analysis.trend import trend

        wanted = {"branch": branch, "machine": machine}
        runs = [
            run
            for run in self._store.runs(target)
            if all(value is None or getattr(run.origin, name) == value for name, value in wanted.items())
        ]
        filters = tuple(f"{name} {value}" for name, value in wanted.items() if value is not None)
        return TrendReport(trend(runs, self._store.notes(), last, filters)) if runs else None

    def recall(self, finding: PastFinding, leave_out: str = "") -> Recall:
        """Return what is remembered that is like a finding, without the run whose id is `leave_out`."""
        from snapdiff.history import recall

        return recall(self._store, finding, leave_out)

    def recall_recording(self, path: str | Path, suppressions: Sequence[Suppression] = ()) -> tuple[Recall, ...]:
        """Return what is remembered that is like each finding of a recording that grows with the calls."""
        from snapdiff.analysis.past import past_finding
        from snapdiff.analysis.trend import FOLLOWED

        findings = [each for each in analyze(path, suppressions).analysis.findings if each.verdict in FOLLOWED]
        identity = _identity(Path(path))
        return tuple(self.recall(past_finding(each), identity) for each in findings)

    def finding(self, beginning: str) -> PastFinding:
        """Return the newest finding whose fingerprint begins so; the beginning must tell."""
        from snapdiff.history import finding

        return finding(self._store, beginning)

    def note(self, fingerprint: str, ticket: str | None, fixed_in: str | None, text: str | None) -> PastFinding:
        """Write something down about a cause that is remembered; return the cause."""
        from snapdiff.analysis.past import Note
        from snapdiff.history import now

        about = self.finding(fingerprint)
        self._store.note(Note(about.fingerprint, now(), ticket, fixed_in, text))
        return about


def render_recalls(recalls: Sequence[Recall], form: str) -> str:
    """Return what was recalled as `json` or `text`. Raises ValueError for another form."""
    from snapdiff.report.trend import render_recalls as render

    return render(recalls, form)


def render_workloads(workloads: Sequence[Workload]) -> str:
    """Return the targets that there are runs of as text."""
    from snapdiff.report.trend import render_workloads as render

    return render(workloads)


def _identity(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
