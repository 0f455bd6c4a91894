"""The face of the library over its rooms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from snapdiff.analysis import Analysis
    from snapdiff.analysis.comparison import Comparison
    from snapdiff.analysis.model import Finding
    from snapdiff.analysis.suppressions import Suppression


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
