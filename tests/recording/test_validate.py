"""What the new tables of a recording must say, and the sentence with which anything else is refused."""

from __future__ import annotations

import pyarrow as pa
import pytest

from snapdiff.analysis import analyze
from snapdiff.recording import read, schema, validate

HUGE = 2**63 - 1


@pytest.fixture
def refused(archive, refusal):
    """Return why a recording with another table is refused, without the words before it."""

    def make(**tables):
        sentence = refusal(archive(**tables))
        assert " is damaged: its table " in sentence
        return sentence.rpartition("its table ")[2]

    return make


@pytest.fixture
def rows(recording):
    """Return a table of rows of which some columns are others, as the last rows of a table."""

    def make(table, *others, instead=False):
        known = recording.tables[table].to_pylist()
        more = [{**known[-1], **other} for other in others]
        return pa.Table.from_pylist(more if instead else known + more, recording.tables[table].schema)

    return make


def test_the_recording_of_these_tests_has_a_row_in_every_new_table(recording):
    new = (
        "paths",
        "path_counts",
        "causes",
        "cause_types",
        "births",
        "grown",
        "alive",
        "garbage",
        "graphs",
        "owners",
        "given_back",
        "domains",
    )
    assert [] == [name for name in new if not recording.tables[name].num_rows]
    assert validate.find_nonsense(recording) is None


# -- domains ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        ({"domain": 2**32}, "domains has domains that tracemalloc cannot have"),
        ({"checkpoint": 999}, "domains refers to a checkpoint that is not there"),
        ({}, "domains has a row twice"),
        ({"blocks": -1}, "domains has a blocks that is no measurement"),
    ],
)
def test_a_domain_that_tracemalloc_cannot_have_is_refused(refused, rows, domain, why):
    assert refused(domains=rows("domains", domain)).startswith(why)


def test_a_recording_has_as_many_domains_as_the_format_allows_and_no_more(archive, refused, rows):
    known = 2
    many = [{"domain": 1000 + number} for number in range(schema.MAX_DOMAINS - known)]
    assert schema.MAX_DOMAINS == len(analyze(read(archive(domains=rows("domains", *many)))).domains)
    assert refused(domains=rows("domains", *many, {"domain": 5})).startswith("domains has domains that")


# -- paths ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "steps",
    [
        [(0, 0)], [(0, 1), (1, 0)], [(0, -1), (1, 2), (2, 3), (3, 1)], [(0, -1), (1, 2), (2, 0)], [(0, -1), (1, 5)],
        [(0, -2)], [(0, -1), (1, -5)], [(0, -(2**53) + 1)], [(7, -1), (3, 7)],
    ],
    ids=["itself", "each other", "a circle", "backwards", "nowhere", "below the root", "far below", "least", "smaller"],
)  # fmt: skip
def test_parents_that_are_no_tree_are_refused(refused, rows, recording, steps):
    paths = rows("paths", *({"node": node, "parent": parent} for node, parent in steps), instead=True)
    counts = recording.tables["path_counts"].slice(0, 0)
    assert "paths is no tree." == refused(paths=paths, path_counts=counts)


def test_steps_in_any_order_are_a_tree(archive, rows, recording):
    steps = [(9, 4), (4, -1), (5, 4), (0, -1)]
    paths = rows("paths", *({"node": node, "parent": parent} for node, parent in steps), instead=True)
    assert (
        4
        == read(archive(paths=paths, path_counts=recording.tables["path_counts"].slice(0, 0))).tables["paths"].num_rows
    )


@pytest.mark.parametrize(
    "falls",
    [
        [], [0], [0, 0], [0, 0, 0, 0], [0] * 1000, [0, 0, -1], [-1, 0, 0], [0, None, 0], [None] * 3, [2**53, 0, 0],
        [0, HUGE, 0], [0, 0, -HUGE],
    ],
)  # fmt: skip
def test_falls_are_three_measurements(refused, changed, falls):
    assert "paths has falls that are no measurement." == refused(paths=changed("paths", "falls", falls, row=-1))


def test_the_largest_fall_is_a_measurement(archive, changed):
    largest = [2**53 - 1] * 3
    found = read(archive(paths=changed("paths", "falls", largest, row=0)))
    assert largest == found.tables["paths"]["falls"][0].as_py()


