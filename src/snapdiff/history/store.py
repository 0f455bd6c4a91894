"""A history in LanceDB: a local folder, or an object store that many machines write to at the same time.

Rows are only appended, which LanceDB lets any number of writers do at once: who commits second is put on top of who
came first, or is told to try again and does. Two that add the same recording at the same moment both may; whoever reads
takes the first. So nothing is lost, and nothing is there twice. Only making a table is not safe, see `_make`.
"""

from __future__ import annotations

import random
import re
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
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
_CAME_SECOND: Final = ("conflict", "too many concurrent writers", "retry")
#: What it says of a table that is not there, or not yet.
_NOT_YET: Final = ("not found", "does not exist", "no such file")
#: A condition that no row meets.
_NONE: Final = "false"

#: Files of rows from which on a table is compacted. 150 runs of one row took 2.6 MB in 151 files, and 0.1 MB in one.
_MANY_FILES: Final = 64
#: How long versions from before are kept: a reader that has begun is done by then.
_KEEP_VERSIONS: Final = timedelta(days=1)

#: A reason inside what Lance raises, which is a page of its own structures and source files.
_REASON: Final = re.compile(r'<Message>([^<]+)</Message>|message: "([^"]+)"')
_MOST_TEXT: Final = 200

_T = TypeVar("_T")


