"""Recorded text inside Markdown: it stays text on GitHub and GitLab, whatever it is.

A class can be named `![](https://elsewhere/)`, `@everyone` or `</details>`. What is not made of plain words and numbers
goes into a code span, where nothing is looked for: no markup, link, mention or reference to a ticket. (A `<code>`
element would not do: GitHub makes links of addresses in it.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from snapdiff.report.words import one_line, visible

#: Words that mean nothing in Markdown: letters, hyphens inside, and numbers with their signs.
_PLAIN: Final = re.compile(r"[^\W_]+(?:[-'\u2019][^\W\d_]+)*|[+\u2212]?\d[\d,]*(?:\.\d+)?")
#: Signs of our own sentences that mean nothing between words.
_SIGNS: Final = {"%", "=", "\N{MULTIPLICATION SIGN}", "\N{RIGHTWARDS ARROW}", "\N{EN DASH}"}
_OPENING: Final = "(\N{LEFT DOUBLE QUOTATION MARK}"
_CLOSING: Final = ",.;:)?\N{RIGHT DOUBLE QUOTATION MARK}\N{HORIZONTAL ELLIPSIS}"
_BAR: Final = "\N{LEFT CEILING}U+007C\N{RIGHT CEILING}"
_TICKS: Final = re.compile("`+")


def code(text: str) -> str:
    """Return recorded text as code. Between more backticks than it has in a row nothing else is looked for."""
    line = one_line(text)
    if not line:
        return "` `"
    fence = "`" * (1 + _longest(line))
    pad = " " if "`" in (line[0], line[-1]) else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _longest(text: str) -> int:
    """Return how many backticks there are in a row."""
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def plain(text: str) -> str:
    """Return a sentence that may have recorded text in it: words as they are, everything else as code."""
    return " ".join(_word(word) for word in one_line(text).split(" ") if word)


def _word(word: str) -> str:
    core = word.strip(_OPENING + _CLOSING)
    if not core:
        return word
    before, after = word.partition(core)[::2]
    if set(before) - set(_OPENING) or set(after) - set(_CLOSING) or "www" in core.lower():
        return code(word)
    if core in _SIGNS or _PLAIN.fullmatch(core):
        return word
    return f"{before}{code(core)}{after}"


def sentence(text: str) -> str:
    """Return a sentence with what stands between backticks as code."""
    first, *rest = one_line(text).split("`")
    parts = [plain(first)]
    for at, piece in enumerate(rest):
        if at % 2:
            parts.append(plain(piece))
        elif at == len(rest) - 1:  # a backtick without its partner
            parts.append(code(f"`{piece}"))
        else:
            parts.append(code(piece))
            continue
    return _join(parts)


def strong(text: str, number: int | None = None) -> str:
    """Return a sentence that stands out, with its number in a list; nothing of nothing."""
    said = sentence(text)
    if not said:
        return ""
    return f"**{said}**" if number is None else f"**{number}. {said}**"


def _join(parts: Sequence[str]) -> str:
    """Put pieces together with a blank between them, but none before what closes a clause or behind what opens one."""
    text = ""
    for part in filter(None, parts):
        tight = not text or text.endswith(tuple(_OPENING)) or part.startswith(tuple(_CLOSING))
        text += part if tight else f" {part}"
    return text


def block(text: str) -> str:
    """Return lines of recorded text as a block that ends nowhere but at its end."""
    safe = visible(text)
    fence = "`" * max(3, 1 + _longest(safe))
    return f"{fence}text\n{safe}\n{fence}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """Return a table of cells that are Markdown already; columns in `numbers` are set to the right.

    A bar in a name is shown as its code point: parsers disagree on how to write one in code behind a backslash.
    """
    rule = ["---:" if at in numbers else "---" for at in range(len(head))]
    return "\n".join("| " + " | ".join(cell.replace("|", _BAR) for cell in row) + " |" for row in (head, rule, *rows))


def folded(summary: str, *parts: str) -> str:
    """Return parts that a reader opens; `summary` is our own words."""
    return "\n\n".join([f"<details>\n<summary>{summary}</summary>", *filter(None, parts), "</details>"])
