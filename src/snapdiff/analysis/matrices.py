"""Tables of a recording as numbers per round: the first and only place that reads its columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from snapdiff.analysis.growth import Span
from snapdiff.recording import Recording


@dataclass(frozen=True)
class Series:
    """The checkpoints of one series, without sub-checkpoints.

    `checkpoints` has one row each, in order; round i lies between rows i and i + 1.
    """

    checkpoints: pd.DataFrame
    spans: tuple[Span, ...]

    @property
    def ids(self) -> list[int]:
        """Ids of the checkpoints."""
        return [int(number) for number in self.checkpoints["id"]]

    def growth(self, column: str) -> list[int]:
        """What each round added to a counter; 0 where it was not measured."""
        values = self.checkpoints[column].fillna(0)
        return [int(value) for value in values.diff().iloc[1:]]


class Matrices:
    """Growth per round of types and lines."""

    def __init__(self, recording: Recording) -> None:
        self._tables = {name: table.to_pandas() for name, table in recording.tables.items()}
        checkpoints = self._tables["checkpoints"].sort_values("id", kind="stable")
        self.control = _series(checkpoints, "control")
        self.workload = _series(checkpoints, "workload")
        self.traced_control = _series(checkpoints, "traced control")
        self.has_traced_plan = bool((checkpoints["series"] == "traced").any())
        self.traced = _series(checkpoints, "traced") if self.has_traced_plan else self.workload
        """The rounds that lines are judged on: of the second plan, where there was one."""
        self.all_checkpoints = checkpoints
        options = recording.manifest.get("options", {})
        self.trace_depth = int(options.get("trace_depth", 0))
        """Frames of a traceback that were recorded at most."""
        self.called = "" if options.get("rpc") else str(options.get("target", "")).rpartition(":")[2]
        """The function that each call begins with, if that is known; of a method with its class."""

    def table(self, name: str) -> pd.DataFrame:
        """Return a table as it is."""
        found: pd.DataFrame = self._tables[name]
        return found

    @property
    def is_traced(self) -> bool:
        """True where allocations were traced from the first checkpoint of `traced` to the last."""
        rows = self.traced.checkpoints
        return len(rows) > 0 and bool(rows["traced_bytes"].notna().all())

    def types(self, column: str, series: Series) -> pd.DataFrame:
        """Return growth per round (columns 0, 1, …) of `objects` or `bytes`, one row a type that changed."""
        types = self._tables["types"]
        return _growth(types, ["type"], column, series.ids)

    def lines(self, column: str, series: Series) -> pd.DataFrame:
        """Return growth per round of `blocks` or `bytes` per allocation line (file number, line)."""
        traces = self._tables["traces"]
        stacks = self._tables["stacks"]
        tops = stacks[stacks["depth"] == 0].set_index("stack")[["file", "line"]]
        return _growth(traces.join(tops, on="stack", how="inner"), ["file", "line"], column, series.ids)

    def outside(self, memory: str) -> pd.Series:
        """Return what calls gained outside the Python heap of one kind of memory, in bytes by checkpoint."""
        table = self._tables["outside"]
        gained: pd.Series = table[table["memory"] == memory].set_index("checkpoint")["gained"]
        return gained

    def total_curve(self) -> list[tuple[int, int]]:
        """Return (calls so far, all objects); sub-checkpoints only where all growth was of tracked objects."""
        checkpoints = self.all_checkpoints
        full = self.workload.checkpoints
        offset = (full["objects"] - full["tracked"]).round()
        same = offset.nunique() <= 1
        values = {}
        for row in records(checkpoints):
            if not row.sub:
                values[int(row.id)] = int(row.objects)
            elif same and len(offset):
                values[int(row.id)] = int(row.tracked) + int(offset.iloc[-1])
        return _curve(checkpoints, values)


def records(table: pd.DataFrame) -> list[Any]:
    """Return a table's rows as named tuples."""
    return list(table.itertuples())


def _series(checkpoints: pd.DataFrame, name: str) -> Series:
    rows = checkpoints[(checkpoints["series"] == name) & ~checkpoints["sub"]].reset_index(drop=True)
    spans = tuple(Span(max(1, int(row.iterations)), bool(row.extra)) for row in records(rows.iloc[1:]))
    return Series(rows, spans)


def _growth(rows: pd.DataFrame, keys: list[str], column: str, ids: list[int]) -> pd.DataFrame:
    """Return differences between following checkpoints, one row a key that changed, columns 0, 1, …"""
    chosen = rows[rows["checkpoint"].isin(ids)]
    table = chosen.groupby([*keys, "checkpoint"])[column].sum().unstack(fill_value=0)
    growth = table.reindex(columns=ids, fill_value=0).diff(axis=1).iloc[:, 1:].astype("int64")
    growth.columns = pd.RangeIndex(growth.shape[1])
    return growth[(growth != 0).any(axis=1)]


def _curve(checkpoints: pd.DataFrame, values: dict[int, int]) -> list[tuple[int, int]]:
    rows = checkpoints[checkpoints["series"] == "workload"]
    full = [values.get(int(row.id), 0) for row in records(rows) if not row.sub]
    curve: list[tuple[int, int]] = []
    seen = 0
    for row in records(rows):
        value = values.get(int(row.id), 0)
        if not row.sub:
            seen += 1
        elif not seen or seen >= len(full) or not full[seen - 1] <= value <= full[seen]:
            continue
        curve.append((int(row.total), value - (full[0] if full else 0)))
    return curve