class Store:
    """A history at `place`: a folder, or any URI that LanceDB takes (`s3://…`, `gs://…`, `az://…`)."""

    def __init__(self, place: str) -> None:
        """Look for LanceDB; nothing is read or made yet. Raises HistoryError."""
        try:
            import lancedb
        except ImportError:
            raise HistoryError(
                "The history needs LanceDB, which is not installed. "
                "Install it with: pip install 'snapdiff-leaks[history]'"
            ) from None
        self.place = place
        # LanceDB makes the folder of a local history when it connects; who only looks must leave nothing behind.
        self._folder = None if "://" in place else Path(place)
        self._connection: Any = None
        self._connect = lambda: lancedb.connect(place)

    def add(self, run: PastRun) -> bool:
        """Remember a run; return False where it is remembered already. Raises HistoryError."""
        if self._rows(RUNS, f"id = {_quoted(run.id)}", ["id"]):
            return False
        entry = uuid.uuid4().hex
        # The findings first: a run whose row is there is whole.
        self._append(FINDINGS, tables.finding_rows(run, entry))
        self._append(RUNS, [tables.run_row(run, entry)])
        return True

    def note(self, note: Note) -> None:
        """Write something down about a cause. Raises HistoryError."""
        self._append(NOTES, [tables.note_row(note)])

    def runs(self, target: str | None = None) -> list[PastRun]:
        """Return all runs, or those of a target. Raises HistoryError."""
        return self._whole(self._live("true" if target is None else f"target = {_quoted(target)}"))

    def runs_with(self, fingerprints: Sequence[str]) -> list[PastRun]:
        """Return the runs that have any of some causes. Raises HistoryError."""
        entries = {row["entry"] for row in self._rows(FINDINGS, _is_in("fingerprint", fingerprints), ["entry"])}
        ids = {row["id"] for row in self._rows(RUNS, _is_in("entry", entries), ["id"])}
        return self._whole([row for row in self._live(_is_in("id", ids)) if row["entry"] in entries])

    def fingerprints(self, beginning: str) -> list[str]:
        """Return the fingerprints that begin with some characters. Raises HistoryError."""
        rows = self._rows(FINDINGS, f"starts_with(fingerprint, {_quoted(beginning)})", ["fingerprint"])
        return sorted({row["fingerprint"] for row in rows})

    def notes(self) -> list[Note]:
        """Return everything that was written down. Raises HistoryError."""
        return [tables.read_note(row) for row in self._rows(NOTES, "true")]

    def nearest(self, finding: PastFinding, most: int) -> list[tuple[str, float]]:
        """Return the fingerprints of other causes like this one, and the cosine to the nearest of each.

        At most `most`, the nearest first. Raises HistoryError.
        """
        wanted = vector(finding)
        found: dict[str, float] = {}
        for table in self._tables(FINDINGS):
            here: set[str] = set()
            # A cause of a thousand runs is there a thousand times: what was found is asked for no more.
            while len(here) < most:
                query: Any = table.search(wanted)
                query = query.distance_type("cosine").where(
                    f"NOT {_is_in('fingerprint', [finding.fingerprint, *here])}", prefilter=True
                )
                rows = _told(query.select(["fingerprint", "_distance"]).limit(most).to_list, self.place)
                if not rows:
                    break
                for row in rows:
                    name, likeness = row["fingerprint"], 1 - float(row["_distance"])
                    here.add(name)
                    found[name] = max(likeness, found.get(name, -1.0))
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]

    def _live(self, condition: str) -> list[Row]:
        """Return the rows of runs, each recording's first entry."""
        rows = self._rows(RUNS, condition)
        rows.sort(key=lambda row: (row["added"], row["entry"]))
        first: dict[str, Row] = {}
        for row in rows:
            first.setdefault(row["id"], row)
        return list(first.values())

    def _whole(self, rows: Sequence[Row]) -> list[PastRun]:
        """Return runs from their rows, with their findings."""
        names = [name for name in tables.schema(FINDINGS).names if name != "vector"] if rows else []
        of_entry: dict[str, list[Row]] = {}
        for found in self._rows(FINDINGS, _is_in("entry", [row["entry"] for row in rows]), names):
            of_entry.setdefault(found["entry"], []).append(found)
        return [tables.read_run(row, of_entry.get(row["entry"], ())) for row in rows]

    def _rows(self, kind: str, condition: str, columns: Sequence[str] | None = None) -> list[Row]:
        rows: list[Row] = []
        for table in [] if condition == _NONE else self._tables(kind):
            query = table.search().where(condition)
            rows += _told((query.select(list(columns)) if columns is not None else query).to_list, self.place)
        return rows

    def _append(self, kind: str, rows: Sequence[Row]) -> None:
        import pyarrow as pa

        if not rows:
            return
        batch = pa.Table.from_pylist(list(rows), schema=tables.schema(kind))
        table = next(iter(self._tables(kind)), None) or self._make(kind)
        _patiently(lambda: table.add(batch), self.place)
        self._compact(table)

    def _tables(self, kind: str) -> list[Table]:
        """Return the tables of a kind, by name; usually one. Raises HistoryError."""
        if self._connection is None:
            if self._folder is not None and not self._folder.is_dir():
                return []
            self._connection = _told(self._connect, self.place)
        found = []
        for name in sorted(_told(self._names, self.place)):
            if not name.startswith(f"{kind}-"):
                continue
            try:
                table = self._connection.open_table(name)
            except Exception as error:
                if any(words in str(error).lower() for words in _NOT_YET):
                    continue  # somebody is making it at this moment
                raise HistoryError(_sentence(error, self.place)) from error
            tables.check(kind, table.schema, self.place)
            found.append(table)
        return found

    def _names(self) -> list[str]:
        names: list[str] = []
        page = None
        while True:
            answer = self._connection.list_tables(page_token=page)
            names += answer.tables
            page = answer.page_token
            if not page:
                return names

    def _make(self, kind: str) -> Table:
        """Make a table under a name that nobody else will use.

        Two that make one of the same name at the same moment overwrite each other: on object storage LanceDB 0.40 puts
        the second over the first, with the rows that are in it by then. So each makes its own, and whoever comes later
        adds to the first; there are as many as there were machines that began together.
        """
        if self._connection is None:
            self._connection = _told(self._connect, self.place)
        name = f"{kind}-{uuid.uuid4().hex}"
        made: Table = _told(lambda: self._connection.create_table(name, schema=tables.schema(kind)), self.place)
        return made

    def _compact(self, table: Table) -> None:
        """Put many small files together. Somebody else may be at it; the next one that adds tries again."""
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


def _is_in(column: str, values: Iterable[str]) -> str:
    """Return the condition that a column has one of some values."""
    listed = ", ".join(_quoted(value) for value in sorted(values))
    return f"{column} IN ({listed})" if listed else _NONE


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
    """Say in one line what went wrong: what the object store or the system says, of all that Lance tells around it."""
    told = str(error)
    said = _REASON.search(told)
    words = (said[1] or said[2]) if said else re.split(r", /| \{|\n", told)[0]
    words = words[:_MOST_TEXT].strip().rstrip(".")
    return f"The history at {place} cannot be used: {words or type(error).__name__}."
