"""A history in LanceDB: a local folder, or an object store that many machines write to at the same time.

Rows are only appended, which LanceDB lets any number of writers do at once: who commits second is put on top of who
came first, or is told to try again and does. Two that add the same recording at the same moment both may; whoever reads
takes the first. So nothing is lost, and nothing is there twice.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from snapdiff.analysis.past import Note, PastFinding, PastRun
from snapdiff.history import tables
from snapdiff.history.tables import FINDINGS, NOTES, RUNS, HistoryError, Row
from snapdiff.history.vectors import vector

if TYPE_CHECKING:
    from lancedb.table import Table

#: Tries of a write that came second. Each waits up to twice as long as the one before, all together about a minute.
_TRIES: Final = 12
_FIRST_WAIT: Final = 0.02
#: What Lance says when somebody else committed first; everything else is not mended by trying again.
_CAME_SECOND: Final = ("commit conflict", "conflict", "too many concurrent writers", "retry", "already exists")
_NO_TABLE: Final = ("not found", "does not exist", "no such file")

#: Files of rows from which on a table is compacted. 150 runs of one row took 2.6 MB in 151 files, and 0.1 MB in one.
_MANY_FILES: Final = 64
#: How long versions from before are kept: a reader that has begun is done by then.
_KEEP_VERSIONS: Final = timedelta(days=1)

_T = TypeVar("_T")


class Store:
    """A history at `place`: a folder, or any URI that LanceDB takes (`s3://…`, `gs://…`, `az://…`)."""

    def __init__(self, place: str) -> None:
        """Connect; nothing is made before something is added. Raises HistoryError."""
        try:
            import lancedb
        except ImportError:
            raise HistoryError(
                "The history needs LanceDB, which is not installed. "
                "Install it with: pip install 'snapdiff-leaks[history]'"
            ) from None
        self.place = place
        # LanceDB makes the folder of a local history when it connects; who only looks must leave nothing behind.
        self._local = Path(place) if "://" not in place else None
        self._connection: Any = None
        self._connect = lambda: lancedb.connect(place)

    def add(self, run: PastRun) -> bool:
        """Remember a run; return False where it is remembered already. Raises HistoryError."""
        runs = self._table(RUNS, make=True)
        if self._rows(runs, f"id = {_quoted(run.id)}", ["id"]):
            return False
        entry = uuid.uuid4().hex
        findings = self._table(FINDINGS, make=True)
        # The findings first: a run whose row is there is whole.
        self._append(findings, tables.finding_rows(run, entry))
        self._append(runs, [tables.run_row(run, entry)])
        self._compact(runs)
        self._compact(findings)
        return True

    def note(self, note: Note) -> None:
        """Write something down about a cause. Raises HistoryError."""
        notes = self._table(NOTES, make=True)
        self._append(notes, [tables.note_row(note)])

    def runs(self, target: str | None = None) -> list[PastRun]:
        """Return all runs, or those of a target. Raises HistoryError."""
        return self._whole(self._live("true" if target is None else f"target = {_quoted(target)}"))

    def runs_with(self, fingerprint: str) -> list[PastRun]:
        """Return the runs that have a cause. Raises HistoryError."""
        return self._runs_of(self._rows(self._table(FINDINGS), f"fingerprint = {_quoted(fingerprint)}", ["entry"]))

    def fingerprints(self, beginning: str) -> list[str]:
        """Return the fingerprints that begin with some characters. Raises HistoryError."""
        rows = self._rows(self._table(FINDINGS), f"starts_with(fingerprint, {_quoted(beginning)})", ["fingerprint"])
        return sorted({row["fingerprint"] for row in rows})

    def notes(self) -> list[Note]:
        """Return everything that was written down. Raises HistoryError."""
        return [tables.read_note(row) for row in self._rows(self._table(NOTES), "true")]

    def nearest(self, finding: PastFinding, most: int) -> list[tuple[str, float]]:
        """Return the fingerprints of other causes like this one, and the cosine to the nearest of each.

        At most `most`, the nearest first. Raises HistoryError.
        """
        table = self._table(FINDINGS)
        if table is None:
            return []
        wanted = vector(finding)
        found: dict[str, float] = {}
        # A cause of a thousand runs is there a thousand times: what was found is asked for no more.
        while len(found) < most:
            known = ", ".join(_quoted(name) for name in (finding.fingerprint, *found))
            query: Any = table.search(wanted)
            query = query.distance_type("cosine").where(f"fingerprint NOT IN ({known})", prefilter=True).limit(most)
            rows = _told(query.select(["fingerprint", "_distance"]).to_list, self.place)
            if not rows:
                break
            for row in rows:
                found.setdefault(row["fingerprint"], 1 - float(row["_distance"]))
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]

    def _live(self, condition: str, columns: Sequence[str] | None = None) -> list[Row]:
        """Return the rows of runs, each recording's first entry."""
        rows = self._rows(self._table(RUNS), condition, columns)
        rows.sort(key=lambda row: (row["added"], row["entry"]))
        first: dict[str, Row] = {}
        for row in rows:
            first.setdefault(row["id"], row)
        return list(first.values())

    def _runs_of(self, findings: Sequence[Row]) -> list[PastRun]:
        entries = sorted({row["entry"] for row in findings})
        if not entries:
            return []
        rows = self._rows(self._table(RUNS), f"entry IN ({', '.join(map(_quoted, entries))})", ["id"])
        ids = sorted({row["id"] for row in rows})
        live = self._live(f"id IN ({', '.join(map(_quoted, ids))})") if ids else []
        return self._whole([row for row in live if row["entry"] in entries])

    def _whole(self, rows: Sequence[Row]) -> list[PastRun]:
        """Return runs from their rows, with their findings."""
        if not rows:
            return []
        entries = ", ".join(_quoted(row["entry"]) for row in rows)
        names = [name for name in tables.schema(FINDINGS).names if name != "vector"]
        of_entry: dict[str, list[Row]] = {}
        for found in self._rows(self._table(FINDINGS), f"entry IN ({entries})", names):
            of_entry.setdefault(found["entry"], []).append(found)
        return [tables.read_run(row, of_entry.get(row["entry"], ())) for row in rows]

    def _table(self, name: str, *, make: bool = False) -> Table | None:
        """Return a table, None where there is none and none is to be made."""
        if self._connection is None:
            if self._local is not None and not make and not self._local.is_dir():
                return None
            self._connection = _told(self._connect, self.place)
        table: Table | None
        try:
            table = self._connection.open_table(name)
        except Exception as error:
            if not any(words in str(error).lower() for words in _NO_TABLE):
                raise HistoryError(_sentence(error, self.place)) from error
            if not make:
                return None
            # Somebody else may make it at this moment: then that one is opened.
            table = _patiently(
                lambda: self._connection.create_table(name, schema=tables.schema(name), exist_ok=True), self.place
            )
        tables.check(table.schema, self.place)
        return table

    def _append(self, table: Table | None, rows: Sequence[Row]) -> None:
        import pyarrow as pa

        if table is not None and rows:
            batch = pa.Table.from_pylist(list(rows), schema=tables.schema(table.name))
            _patiently(lambda: table.add(batch), self.place)

    def _rows(self, table: Table | None, condition: str, columns: Sequence[str] | None = None) -> list[Row]:
        if table is None:
            return []
        query = table.search().where(condition)
        if columns is not None:
            query = query.select(list(columns))
        rows: list[Row] = _told(query.to_list, self.place)
        return rows

    def _compact(self, table: Table | None) -> None:
        """Put many small files together. Somebody else may be at it; the next one that adds tries again."""
        if table is None:
            return
        try:
            stats: Any = table.stats()
            if stats["fragment_stats"]["num_small_fragments"] >= _MANY_FILES:
                table.optimize(cleanup_older_than=_KEEP_VERSIONS)
        except Exception:  # noqa: S110
            # The run is remembered; how tidily is no reason to fail.
            pass