# -- references -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("path_counts", "node"), ("path_counts", "checkpoint"), ("cause_types", "cause"), ("births", "stack"),
        ("grown", "stack"), ("grown", "cause"), ("alive", "file"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("number", [999, 2**53 - 1])
def test_references_that_lead_nowhere_are_refused(refused, changed, table, column, number):
    assert f"{table} refers to a {column} that is not there." == refused(
        **{table: changed(table, column, number, row=-1)}
    )


@pytest.mark.parametrize(("table", "column"), [("births", "cause"), ("graphs", "cause"), ("causes", "cause")])
def test_what_is_told_of_a_cause_that_is_not_there_is_nobodys(archive, recording, rows, table, column):
    # The agent may have looked at more than it could name in the end.
    found = analyze(read(archive(**{table: rows(table, {column: 999_999})})))
    assert analyze(recording).findings == found.findings


# -- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("paths", "node"), ("path_counts", "objects"), ("path_counts", "bytes"), ("path_counts", "entries"),
        ("causes", "containers"), ("causes", "entries"), ("causes", "bound"), ("causes", "share"), ("causes", "alone"),
        ("causes", "survivors"), ("cause_types", "survivors"), ("births", "count"), ("grown", "count"),
        ("alive", "objects"), ("garbage", "objects"), ("garbage", "calls"), ("checkpoints", "collected"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [-1, 2**53, HUGE])
def test_counts_and_sizes_below_nothing_or_beyond_everything_are_refused(refused, changed, table, column, value):
    assert f"{table} has a {column} that is no measurement." == refused(
        **{table: changed(table, column, value, row=-1)}
    )


@pytest.mark.parametrize(
    ("table", "column"),
    [
        (table, column)
        for table in ("paths", "path_counts", "causes", "cause_types", "births", "grown", "alive", "garbage", "graphs")
        for column in schema.tables()[table].names
        if table != "causes" or column not in ("path", "holder_type", "entries", "bound", "share", "alone", "partner")
    ],
)  # fmt: skip
def test_columns_without_a_value_are_refused(refused, changed, table, column):
    assert f"{table} has no {column} in some row." == refused(**{table: changed(table, column, None, row=0)})


@pytest.mark.parametrize("column", ["entries", "bound", "share", "alone", "partner"])
def test_what_could_not_be_measured_of_a_cause_may_be_missing(archive, changed, column):
    assert read(archive(causes=changed("causes", column, None))).tables["causes"][column].null_count == 3


@pytest.mark.parametrize("column", ["path", "holder_type"])
def test_a_cause_has_a_path_and_a_type_unless_native_code_holds_it(refused, changed, column):
    expected = f"causes has no {column} in some row, or one of native code."
    assert expected == refused(causes=changed("causes", column, None, row=0))
    assert expected == refused(causes=changed("causes", column, "app.Item"))


@pytest.mark.parametrize("step", [None, {"label": None, "type": "dict"}, {"label": ".x", "type": None}])
def test_a_chain_with_a_step_that_has_no_name_or_type_is_refused(refused, changed, step):
    chain = [{"label": "module app", "type": "module"}, step]
    assert "causes has a broken chain." == refused(causes=changed("causes", "chain", chain, row=0))


# -- rows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["paths", "path_counts", "causes", "alive", "garbage"])
def test_a_row_that_is_there_twice_is_refused(refused, rows, table):
    assert f"{table} has a row twice." == refused(**{table: rows(table, {})})


def test_more_causes_than_any_program_has_are_refused(refused, rows):
    many = rows("causes", *({"cause": -10 - number} for number in range(10_000)))
    assert "causes is too long." == refused(causes=many)


@pytest.mark.parametrize(
    "extra",
    [[0, 0, 0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1, 0, 0, 0], [1] + [0] * 9,
     [0, 0, 1] + [0] * 7, [1] * 10],
)  # fmt: skip
def test_an_extra_round_before_a_planned_one_is_refused(refused, recording, extra):
    table = recording.tables["checkpoints"]
    at = table.column_names.index("extra")
    spoiled = table.set_column(at, "extra", pa.array(list(map(bool, extra))))
    assert "checkpoints has an extra round before a planned one." == refused(checkpoints=spoiled)


def test_extra_rounds_come_last_in_the_order_of_ids_wherever_their_rows_are(archive, recording):
    table = recording.tables["checkpoints"]
    turned = table.take(pa.array(range(table.num_rows - 1, -1, -1)))
    assert table.num_rows == read(archive(checkpoints=turned)).tables["checkpoints"].num_rows


# -- the second plan --------------------------------------------------------------------------------------


def as_series(recording, names):
    """Return the checkpoints with other series, in the order of their ids."""
    table = recording.tables["checkpoints"].sort_by("id")
    named = [names(position, row["series"]) for position, row in enumerate(table.to_pylist())]
    return table.set_column(table.schema.get_field_index("series"), "series", pa.array(named))


def test_a_second_plan_after_the_first_is_read_and_analysed(archive, recording, rows):
    last = recording.tables["checkpoints"].sort_by("id").to_pylist()[-1]
    second = [
        {**last, "id": last["id"] + at, "series": "traced", "number": at - 1, "extra": False, "sub": False}
        for at in (1, 2)
    ]
    found = read(archive(checkpoints=rows("checkpoints", *second)))
    assert "second plan" == analyze(found).method.traced


def test_a_second_plan_before_the_end_of_the_first_is_refused(refused, recording):
    early = as_series(recording, lambda position, series: "traced" if position == 1 else series)
    assert "checkpoints has a traced plan before the end of the first." == refused(checkpoints=early)


def test_a_second_plan_without_a_first_is_refused(refused, recording):
    alone = as_series(recording, lambda position, series: "control" if position == 0 else "traced")
    assert "checkpoints has a traced plan before the end of the first." == refused(checkpoints=alone)
