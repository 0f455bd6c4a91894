"""Source excerpts: syntax is marked by classes, the line that matters by a sign, not by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from snapdiff.analysis.model import Excerpt
from snapdiff.report.words import visible

if TYPE_CHECKING:
    from markupsafe import Markup


@dataclass(frozen=True)
class SourceLine:
    """A line of an excerpt. `code` is markup made by Pygments, which escapes what it is given."""

    number: int
    focus: bool
    code: Markup


def source_lines(excerpt: Excerpt) -> tuple[SourceLine, ...]:
    """Return the lines of `excerpt`, highlighted as Python where the file is."""
    import pygments
    from markupsafe import Markup
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer, TextLexer

    # An excerpt has one element a line, whatever a file name or a stray control character says.
    lines = [visible(" ".join(line.splitlines())) for line in excerpt.lines]
    lexer_type = PythonLexer if excerpt.file.endswith((".py", ".pyi")) else TextLexer
    lexer = lexer_type(stripnl=False, ensurenl=False)
    formatter = HtmlFormatter(nowrap=True, classprefix="p-")
    marked = pygments.highlight("\n".join(lines), lexer, formatter).split("\n")
    return tuple(
        SourceLine(number=number, focus=number == excerpt.focus, code=Markup(code))  # noqa: S704 - see SourceLine
        for number, code in zip(range(excerpt.first_line, excerpt.first_line + len(lines)), marked, strict=False)
    )