def now() -> str:
    """Return this moment as the history writes it: UTC, ISO 8601, with microseconds, so that texts sort in time."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _quoted(text: str) -> str:
    """Return anyone's text as a literal of SQL, which knows no other escape than this."""
    return "'" + text.replace("'", "''") + "'"


def _patiently(write: Callable[[], _T], place: str) -> _T:
    """Write, again and again while others come first. Raises HistoryError."""
    for attempt in range(_TRIES):
        try:
            return write()
        except Exception as error:
            if attempt == _TRIES - 1 or not any(words in str(error).lower() for words in _CAME_SECOND):
                raise HistoryError(_sentence(error, place)) from error
            # Writers that collided once do not wait for the same time.
            time.sleep(_FIRST_WAIT * 2**attempt * (0.5 + random.random() / 2))  # noqa: S311
    raise AssertionError("the last try returns or raises")


def _told(read: Callable[[], _T], place: str) -> _T:
    """Read. Raises HistoryError for whatever LanceDB raises: it has no exceptions of its own."""
    try:
        return read()
    except Exception as error:
        raise HistoryError(_sentence(error, place)) from error


def _sentence(error: Exception, place: str) -> str:
    """Say in one line what went wrong; Lance's own words come with its source lines, which tell a reader nothing."""
    words = str(error).split(", /")[0].split("\n")[0].strip().rstrip(".")
    return f"The history at {place} cannot be used: {words or type(error).__name__}."
