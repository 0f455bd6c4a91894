"""Causes that were seen before, as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Final

from snapdiff.analysis.recall import Alike, Recall
from snapdiff.report import words
from snapdiff.report.trend import words as said

_WIDTH: Final = 79
_TEXT: Final = 600


def render_recalls_text(recalls: Sequence[Recall]) -> str:
    """Return each cause with what is remembered that is like it."""
    if not recalls:
        return "There is no finding to look for: the recording has none that grows with the calls.\n"
    return words.visible("\n\n".join(_recall(recall) for recall in recalls)) + "\n"


def _recall(recall: Recall) -> str:
    head = _wrapped(recall.finding.sentence, "", "")
    lines = [head, f"fingerprint {recall.finding.fingerprint}"]
    if not recall.alike:
        lines.append("  Nothing like it is remembered.")
    lines += [_alike(alike) for alike in recall.alike]
    return "\n".join(lines)


def _alike(alike: Alike) -> str:
    when = said.seen(alike.first, alike.last, alike.runs)
    told = ", ".join(filter(None, [when, said.known(alike.notes, alike.last)]))
    if alike.same:
        return _wrapped(f"The same cause: {told}; last in {alike.last.target}.", "  ", "    ")
    likeness = words.percent(alike.likeness)
    return "\n".join(
        [
            _wrapped(f"{likeness} alike: {alike.finding.sentence}", "  ", "    "),
            _wrapped(f"{'; '.join(alike.reasons)}.", "    ", "    "),
            _wrapped(f"{told}; last in {alike.last.target}.", "    ", "    "),
            f"    fingerprint {alike.finding.fingerprint}",
        ]
    )


def _wrapped(text: str, first: str, later: str) -> str:
    short = words.shorten(words.one_line(text), _TEXT)
    return textwrap.fill(short, _WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False)
