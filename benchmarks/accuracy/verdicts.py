"""What a tool said of a program, and the file in which that is kept."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

LEAK = "leak"
CLEAN = "clean"
CYCLE = "cycle"
INCONCLUSIVE = "inconclusive"
FAILED = "failed"
"""The tool raised, crashed or took too long: an answer that is not right."""
SKIPPED = "skipped"
"""The tool is not there, or not for this program: it is not counted at all."""


@dataclass(frozen=True)
class Score:
    """How a report of snapdiff compares with the truth; None where the truth says nothing."""

    cause: bool | None = None
    """The first finding's container or chain names the holder."""
    type: bool | None = None
    born: bool | None = None
    grown: bool | None = None
    causes_found: tuple[int, int] | None = None
    """Of a program with several causes: how many have a finding, of how many."""
    causes_count: bool | None = None
    """As many leaks are reported as there are causes."""
    causes_order: bool | None = None

    @property
    def all_right(self) -> bool:
        """Whether nothing that the truth knows was told wrong."""
        found = self.causes_found is None or self.causes_found[0] == self.causes_found[1]
        parts = (self.cause, self.type, self.born, self.grown, self.causes_count, self.causes_order)
        return found and False not in parts


@dataclass(frozen=True)
class Result:
    """One tool's answer to one program."""

    tool: str
    program: str
    kind: str
    expected: str
    answer: str
    """`leak`, `clean`, `cycle`, `inconclusive`, `failed` or `skipped`."""
    said: str
    """The tool's answer in its own words, or why there is none."""
    seconds: float = 0.0
    score: Score = field(default_factory=Score)
    """Of snapdiff only."""


@dataclass(frozen=True)
class Tool:
    """A tool that was asked: its name, its title with the version, and why it was skipped, if it was."""

    name: str
    title: str
    skipped: str | None = None


def write(file: Path, tools: Sequence[Tool], results: Sequence[Result]) -> None:
    """Write all single results as JSON."""
    content = {
        "tools": [dataclasses.asdict(tool) for tool in tools],
        "results": [dataclasses.asdict(r) for r in results],
    }
    file.write_text(json.dumps(content, indent=1), encoding="utf-8")


def read(file: Path) -> tuple[list[Tool], list[Result]]:
    """Read what `write` wrote."""
    content = json.loads(file.read_text(encoding="utf-8"))
    results = []
    for row in content["results"]:
        score = dict(row.pop("score"))
        score["causes_found"] = score["causes_found"] and tuple(score["causes_found"])
        results.append(Result(**row, score=Score(**score)))
    return [Tool(**row) for row in content["tools"]], results
