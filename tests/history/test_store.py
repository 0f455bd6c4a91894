"""Nothing that is added is lost, nothing is there twice, and what comes back is what went in."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from snapdiff.analysis.model import Frame
from snapdiff.history import HistoryError, Store, store, tables

pytestmark = [pytest.mark.lancedb, pytest.mark.corpus]

HOSTILE = "'; DROP TABLE runs; --\\ \x1b[31m\u202e\"`\n</script>"


def test_a_run_comes_back_as_it_went_in(store, past):
    bare = past.finding(fingerprint="0" * 12, type=None, container=None, share_bytes=None)
    thread = past.finding(fingerprint="1" * 12, kinds=("poller",), waits_at=(Frame("app/poll.py", 7, None),))
    run = past.run(3, past.finding(), bare, thread)
    assert store.add(run)
    assert [run] == store.runs()
    assert [run] == store.runs("bench.py:checkout")
    assert [] == store.runs("bench.py")


def test_a_recording_that_is_added_twice_is_there_once(store, past):
    run = past.run(3, past.finding())
    assert [True, False] == [store.add(run), store.add(replace(run, added="2027-01-01T00:00:00+00:00"))]
    assert [run] == store.runs()


def test_names_that_strangers_chose_are_only_text(store, past):
    finding = past.finding(type=HOSTILE, container=HOSTILE, grown_at=(Frame(HOSTILE, 1, None),), sentence=HOSTILE)
    run = past.run(3, finding, target=HOSTILE, id="an 'id'", branch=HOSTILE)
    assert store.add(run)
    assert not store.add(run)
    assert [run] == store.runs(HOSTILE)
    assert [run] == store.runs_with([finding.fingerprint])


def test_a_history_that_is_only_looked_at_is_not_made(store, place, past):
    assert ([], [], [], []) == (store.runs(), store.notes(), store.runs_with(["x"]), store.nearest(past.finding(), 3))
    assert not Path(place).exists()


def test_a_run_counts_when_all_of_it_is_written(store, past, monkeypatch):
    run = past.run(3, past.finding())
    monkeypatch.setattr(tables, "run_row", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        store.add(run)
    monkeypatch.undo()
    # Its findings are there, and nobody reads them.
    assert ([], []) == (store.runs(), store.runs_with(["3f9c1a7be204"]))
    assert store.add(run)
    assert [run] == store.runs()


def test_who_adds_the_same_recording_at_the_same_moment_is_second(store, past, monkeypatch):
    run = past.run(3, past.finding())
    monkeypatch.setattr(store, "_rows", lambda *_: [])
    assert store.add(run)
    assert store.add(replace(run, added=past.run(4).added, python="second"))
    monkeypatch.undo()
    assert [run] == store.runs()
    assert [run] == store.runs_with(["3f9c1a7be204"])


WRITER = """
import json, sys
from dataclasses import replace
from snapdiff.history import Store, now, store, tables
from snapdiff.analysis.past import Note

place, me, rows = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
store._MANY_FILES = 8
run = tables.read_run(*rows)
history = Store(place)
import lancedb, pyarrow
print("ready", flush=True)
sys.stdin.readline()
for number in range(6):
    assert history.add(replace(run, id=f"{me} {number}", added=now()))
    history.note(Note(me, now(), f"{me} {number}", None, None))
