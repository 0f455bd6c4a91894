"""The one table, in Markdown, and its place in the README."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

BEGIN, END = "<!-- bench -->", "<!-- /bench -->"
NOTHING = "–"
_LEAST_RUNS = 5


class PlaceError(Exception):
    """The file has no place for the table; the message says so."""


@dataclass(frozen=True)
class Row:
    """What was measured, one cell a column of its section, and what it should be."""

    title: str
    cells: tuple[str, ...]
    aim: str = ""


@dataclass(frozen=True)
class Section:
    """Rows that share their columns. The columns stand in a row of their own above them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def markdown(sections: Sequence[Section]) -> str:
    """Write all sections as one table."""
    width = max((len(section.columns) for section in sections), default=0)
    lines = [["", *[""] * width, ""], ["---", *["---:"] * width, "---"]]
    for section in sections:
        lines.append([f"**{section.title}**", *_filled([f"*{each}*" for each in section.columns], width), "*aim*"])
        lines += [[row.title, *_filled(row.cells, width), row.aim] for row in section.rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '∣') for cell in line)} |" for line in lines)


def _filled(cells: Sequence[str], width: int) -> Iterable[str]:
    return chain(cells, [""] * (width - len(cells)))


def times(ratio: float | None) -> str:
    """Write a ratio: `3.4 ×`, `47 ×`."""
    if ratio is None:
        return NOTHING
    return f"{ratio:.2f} ×" if ratio < 2 else f"{ratio:.1f} ×" if ratio < 20 else f"{ratio:,.0f} ×"


def seconds(value: float | None) -> str:
    """Write a time: `23 ms`, `1.4 s`."""
    if value is None:
        return NOTHING
    return f"{value * 1000:.1f} ms" if value < 0.01 else f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def size(value: float | None) -> str:
    """Write bytes: `412 KB`, `1.3 GB`."""
    if value is None:
        return NOTHING
    for unit, least in (("GB", 1e9), ("MB", 1e6)):
        if value >= least:
            return f"{value / least:,.1f} {unit}" if value < 10 * least else f"{value / least:,.0f} {unit}"
    return f"{value / 1e3:,.0f} KB"


def of_runs(cell: str, runs: int) -> str:
    """Say how many runs a cell is the median of where they are few."""
    return cell if runs >= _LEAST_RUNS else f"{cell} ({runs} run{'s' if runs > 1 else ''})"


def replace(file: Path, text: str) -> None:
    """Put the text between the markers of a file. Raises PlaceError when they are not there."""
    whole = file.read_text(encoding="utf-8")
    begin, end = whole.find(BEGIN), whole.find(END)
    if begin < 0 or end < begin:
        raise PlaceError(f"{file} has no {BEGIN} … {END}")
    file.write_text(f"{whole[: begin + len(BEGIN)]}\n{text}\n{whole[end:]}", encoding="utf-8")
