"""The tables of a history, and its rows as plain data and back. A newer version is refused, see `check`.

Rows are only ever appended. A run is written as the rows of its findings, then its own row, which makes them count:
all share an `entry`, a name that is used once. Who stops in between leaves findings that nobody reads.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any, Final, TypeVar

from snapdiff.analysis.model import ChainNode, Frame, Law, LedgerKind, Verdict
from snapdiff.analysis.past import Note, Origin, Owned, PastFinding, PastRun
from snapdiff.history.vectors import SIZE, vector

if TYPE_CHECKING:
    import pyarrow as pa

#: Raised when an older snapdiff could not read what is written, or would understand it wrongly.
VERSION: Final = 1
_MARK: Final = b"snapdiff.history"

RUNS: Final = "runs"
FINDINGS: Final = "findings"
NOTES: Final = "notes"

Row = dict[str, Any]
_T = TypeVar("_T")


class HistoryError(Exception):
    """The history cannot be had, read or written; the message says why, in one sentence."""


def schema(table: str) -> pa.Schema:
    """Return the Arrow schema of a table."""
    import pyarrow as pa

    text, number, real, yes = pa.string(), pa.int64(), pa.float64(), pa.bool_()
    owned = pa.struct([("owner", text), ("name", text), ("kind", text), ("bytes", number)])
    frames = pa.list_(pa.struct([("file", text), ("line", number), ("function", text)]))
    columns: dict[str, list[tuple[str, Any]]] = {
        RUNS: [
            ("entry", text), ("id", text), ("target", text), ("started", text), ("added", text), ("commit", text),
            ("changed", yes), ("branch", text), ("machine", text), ("service", text), ("verdict", text),
            ("sentence", text), ("complete", yes), ("tells_absence", yes), ("ended", text), ("python", text),
            ("snapdiff", text), ("plan", pa.list_(number)), ("trace", text), ("calls", number), ("objects", number),
            ("objects_per_call", real), ("rss", number), ("uss", number),
            ("ledger", pa.list_(owned)), ("suppressed", pa.list_(text)),
        ],
        FINDINGS: [
            ("entry", text), ("number", number), ("fingerprint", text), ("verdict", text), ("law", text),
            ("domain", text), ("type", text), ("other_types", pa.list_(text)), ("container", text),
            ("container_type", text), ("chain", pa.list_(pa.struct([("label", text), ("type", text)]))),
            ("born_at", frames), ("grown_at", frames), ("waits_at", frames), ("kinds", pa.list_(text)),
            ("unit", text), ("rate", real), ("bytes_per_call", real),
            ("share_bytes", number), ("sentence", text), ("vector", pa.list_(pa.float32(), SIZE)),
        ],
        NOTES: [("fingerprint", text), ("at", text), ("ticket", text), ("fixed_in", text), ("text", text)],
    }  # fmt: skip
    return pa.schema(columns[table], metadata={_MARK: str(VERSION).encode()})


def check(kind: str, found: pa.Schema, place: str) -> None:
    """Raise HistoryError where a table is not of a history, or of a newer one than this snapdiff can read."""
    expected = schema(kind)
    mark = (found.metadata or {}).get(_MARK, b"")
    if not mark.isdigit():
        raise HistoryError(f"{place} is a LanceDB database of something else, not a history of snapdiff.")
    if int(mark) > VERSION:
        raise HistoryError(
            f"{place} was written by a newer snapdiff (history format {int(mark)}; this one knows {VERSION}). "
            "Upgrade with: pip install --upgrade snapdiff-leaks"
        )
    if {field.name: field.type for field in found} != {field.name: field.type for field in expected}:
        raise HistoryError(
            f"{place} has a table of {kind} with other columns than snapdiff's: something else wrote it."
        )


def run_row(run: PastRun, entry: str) -> Row:
    """Return the row of a run, without its findings."""
    row = asdict(run)
    del row["findings"]
    return {"entry": entry, **row.pop("origin"), **row}


def finding_rows(run: PastRun, entry: str) -> list[Row]:
    """Return the rows of a run's findings."""
    return [
        {"entry": entry, "number": number, **asdict(finding), "vector": vector(finding)}
        for number, finding in enumerate(run.findings)
    ]


def note_row(note: Note) -> Row:
    """Return the row of a note."""
    return asdict(note)


def read_run(row: Row, findings: Sequence[Row]) -> PastRun:
    """Return a run from its row and those of its findings. Raises HistoryError."""
    origin = Origin(**{each.name: row[each.name] for each in fields(Origin)})
    _finite(row["objects_per_call"] or 0)
    rest = {each.name: row[each.name] for each in fields(PastRun) if each.name not in ("origin", "findings")}
    return _plain(
        lambda: PastRun(
            **rest | {
                "origin": origin,
                "verdict": Verdict(row["verdict"]),
                "plan": tuple(row["plan"]),
                "ledger": tuple(Owned(**{**owned, "kind": LedgerKind(owned["kind"])}) for owned in row["ledger"]),
                "findings": tuple(read_finding(each) for each in sorted(findings, key=lambda each: each["number"])),
                "suppressed": tuple(row["suppressed"]),
            }
        )
    )  # fmt: skip


def read_finding(row: Row) -> PastFinding:
    """Return a finding from its row. Raises HistoryError."""
    _finite(row["rate"], row["bytes_per_call"])
    rest = {each.name: row[each.name] for each in fields(PastFinding)}
    return _plain(
        lambda: PastFinding(
            **rest | {
                "verdict": Verdict(row["verdict"]),
                "law": Law(row["law"]),
                "other_types": tuple(row["other_types"]),
                "chain": tuple(ChainNode(**node) for node in row["chain"]),
                "born_at": tuple(Frame(**frame) for frame in row["born_at"]),
                "grown_at": tuple(Frame(**frame) for frame in row["grown_at"]),
                "waits_at": tuple(Frame(**frame) for frame in row["waits_at"]),
                "kinds": tuple(row["kinds"]),
            }
        )
    )  # fmt: skip


def read_note(row: Row) -> Note:
    """Return a note from its row."""
    return Note(**{each.name: row[each.name] for each in fields(Note)})


def _finite(*rates: float | None) -> None:
    if not all(rate is not None and math.isfinite(rate) for rate in rates):
        raise HistoryError("The history holds a rate that is no number.")


def _plain(make: Callable[[], _T]) -> _T:
    """Make plain data of a row that anyone with access to the store may have written."""
    try:
        return make()
    except (TypeError, ValueError) as error:
        raise HistoryError(f"The history holds a row that no snapdiff has written: {error}.") from error