history.add(replace(run, id="the same"))
"""


def test_machines_that_add_at_the_same_moment_lose_nothing(place, past):
    """Four processes begin at once, each makes tables, and all add and compact together."""
    run = past.run(3, past.finding(), past.finding(fingerprint="second"))
    finding_rows = [{**row, "vector": None} for row in tables.finding_rows(run, "")]
    rows = json.dumps([tables.run_row(run, ""), finding_rows])
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, place, name, rows],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "abcd"
    ]
    assert ["ready\n"] * 4 == [writer.stdout.readline() for writer in writers]
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    errors = [writer.communicate(timeout=180)[1] for writer in writers]
    assert [0] * 4 == [writer.returncode for writer in writers], errors
    found = Store(place)
    expected = sorted([f"{name} {number}" for name in "abcd" for number in range(6)] + ["the same"])
    assert expected == sorted(each.id for each in found.runs())
    assert [2] * 25 == [len(each.findings) for each in found.runs()]
    assert sorted(expected[:-1]) == sorted(note.ticket for note in found.notes())
    assert 25 == len(found.runs_with(["second"]))


def test_a_write_that_came_second_is_tried_again(place, monkeypatch):
    monkeypatch.setattr(store, "_FIRST_WAIT", 0)
    tries = []

    def write():
        tries.append(1)
        if len(tries) < 4:
            raise OSError("lance error: Commit conflict for version 7")
        return "written"

    assert "written" == store._patiently(write, place)
    assert 4 == len(tries)


def test_what_no_second_try_mends_is_said_at_once(place):
    tries = []

    def write():
        tries.append(1)
        raise OSError("Permission denied (os error 13), /src/lance/file.rs:12:3\nmore")

    with pytest.raises(HistoryError, match=r"^The history at .* cannot be used: Permission denied \(os error 13\)\.$"):
        store._patiently(write, place)
    assert 1 == len(tries)


def test_many_small_files_are_put_together(place, past, monkeypatch):
    monkeypatch.setattr(store, "_MANY_FILES", 4)
    found = Store(place)
    for day in range(1, 8):
        found.add(past.run(day, past.finding()))
    assert found._tables(tables.RUNS)[0].stats()["fragment_stats"]["num_small_fragments"] < 4
    assert 7 == len(found.runs())


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ({b"snapdiff.history": b"2"}, r"newer snapdiff \(history format 2; this one knows 1\)\. Upgrade with: pip"),
        ({}, "a LanceDB database of something else"),
    ],
)
def test_a_table_of_a_newer_snapdiff_or_of_somebody_else_is_refused(store, place, past, mark, sentence):
    import lancedb

    schema = tables.schema(tables.RUNS).with_metadata(mark)
    lancedb.connect(place).create_table(f"{tables.RUNS}-x", schema=schema)
    for use in (lambda: store.add(past.run(3)), store.runs):
        with pytest.raises(HistoryError, match=sentence):
            use()


def test_a_row_that_no_snapdiff_has_written_is_refused_in_one_sentence(store, past):
    row = tables.run_row(past.run(3), "entry")
    for change in ({"verdict": "fine"}, {"plan": None}, {"ledger": [None]}):
        with pytest.raises(HistoryError, match="a row that no snapdiff has written"):
            tables.read_run({**row, **change}, [])


def test_a_table_with_other_columns_is_refused(store, place):
    import lancedb

    schema = tables.schema(tables.RUNS)
    lancedb.connect(place).create_table("runs-x", schema=schema.remove(schema.get_field_index("verdict")))
    with pytest.raises(HistoryError, match="a table of runs with other columns than snapdiff's"):
        store.runs()


@pytest.mark.parametrize("rate", [float("nan"), float("inf"), None])
def test_a_rate_that_is_no_number_is_refused(past, rate):
    row = tables.finding_rows(past.run(3, past.finding()), "entry")[0]
    with pytest.raises(HistoryError, match="a rate that is no number"):
        tables.read_finding({**row, "rate": rate})


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("Invalid input, no: IO { body: Some(\"<Error><Message>The bucket does not exist</Message></Error>\") }",
         "The bucket does not exist"),
        ('IO { inner: Os { code: 111, message: "Connection refused" } }, location: "/root/x.rs"', "Connection refused"),
        ("lance error: Not found: x.lance, /root/lance/src/dataset.rs:12:3", "lance error: Not found: x.lance"),
        ("Broken { source: Generic }", "Broken"),
        ("", "OSError"),
        ("x" * 1000, "x" * 200),
    ],
)  # fmt: skip
def test_of_what_lance_raises_the_reason_is_said(told, words):
    assert f"The history at s3://b cannot be used: {words}." == store._sentence(OSError(told), "s3://b")


@pytest.mark.parametrize("place", ["nonsense://bucket/place", "/dev/null/place"])
def test_a_place_that_cannot_be_is_one_sentence(place, past):
    with pytest.raises(HistoryError, match=f"^The history at {place} cannot be used: .*[.]$"):
        Store(place).add(past.run(3))
