"""A report that can be given away: no source, no paths of files, no command line, no keys of dictionaries.

Names of modules, classes and functions stay, because without them nothing could be mended. A file keeps one alias
through the whole report, so that lines of one file are still seen to be of one file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final

from snapdiff.analysis.comparison import Change, Comparison, Side
from snapdiff.analysis.model import Analysis, Excerpt, Finding, Frame
from snapdiff.report.texts import with_texts

#: What looks like the path of a source file, or like an absolute path, in any text: a note, a reason, a label.
_PATHS: Final = re.compile(
    r"(?:[A-Za-z]:)?[\w.~+@\\/-]*[\w~+@-]\.pyi?\b"
    r"|[A-Za-z]:[\\/][\w.+@~\\/ -]+"
    r"|(?<![\w.:/<])~?/(?:[\w.+@~-]+/)+[\w.+@~-]*"
)
#: The key of a dictionary in a path of references: a name that the program was started with, but perhaps a customer's.
_KEYS: Final = re.compile(r'\["[^"]*"\]')
_KEY: Final = "{value}"
_PATH: Final = "\N{LEFT CEILING}path\N{RIGHT CEILING}"


def redacted(analysis: Analysis) -> Analysis:
    """Return an analysis without excerpts, paths, keys and command line."""
    made: Analysis = _Redactor([analysis])(_bare(analysis))
    return made


def redacted_comparison(comparison: Comparison) -> Comparison:
    """Return a comparison without excerpts, paths and command lines; a file has one alias on both sides."""
    redact = _Redactor([comparison])

    def side(whole: Side) -> Side:
        return replace(whole, runs=tuple(_bare(run) for run in whole.runs))

    def change(each: Change) -> Change:
        ends = [None if finding is None else _without_source(finding) for finding in (each.before, each.after)]
        return replace(each, before=ends[0], after=ends[1])

    made: Comparison = redact(
        replace(
            comparison,
            before=side(comparison.before),
            after=side(comparison.after),
            changes=tuple(change(each) for each in comparison.changes),
            cycles=tuple(change(each) for each in comparison.cycles),
        )
    )
    return made


def _bare(analysis: Analysis) -> Analysis:
    return replace(
        analysis,
        findings=tuple(_without_source(finding) for finding in analysis.findings),
        lines=tuple(replace(row, excerpt=None) for row in analysis.lines),
        suppressed=tuple(
            replace(row, taken=tuple(_without_source(finding) for finding in row.taken)) for row in analysis.suppressed
        ),
        method=replace(analysis.method, command=(), arguments=(), requests=None),
        redacted=True,
    )


def _without_source(finding: Finding) -> Finding:
    return replace(finding, excerpts=())


class _Redactor:
    """Gives every file that is named an alias, and replaces it in every text."""

    def __init__(self, values: Iterable[Any]) -> None:
        names = sorted({name for value in values for name in _files(value) if name and not name.startswith("<")})
        self._aliases = {name: f"file-{number}" for number, name in enumerate(names, 1)}
        # The longest first: one path can be the end of another.
        longest = sorted(names, key=len, reverse=True)
        parts = [rf"(?<![\w./\\-]){re.escape(name)}(?![\w-])" for name in longest]
        self._known = re.compile("|".join(parts)) if parts else None

    def __call__(self, value: Any) -> Any:
        return with_texts(value, self._text)

    def _text(self, text: str) -> str:
        if text in self._aliases:
            return self._aliases[text]
        if self._known is not None:
            text = self._known.sub(lambda match: self._aliases[match[0]], text)
        return _KEYS.sub(_KEY, _PATHS.sub(_PATH, text))


def _files(value: Any) -> Iterable[str]:
    """Yield every file that plain data names."""
    if isinstance(value, Frame | Excerpt):
        yield value.file
    elif isinstance(value, tuple):
        for item in value:
            yield from _files(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from _files(getattr(value, each.name))
