"""Every cap of the report, in one place, with its reason.

A page is attached to a ticket: it should stay near 300 KB and must stay under 1 MB whatever was recorded.
What a cap removes is always stated on the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class PageCaps:
    """How much of each list, and of each text, goes into a page."""

    types: int
    lines: int
    line_excerpts: int
    """Rows of the lines table that carry highlighted source, at 1 to 2 KB each."""
    findings: int
    rows: int
    """Rows of the tables that are short by nature: audit, ledger, notes, environment, counters."""
    finding_rows: int
    """Entries of a list inside one finding: born at, grown at, callers, chain, reasons, other types."""
    suppressions: int
    """Suppressions that matched, each with some sentences."""
    excerpts: int
    """Excerpts of one finding."""
    text: int
    """Characters of any one text: names of generated types have no bound of their own."""


#: The usual page. A row costs about 500 bytes, and 300 again as data; nobody reads past the second
#: screen of a table, and the rest is summed in one row.
PAGE: Final = PageCaps(
    types=60, lines=60, line_excerpts=12, findings=12, rows=60, finding_rows=12, suppressions=20, excerpts=4, text=600
)

#: The page of last resort, for recordings whose every text is long: 8 findings of at most 40 kB each.
TIGHT_PAGE: Final = PageCaps(
    types=30, lines=30, line_excerpts=0, findings=8, rows=40, finding_rows=4, suppressions=10, excerpts=1, text=120
)

#: Bytes above which a page is made again with the tight caps. Ticket systems and mail still take 1 MB.
PAGE_BYTES: Final = 900_000

#: Causes drawn open; the rest are folded. A reader starts with the worst.
OPEN_CAUSES: Final = 3

#: Causes named beside the verdict, above the fold.
TOP_CAUSES: Final = 3

#: Points of a drawn curve. A chart is about 700 pixels wide: more points than that cannot be seen.
CHART_POINTS: Final = 300

#: Points of a curve as data. Enough to draw it again; a sampler can have taken hundreds of thousands.
DATA_POINTS: Final = 400

#: Lines of an excerpt around its focus, and characters of a line.
EXCERPT_LINES: Final = 15
EXCERPT_COLUMNS: Final = 160

#: Nodes of a drawn graph: above a dozen a graph is no longer read, only looked at. Edges follow from it.
GRAPH_NODES: Final = 12
GRAPH_EDGES: Final = 36

#: Characters of a label in a graph; the whole label stays in the text beside it.
GRAPH_LABEL: Final = 34
GRAPH_EDGE_LABEL: Final = 20

#: Findings of the plain-text summary, and its width: a terminal of 80 columns shows every line of prose whole.
TEXT_FINDINGS: Final = 10
TEXT_WIDTH: Final = 79

#: Characters of a type in a column heading, of a Markdown table and of a text.
MARKDOWN_TYPE: Final = 24
TEXT_TYPE: Final = 11

#: Characters of a Markdown report. A comment on GitHub takes 65,536, and somebody writes something above it.
MARKDOWN_CHARACTERS: Final = 60_000

#: Runs of a side that a comparison lists, and changes that it shows whole.
COMPARED_RUNS: Final = 12
CHANGES: Final = 12

#: What a round takes and gives back is named from this many bytes and this part of resident memory on: less is the
#: coming and going of any call.
PASSING_BYTES: Final = 16 * 1024 * 1024
PASSING_SHARE: Final = 0.1

#: Causes that a trend page shows, each with a chart of 4 kB.
TREND_COURSES: Final = 20

#: Turns from clean to leaking, or back, that are named and marked: a workload that is never sure has many.
TURNS: Final = 3
