"""The face of the library over its rooms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike

    from snapdiff.analysis import Analysis
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
        """Return the report as `html`, `json` or `text`. Raises ValueError for another form."""
        from snapdiff.report import render

        return render(self.analysis, form)

    def save(self, path: str | Path, form: str = "html") -> None:
        """Write the report to a file. Raises OSError."""
        Path(path).write_text(self.render(form), encoding="utf-8")


def analyze(path: str | PathLike[str], suppressions: Sequence[Suppression] = ()) -> Report:
    """Read and judge a recording. Raises snapdiff.recording.RecordingError with one sentence.

    `suppressions` (see `snapdiff.analysis.suppressions.parse`) take what they match out of the verdict.
    """
    from snapdiff.analysis import analyze as judge
    from snapdiff.recording import read

    return Report(judge(read(Path(path)), suppressions))
