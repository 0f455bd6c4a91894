"""A sweep that has the right form and says nonsense: a sentence or a report, never a traceback."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pyarrow as pa
import pytest

from snapdiff.analysis import analyze
from snapdiff.recording import RecordingError, read, schema, write
from snapdiff.report import render
from snapdiff.report.annotations import render_annotations
from snapdiff.report.schema import load_schema

COLUMNS = schema.tables()["sweep"].names


@pytest.fixture
def use(tmp_path):
    """Write a recording, read it again, report it; return the refusal, or None."""

    def use(recording, drawn=True):
        path = tmp_path / "run.snapdiff"
        write(recording, path)
        try:
            found = read(path)
        except RecordingError as error:
            return str(error)
        analysis = analyze(found)
        for form in ("text", "markdown", "junit", "sarif"):
            render(analysis, form)
        render_annotations(analysis)
        if drawn:
            render(analysis, "html")
        jsonschema.validate(json.loads(render(analysis, "json")), load_schema())
        return None

    return use


def changed(recording, column, value, rows):
    table = recording.tables["sweep"]
    values = table[column].to_pylist()
    for row in rows:
        values[row] = value
    kind = table.schema.field(column).type
    spoiled = table.set_column(table.column_names.index(column), column, pa.array(values, kind))
    return replace(recording, tables={**recording.tables, "sweep": spoiled})


def with_sweep(recording, sweep):
    options = {**recording.manifest["options"], "sweep": sweep}
    return replace(recording, manifest={**recording.manifest, "options": options})


@pytest.mark.parametrize("column", COLUMNS)
def test_nulls_and_odd_numbers_are_refused_or_reported(recorded, use, column):
    whole = recorded(peak=lambda n: 72 * n, kept=lambda n: n)
    kind = whole.tables["sweep"].schema.field(column).type
    values = [None]
    if pa.types.is_integer(kind):
        values += [-1, 2**53 - 1]
    elif pa.types.is_floating(kind):
        values += [float("nan"), 2.0**53]
    elif pa.types.is_string(kind):
        values += ["</script>", "workload", "traced"]
    for value in values:
        for rows in ([-1], range(whole.tables["sweep"].num_rows)):
            refused = use(changed(whole, column, value, rows), drawn=len(rows) > 1)
            assert refused is None or "is damaged: " in refused


@pytest.mark.parametrize(
    "sweep",
    [
        {}, [], "n=1,2,3", {"name": "n"}, {"name": "n", "sizes": []}, {"name": "n", "sizes": [3, 2, 1]},
        {"name": "n", "sizes": [0, 1, 2]}, {"name": "n", "sizes": [True, 2, 3]}, {"name": "n", "sizes": [1, 2, 2**60]},
        {"name": "<b>", "sizes": [100, 300]}, {"name": 5, "sizes": [100, 300]},
        {"name": "n", "sizes": list(range(1, 300))},
        {"name": "n", "sizes": [100, 300, 1000, 3000, 10_000], "at": -5},
        {"name": "n", "sizes": [100, 300, 1000, 3000, 10_000], "at": "many"},
    ],
)  # fmt: skip
def test_a_manifest_with_an_odd_sweep_is_refused(recorded, use, sweep):
    assert "its manifest has no proper sweep" in use(with_sweep(recorded(peak=lambda n: n), sweep))


def test_calls_with_sizes_that_nobody_planned_are_refused(recorded, use):
    whole = recorded(peak=lambda n: n)
    assert "its table sweep has a size that was not planned" in use(with_sweep(whole, None))


@pytest.mark.parametrize("at", [1, 2**53 - 1])
def test_any_size_can_be_foretold(recorded, use, at):
    for told in (lambda n: 0, lambda n: 72 * n, lambda n: n * n, lambda n: (n > 500) * 10**7):
        assert use(recorded(peak=told, native=told, at=at)) is None


def test_a_recording_of_version_3_0_has_no_sweep_and_is_read(recorded, tmp_path, monkeypatch):
    path = tmp_path / "old.snapdiff"
    whole = with_sweep(recorded(frames=[{"kind": "loaded"}]), None)
    with monkeypatch.context() as before:
        columns = {name: each for name, each in schema.tables().items() if name != "sweep"}
        before.setattr(schema, "tables", lambda: columns)
        before.setattr(schema, "MINOR", 0)
        write(whole, path)
    found = read(path)
    assert (0, None) == (found.tables["sweep"].num_rows, analyze(found).sweep)
