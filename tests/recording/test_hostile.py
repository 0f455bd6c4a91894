"""A recording that has the right form and says nonsense: a sentence or a report, never a traceback."""

from __future__ import annotations

import random
import struct
import traceback
import zipfile

import pyarrow as pa
import pytest

from snapdiff.recording import RecordingError, read, schema

HUGE = 2**63 - 1
CONTROL_CHARACTERS = "\x00\x1b[31m\u202e\u2028\ufffd</script>{{7*7}}"

COLUMNS = [
    (table, column) for table, columns in schema.tables().items() for column in columns.names if table != "checkpoints"
]
COUNTERS = [
    "id", "series", "number", "sub", "extra", "iterations", "total", "seconds", "call_seconds", "measure_seconds",
    "tracked", "garbage", "settled", "allocated_blocks", "traced_bytes", "objects", "object_bytes",
    "threads", "fds", "rss", "collected",
    "way", "pause_seconds",
]  # fmt: skip


def trouble(use, cases):
    """Use every file; return what went wrong in a line each."""
    found = []
    for name, make in cases:
        try:
            use(make())
        except Exception as error:
            steps = traceback.extract_tb(error.__traceback__)
            place = next((each for each in reversed(steps) if "/snapdiff/" in each.filename), steps[-1])
            at = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
            found.append(f"{name}: {type(error).__name__}: {str(error)[:60]} at {at}")
    return found


# -- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COUNTERS)
def test_a_null_in_a_column_of_the_checkpoints_is_reported_or_refused(use, archive, changed, column):
    make = lambda: archive(checkpoints=changed("checkpoints", column, None, row=-1))  # noqa: E731
    assert [] == trouble(use, [(column, make)])


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_null_in_a_column_of_any_other_table_is_reported_or_refused(use, archive, changed, table, column):
    assert [] == trouble(
        use, [(f"{table}.{column}=null", lambda: archive(**{table: changed(table, column, None, row=0)}))]
    )


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("checkpoints", "seconds", float("nan")), ("checkpoints", "call_seconds", float("inf")),
        ("timeline", "seconds", float("nan")), ("timeline", "rss", -HUGE - 1), ("types", "objects", HUGE),
        ("types", "objects", -5), ("types", "bytes", HUGE), ("types", "type", CONTROL_CHARACTERS),
        ("types", "checkpoint", 999), ("stacks", "file", 999), ("stacks", "line", -1), ("stacks", "line", HUGE),
        ("stacks", "depth", -1), ("traces", "stack", 999), ("traces", "blocks", -HUGE), ("traces", "checkpoint", -1),
        ("domains", "domain", -1), ("domains", "domain", 2**32), ("domains", "domain", HUGE), ("domains", "blocks", 0),
        ("domains", "bytes", -1), ("domains", "bytes", 2**53 - 1), ("domains", "checkpoint", 999),
        ("births", "stack", 999), ("births", "count", 0), ("births", "count", -1), ("births", "count", HUGE),
        ("births", "cause", 999), ("births", "cause", -999), ("births", "type", CONTROL_CHARACTERS),
        ("causes", "cause", -999), ("causes", "bound", -1), ("causes", "bound", 0), ("causes", "survivors", -200),
        ("causes", "survivors", HUGE), ("causes", "path", "\x00</script>"), ("causes", "chain", []),
        ("causes", "chain", [None]), ("causes", "chain", [{"label": None, "type": None}]), ("causes", "chain", None),
        ("causes", "containers", 0), ("causes", "containers", -1), ("causes", "share", 0), ("causes", "alone", HUGE),
        ("causes", "native", True), ("causes", "native", False), ("causes", "path", None), ("causes", "entries", None),
        ("causes", "holder_type", None), ("cause_types", "survivors", 0), ("cause_types", "type", CONTROL_CHARACTERS),
        ("cause_types", "cause", 3), ("cause_types", "cause", 999), ("grown", "count", -1), ("grown", "stack", 999),
        ("grown", "cause", -999), ("alive", "objects", HUGE), ("alive", "line", -HUGE), ("alive", "file", 999),
        ("garbage", "calls", 0), ("garbage", "objects", -1), ("garbage", "type", CONTROL_CHARACTERS),
        ("paths", "parent", 4), ("paths", "parent", -2), ("paths", "parent", -1), ("paths", "node", 0),
        ("paths", "edge", ""), ("paths", "edge", CONTROL_CHARACTERS), ("paths", "edge", "unreached"),
        ("paths", "type", ""), ("paths", "type", "weakref"), ("paths", "falls", []), ("paths", "falls", [0, 0]),
        ("paths", "falls", [0, 0, None]), ("paths", "falls", [HUGE] * 3), ("paths", "falls", None),
        ("path_counts", "objects", 0), ("path_counts", "objects", 2**53 - 1), ("path_counts", "objects", HUGE),
        ("path_counts", "bytes", -1), ("path_counts", "entries", HUGE), ("path_counts", "node", 999),
        ("path_counts", "checkpoint", 0), ("path_counts", "checkpoint", 999),
        ("graphs", "cause", 999), ("graphs", "cause", -1),
        ("graphs", "dot", 'a[label="\x00"];'), ("graphs", "dot", ""), ("files", "file", 0), ("files", "path", "\x00"),
        ("files", "kind", "other"),
    ],
)  # fmt: skip
def test_values_that_make_no_sense_are_reported_or_refused(use, archive, changed, table, column, value):  # noqa: PLR0917
    assert [] == trouble(
        use, [(f"{table}.{column}={value!r:.20}", lambda: archive(**{table: changed(table, column, value)}))]
    )


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("id", [0] * 10), ("id", list(range(9, -1, -1))), ("id", [5, 3, 5, 1, 0, 9, 9, 9, -4, 2]),
        ("iterations", [0] * 10), ("iterations", [-1] * 10), ("iterations", [HUGE] * 10), ("series", ["workload"] * 10),
        ("series", ["neither"] * 10), ("sub", [True] * 10), ("sub", [False] * 10), ("extra", [True] * 10),
        ("extra", [True] * 4 + [False] * 6),
        ("number", [-1] * 10), ("total", [-HUGE] * 10),
    ],
)  # fmt: skip
def test_checkpoints_in_no_order_are_reported_or_refused(use, archive, recording, column, values):
    table = recording.tables["checkpoints"]
    at = table.column_names.index(column)
    spoiled = table.set_column(at, column, pa.array(values, table.schema.field(column).type))
    assert [] == trouble(use, [(f"{column}={values}", lambda: archive(checkpoints=spoiled))])


