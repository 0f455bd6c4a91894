"""Rows become tables without pandas, and exactly those that pyarrow makes of them."""

import math

import pyarrow as pa
import pytest

from snapdiff.recording import schema
from snapdiff.recording.rows import table, utf8

COLUMNS = pa.schema([("text", pa.string()), ("number", pa.int64()), ("real", pa.float64()), ("flag", pa.bool_())])


@pytest.mark.parametrize(
    "row",
    [
        {"text": 'naïve 漢字 🥡 \u2028 \x00 \x1b[31m "\\ 2026-11-26T00:00:00Z', "number": 2**63 - 1, "real": 0.1 + 0.2},
        {"text": "12", "number": -(2**63), "real": 5, "flag": True},
        {"text": "", "number": None, "real": -math.inf, "flag": False},
        {"text": "x" * 3_000_000, "real": 5e-324},
        {},
    ],
    ids=["characters", "numbers", "nothing", "longer than a block", "empty"],
)
def test_a_row_is_what_pyarrow_makes_of_it(row):
    assert pa.Table.from_pylist([row, {"number": 1}], COLUMNS) == table([row, {"number": 1}], COLUMNS)


def test_lists_and_chains_are_what_pyarrow_makes_of_them():
    step = {"label": ".kept", "type": "dict"}
    causes = [{"cause": 1, "chain": [step, {**step, "type": None}]}, {"cause": 2, "chain": []}, {"cause": 3}]
    columns = schema.tables()["causes"]
    assert pa.Table.from_pylist(causes, columns) == table(causes, columns)
    paths = [{"node": 1, "falls": [0, 1, 2]}, {"node": 2, "falls": []}]
    columns = schema.tables()["paths"]
    assert pa.Table.from_pylist(paths, columns) == table(paths, columns)


def test_no_rows_are_a_table_with_its_columns():
    assert all(pa.Table.from_pylist([], columns) == table([], columns) for columns in schema.tables().values())


@pytest.mark.parametrize("row", [{"number": "1"}, {"number": 1.5}, {"number": 2**63}, {"flag": 1}, {"other": 1}])
def test_a_value_of_another_type_or_column_is_refused(row):
    with pytest.raises(pa.ArrowInvalid):
        table([row], COLUMNS)


def test_half_a_surrogate_pair_becomes_the_replacement_character():
    assert "caf\ufffd 🥡".encode() == utf8("caf\udce9 🥡")
    assert ["\ufffda"] == table([{"text": "\ud83ea"}], COLUMNS)["text"].to_pylist()