@pytest.mark.parametrize("table", list(schema.tables()))
def test_rows_that_are_there_twice_are_reported_or_refused(use, archive, recording, table):
    rows = recording.tables[table]
    assert [] == trouble(use, [(table, lambda: archive(**{table: pa.concat_tables([rows, rows])}))])


@pytest.mark.parametrize("table", list(schema.tables()))
def test_rows_that_are_missing_are_reported_or_refused(use, archive, recording, table):
    assert [] == trouble(use, [(table, lambda: archive(**{table: recording.tables[table].slice(0, 0)}))])


def test_a_table_of_nothing_but_nulls_is_reported_or_refused(use, archive, recording):
    def nulls(name):
        columns = schema.tables()[name]
        return archive(**{name: pa.table([pa.nulls(3, kind) for kind in columns.types], schema=columns)})

    assert [] == trouble(use, [(name, lambda name=name: nulls(name)) for name in schema.tables()])


# -- manifests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "manifest",
    [
        {"options": None}, {"options": 5}, {"options": []}, {"options": {"rounds": ["x"]}}, {"options": {"rounds": 7}},
        {"options": {"rounds": [None, 1.5, 10**400]}}, {"options": {"rounds": None}},
        {"options": {"trace_depth": None}},
        {"options": {"trace_depth": "deep"}}, {"options": {"trace_depth": 1e308}}, {"options": {"command": 5}},
        {"options": {"arguments": 5}}, {"options": {"rpc": 5}}, {"options": {"rpc": {"command": 5, "request": 5}}},
        {"options": {"target": {"a": [1]}}}, {"ended": None}, {"ended": "killed"}, {"ended": ["killed"]},
        {"ended": {"text": None}}, {"ended": {"text": "\x00\x1b[31m"}}, {"complete": "maybe"}, {"complete": None},
        {"duration_seconds": None}, {"duration_seconds": "long"}, {"duration_seconds": float("nan")},
        {"duration_seconds": float("inf")}, {"duration_seconds": 10**400}, {"environment": None},
        {"environment": ["python"]}, {"environment": {"python": {"deep": [None]}}}, {"environment": 3.11},
        {"notes": None}, {"notes": 5}, {"notes": "text"}, {"notes": {"a": 1}}, {"notes": ["\ud800 half a letter"]},
        {"notes": ["x"] * 20_000}, {"target": None}, {"started": None}, {"started": 10**400},
        {"environment": {"\ud800": "\udfff"}}, {"options": {"target": "\ud800"}},
    ],
    ids=lambda value: repr(value)[:40],
)  # fmt: skip
def test_a_manifest_of_nonsense_is_reported_or_refused(use, archive, manifest):
    # A number of 400 digits is JSON, and so is half of a surrogate pair.
    assert [] == trouble(use, [("manifest", lambda: archive(manifest, empty=True))])


def test_a_manifest_of_nothing_but_format_and_version_is_reported_or_refused(use, archive):
    bare = b'{"format": "snapdiff-recording", "version": [3, 0], "x": NaN}'
    assert [] == trouble(use, [("bare", lambda: archive(bare, empty=True))])


# -- the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["html", "text"])
def test_half_characters_and_control_characters_are_written_or_refused(use, archive, changed, form):
    half = {"notes": ["\ud800 half"], "ended": {"text": "\x00\x1b[31m\udfff"}, "complete": False}
    cases = [
        ("manifest", lambda: archive(half)),
        ("types", lambda: archive(types=changed("types", "type", CONTROL_CHARACTERS))),
    ]
    assert [] == trouble(lambda path: use(path, form), cases)


@pytest.mark.parametrize(
    ("column", "value"), [("total", -HUGE), ("objects", HUGE), ("rss", -HUGE - 1), ("seconds", 1e308)]
)
def test_numbers_that_no_chart_can_show_are_drawn_or_refused(use, archive, changed, column, value):
    make = lambda: archive(checkpoints=changed("checkpoints", column, value))  # noqa: E731
    assert [] == trouble(lambda path: use(path, "html"), [(column, make)])


# -- chance -----------------------------------------------------------------------------------------------


def spoil(data: bytes, chance: random.Random) -> bytes:
    """Do to a file what disks, networks and strangers do."""
    spoiled = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(spoiled))
        what = chance.randrange(7)
        if what == 0:
            spoiled[at] ^= 1 << chance.randrange(8)
        elif what == 1:
            spoiled[at] = chance.randrange(256)
        elif what == 2:
            del spoiled[at : at + chance.randrange(1, 200)]
        elif what == 3:
            spoiled[at:at] = chance.randbytes(chance.randrange(1, 200))
        elif what == 4:
            length = chance.randrange(1, 200)
            to = chance.randrange(len(spoiled))
            spoiled[to : to + length] = spoiled[at : at + length]
        elif what == 5:
            spoiled[at : at + 4] = struct.pack("<I", chance.choice((0, 1, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)))
        else:
            del spoiled[max(at, len(spoiled) - chance.randrange(1, 500)) :]
        if not spoiled:
            return b""
    return bytes(spoiled)


def test_a_file_spoiled_anywhere_is_read_or_refused(file):
    chance = random.Random(20)
    data = file.read_bytes()
    found, refused = [], 0
    for number in range(300):
        file.write_bytes(spoil(data, chance))
        try:
            read(file)
        except RecordingError:
            refused += 1
        except Exception as error:
            found.append(f"{number}: {type(error).__name__}: {error}")
    assert [] == found
    assert refused > 200


def test_tables_spoiled_below_the_checksums_are_read_or_refused_and_then_reported(use, file):
    # ZIP has checksums, so chance alone hardly gets to Parquet: these are stored anew, with right checksums.
    chance = random.Random(21)
    names = [f"{name}.parquet" for name in schema.tables()]
    found, read_well = spoiled_parts(use, file, names, chance, times=120, used=5)
    assert [] == found
    assert read_well


def test_a_manifest_spoiled_anywhere_is_reported_or_refused(use, archive):
    found, read_well = spoiled_parts(use, archive(empty=True), [schema.MANIFEST], random.Random(22), times=120, used=30)
    assert [] == found
    assert read_well


def test_numbers_of_the_new_tables_made_up_by_chance_are_reported_or_refused(use, archive, recording):
    chance = random.Random(23)
    found, read_well = [], 0
    for number in range(120):
        made_up = {name: made_up_numbers(recording.tables[name], chance) for name in chance.sample(NEW, 1)}
        path = archive(**made_up)
        try:
            read(path)
        except RecordingError:
            continue
        read_well += 1
        found += trouble(use, [(f"{number} {sorted(made_up)}", lambda path=path: path)])
    assert [] == found
    assert read_well > 30


NEW = ("paths", "path_counts", "causes", "cause_types", "births", "grown", "alive", "garbage", "graphs")


def made_up_numbers(table, chance):
    """Return a table with other numbers: mostly such as could have been measured."""
    rows = table.to_pylist()
    for row in chance.sample(rows, chance.randint(1, len(rows))):
        for name, value in row.items():
            if type(value) is int and chance.random() < 0.3:
                row[name] = chance.choice((0, 1, value, value - 1, value + 1, -2, chance.randint(-5, 20), 2**53 - 1))
            elif name == "falls":
                row[name] = [chance.choice((0, 1, 2**53 - 1)) for _ in range(3)]
            elif name in ("type", "holder_type") and value is not None:
                row[name] = chance.choice((value, "", "weakref", "app.Item", "app.Lost", "module"))
            elif name == "edge":
                row[name] = chance.choice((value, "", "unreached", "code", "{key}", " → "))
    return pa.Table.from_pylist(rows, table.schema)


def spoiled_parts(use, file, names, chance, *, times, used):
    """Spoil a part of a recording so often; report so many of those that can be read: judging takes longer."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    found, read_well = [], 0
    for number in range(times):
        name = chance.choice(names)
        with zipfile.ZipFile(file, "w") as made:
            for part, data in parts.items():
                made.writestr(part, spoil(data, chance) if part == name else data)
        try:
            read(file)
        except RecordingError:
            continue
        except Exception as error:
            found.append(f"{number} {name}: {type(error).__name__}: {error}")
            continue
        read_well += 1
        if read_well <= used:
            found += trouble(use, [(f"{number} {name}", lambda: file)])
    return found, read_well
