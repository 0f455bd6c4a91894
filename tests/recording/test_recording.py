"""What is written is read again, and what cannot be read is refused in one sentence."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import struct
import threading
import tracemalloc
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from snapdiff.analysis import analyze
from snapdiff.recording import Recording, RecordingError, read, schema, write

# -- what is right ----------------------------------------------------------------------------------------


def test_what_is_written_is_read_again(recording, file):
    found = read(file)
    assert recording.tables == found.tables
    assert {**recording.manifest, "format": "snapdiff-recording", "version": [3, 3]} == found.manifest


def test_a_recording_that_was_read_is_written_as_the_same_bytes(file, tmp_path):
    write(read(file), tmp_path / "again.snapdiff")
    assert file.read_bytes() == (tmp_path / "again.snapdiff").read_bytes()


def test_equal_recordings_are_equal_files(recording, tmp_path):
    for name in ("one", "two"):
        write(recording, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_writing_says_how_large_the_file_is_and_leaves_nothing_beside_it(recording, tmp_path):
    path = tmp_path / "run.snapdiff"
    assert write(recording, path) == path.stat().st_size
    assert ["run.snapdiff"] == [each.name for each in tmp_path.iterdir()]


def test_a_recording_replaces_the_one_before(recording, file):
    write(Recording({**recording.manifest, "notes": ["second"]}, recording.tables), file)
    assert ["second"] == read(file).manifest["notes"]


def test_a_recording_that_cannot_be_written_leaves_the_one_before(recording, file):
    before = file.read_bytes()
    broken = Recording({"notes": object()}, recording.tables)
    with pytest.raises(TypeError):
        write(broken, file)
    assert before == file.read_bytes()
    assert [file.name] == [each.name for each in file.parent.iterdir()]


def test_a_folder_that_is_not_there_is_an_error_of_the_system(recording, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write(recording, tmp_path / "absent" / "run.snapdiff")


def test_empty_tables_are_read_again_with_their_columns(recording, tmp_path):
    empty = Recording(recording.manifest, {name: table.slice(0, 0) for name, table in recording.tables.items()})
    write(empty, tmp_path / "empty.snapdiff")
    assert empty.tables == read(tmp_path / "empty.snapdiff").tables


def test_any_tool_that_reads_parquet_can_read_a_recording(file):
    with zipfile.ZipFile(file) as archive:
        assert {"manifest.json", *(name + ".parquet" for name in schema.tables())} == set(archive.namelist())
        assert 10 == pq.read_table(io.BytesIO(archive.read("checkpoints.parquet"))).num_rows
        assert "snapdiff-recording" == json.loads(archive.read("manifest.json"))["format"]


def test_text_of_every_language_survives(recording, tmp_path):
    manifest = {**recording.manifest, "notes": ["naïve 漢字 🥡 \u2028 \x00 \x1b[31m"]}
    write(Recording(manifest, recording.tables), tmp_path / "run.snapdiff")
    assert manifest["notes"] == read(tmp_path / "run.snapdiff").manifest["notes"]


def test_a_link_to_a_recording_is_a_recording(recording, file, tmp_path):
    (tmp_path / "link").symlink_to(file)
    assert recording.tables == read(tmp_path / "link").tables


# -- versions ---------------------------------------------------------------------------------------------


def test_a_newer_major_version_is_refused_and_says_what_to_do(archive, refusal):
    path = archive({"version": [4, 0]})
    assert (
        f"{path} has format version 4.0, this snapdiff reads 3.x: "
        "read it with a newer snapdiff (pip install --upgrade snapdiff-leaks)." == refusal(path)
    )


@pytest.mark.parametrize("version", [[2, 0], [1, 7], [0, 1], [-1, 0]])
def test_an_older_major_version_is_refused_and_nobody_is_sent_for_a_newer_snapdiff(archive, refusal, version):
    path = archive({"version": version})
    assert f"{path} has format version {version[0]}.{version[1]}, this snapdiff reads 3.x: record it again." == refusal(
        path
    )


def test_a_newer_minor_version_and_keys_nobody_knows_are_read(archive):
    found = read(archive({"version": [3, 7], "colour": "blue"}))
    assert ([3, 7], "blue") == (found.manifest["version"], found.manifest["colour"])


def test_tables_of_a_later_minor_version_are_empty_in_an_older_recording(archive, recording):
    found = read(archive({"version": [3, 0]}, owners=None, given_back=None))
    assert {**recording.tables, **{name: schema.tables()[name].empty_table() for name in schema.SINCE}} == found.tables


def test_a_recording_of_before_domains_were_told_is_read(archive):
    found = read(archive({"version": [3, 1]}, domains=None))
    assert (0, True) == (found.tables["domains"].num_rows, found.tables["owners"].num_rows > 0)
    assert analyze(found).domains is None


def test_of_too_many_domains_the_largest_are_kept_and_the_others_noted(sealed):
    most = schema.MAX_DOMAINS
    found = sealed([[number, 1, 1000 + number] for number in range(most + 5)])
    assert set(range(5, most + 5)) == set(found.tables["domains"]["domain"].to_pylist())
    assert f"5 of {most + 5} domains of traced memory were left out." in found.manifest["notes"]
    assert most == len(analyze(found).domains)


@pytest.mark.parametrize("version", [None, 1, "1.0", [1], [1, 0, 0], ["1", "0"], [1.0, 0], [True, 0], {}, [None, None]])
def test_a_version_that_is_none_is_damage(archive, refusal, version):
    assert refusal(archive({"version": version})).endswith("is damaged: it does not say its format's version.")


# -- what is no recording ---------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path, refusal):
    path = tmp_path / "run.snapdiff"
    assert f"There is no file {path}." == refusal(path)


def test_beside_an_unfinished_recording_the_way_to_seal_it_is_named(tmp_path, refusal):
    path = tmp_path / "run.snapdiff"
    part = tmp_path / "run.snapdiff.part"
    part.mkdir()
    assert (
        f"There is no file {path}. An unfinished recording is beside it: seal it with `snapdiff seal {part}`."
        == refusal(path)
    )


def test_a_folder_is_refused(tmp_path, refusal):
    assert f"{tmp_path} is a folder, not a recording." == refusal(tmp_path)


@pytest.mark.parametrize(
    "data", [b"", b"P", b"PK", b"hello, world\n" * 100, b"\x80\x04\x95pickle", b"PAR1" * 10, b"\0" * 4096]
)
def test_a_file_of_something_else_is_refused(tmp_path, refusal, data):
    path = tmp_path / "other"
    path.write_bytes(data)
    assert str(path) in refusal(path)


@pytest.mark.parametrize("entries", [{}, {"hello.txt": b"hi"}, {"manifest.json": b"{}"}])
def test_a_plain_zip_is_refused(tmp_path, refusal, entries):
    path = tmp_path / "plain.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, data in entries.items():
            made.writestr(name, data)
    assert "is not a snapdiff recording" in refusal(path)


def test_links_in_a_circle_and_into_nowhere_are_refused(tmp_path, refusal):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    (tmp_path / "c").symlink_to(tmp_path / "nowhere")
    assert "cannot be read" in refusal(tmp_path / "a")
    assert "There is no file" in refusal(tmp_path / "c")


def test_a_name_that_is_too_long_is_refused(tmp_path, refusal):
    assert "cannot be read" in refusal(tmp_path / ("x" * 5000))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    caught = []

    def attempt():
        with pytest.raises(RecordingError) as error:
            read(path)
        caught.append(str(error.value))

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(1.0)
    waited = thread.is_alive()
    # Whoever waits for the other end gets it, so that no thread is left behind.
    os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK)) if not waited else _let_go(path, thread)
    assert not waited
    assert caught


def _let_go(path: Path, thread: threading.Thread) -> None:
    while thread.is_alive():
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            pass
        thread.join(0.01)


# -- manifests --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "manifest",
    [
        b"", b"{", b"nonsense", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b"\x80\x04]\x94.",
        b"cos\nsystem\n(S'touch pwned'\ntR.",
    ],
)  # fmt: skip
def test_a_manifest_that_is_not_json_is_damage(archive, refusal, manifest):
    assert refusal(archive(manifest)).endswith("is damaged: its manifest is not JSON.")


@pytest.mark.parametrize(
    "manifest", [b"[]", b"null", b"1", b'"snapdiff-recording"', b'[{"format": "snapdiff-recording"}]']
)
def test_a_manifest_that_is_no_object_is_no_recording(archive, refusal, manifest):
    assert refusal(archive(manifest)).endswith("is not a snapdiff recording.")


@pytest.mark.parametrize("form", [None, "", "snapdiff-report/1", 1, ["snapdiff-recording"]])
def test_a_manifest_of_another_format_is_no_recording(archive, refusal, form):
    assert refusal(archive({"format": form})).endswith("is not a snapdiff recording.")


def test_pickle_bytes_in_a_recording_are_never_loaded(archive, tmp_path, recording):
    proof = tmp_path / "pwned"
    payload = f"cos\nsystem\n(S'touch {proof}'\ntR.".encode("latin-1")
    path = archive({"notes": [payload.decode("latin-1")], "pickle": payload.decode("latin-1")})
    with zipfile.ZipFile(path, "a") as made:
        made.writestr("data.pkl", payload)
        made.writestr("checkpoints.pickle", payload)
    assert recording.tables == read(path).tables
    assert not proof.exists()


def test_a_manifest_that_is_too_large_is_refused(archive, refusal):
    path = archive({"notes": ["x" * (schema.MAX_MANIFEST_BYTES + 1)]})
    assert "manifest.json is too large" in refusal(path)


# -- tables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(schema.tables()))
def test_a_missing_table_is_named(archive, refusal, name):
    assert refusal(archive(**{name: None})).endswith(f"it has no {name}.parquet.")


@pytest.mark.parametrize("name", list(schema.tables()))
def test_a_table_with_another_column_is_refused(archive, refusal, recording, name):
    table = recording.tables[name]
    more = table.append_column("more", pa.array([1] * table.num_rows, pa.int64()))
    assert f"{name} has other columns than version 3 defines" in refusal(archive(**{name: more}))


@pytest.mark.parametrize("name", list(schema.tables()))
def test_a_table_without_its_first_column_is_refused(archive, refusal, recording, name):
    table = recording.tables[name]
    assert "has other columns" in refusal(archive(**{name: table.drop_columns(table.column_names[:1])}))


def test_a_table_whose_columns_are_in_another_order_is_refused(archive, refusal, recording):
    table = recording.tables["types"]
    assert "has other columns" in refusal(archive(types=table.select(list(reversed(table.column_names)))))


@pytest.mark.parametrize(
    "kind", [pa.int32(), pa.float64(), pa.string(), pa.binary(), pa.decimal128(38), pa.uint64(), pa.list_(pa.int64())]
)
def test_a_table_of_other_types_is_refused(archive, refusal, recording, kind):
    table = recording.tables["types"]
    at = table.column_names.index("objects")
    other = table.set_column(at, "objects", pa.nulls(table.num_rows, kind))
    assert "types has other columns" in refusal(archive(types=other))


@pytest.mark.parametrize(
    "data", [b"", b"PAR1", b"PAR1PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"not parquet", b"ARROW1\0\0"]
)
def test_a_table_that_is_not_parquet_is_damage(archive, refusal, data):
    assert refusal(archive(types=data)).endswith("its table types cannot be read.")


def test_text_in_a_table_that_is_not_unicode_is_damage(archive, refusal, recording):
    table = recording.tables["graphs"]
    broken = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(struct.pack("<2i", 0, 4)), pa.py_buffer(b"\xff\xfe\xfd\xfc")]
    )
    rows = table.slice(0, 1).set_column(table.column_names.index("type"), "type", broken)
    assert refusal(archive(graphs=rows)).endswith("its table graphs cannot be read.")


def test_metadata_of_pandas_and_of_strangers_is_ignored(archive, recording):
    table = recording.tables["types"].replace_schema_metadata(
        {"pandas": "{]", "ARROW:extension:name": "arrow.py_extension_type"}
    )
    assert recording.tables["types"].num_rows == read(archive(types=table)).tables["types"].num_rows


# -- ZIP files made to hurt -------------------------------------------------------------------------------


def test_names_that_leave_the_folder_are_ignored(archive, recording, tmp_path):
    path = archive()
    with zipfile.ZipFile(path, "a") as made:
        for name in ("../evil.parquet", "/etc/evil", "../../types.parquet", "types.parquet/../x", "C:\\evil"):
            made.writestr(name, b"evil")
    assert recording.tables == read(path).tables
    assert [path.name] == [each.name for each in tmp_path.iterdir()]


def test_a_link_inside_the_archive_is_text_and_never_followed(archive, refusal, tmp_path):
    path = archive(types=None)
    entry = zipfile.ZipInfo("types.parquet")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(path, "a") as made:
        made.writestr(entry, b"/etc/passwd")
    assert refusal(path).endswith("its table types cannot be read.")


def test_an_archive_of_too_many_parts_is_refused(archive, refusal):
    path = archive()
    with zipfile.ZipFile(path, "a") as made:
        for number in range(schema.MAX_ENTRIES):
            made.writestr(f"part-{number}", b"")
    assert "it has too many parts" in refusal(path)


def test_an_entry_that_is_too_large_is_refused_before_it_is_unpacked(archive, refusal, monkeypatch):
    path = archive()
    monkeypatch.setattr(schema, "MAX_TABLE_BYTES", 1000)
    assert "is too large" in refusal(path)


def test_an_entry_whose_header_lies_about_its_size_is_unpacked_only_to_the_limit(archive, refusal, monkeypatch):
    path = archive(types=b"\0" * 20_000_000)
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<I", 20_000_000), struct.pack("<I", 1000)))
    monkeypatch.setattr(schema, "MAX_TABLE_BYTES", 100_000)
    tracemalloc.start()
    try:
        refusal(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_a_file_that_is_too_large_is_not_even_opened(file, refusal, monkeypatch):
    monkeypatch.setattr(schema, "MAX_FILE_BYTES", 100)
    assert "is larger than any recording" in refusal(file)


def samples(rows: int, phase: str) -> pa.Table:
    """Many equal samples of the memory, which take next to no room in a file."""
    columns = {"seconds": 1.0, "rss": 1, "phase": phase, "series": "workload", "round": 1}
    return pa.table({name: pa.repeat(value, rows) for name, value in columns.items()})


def test_a_table_of_too_many_rows_is_refused(archive, refusal, monkeypatch):
    rows = 100_000
    path = archive(timeline=samples(rows, "round"))
    assert path.stat().st_size < 100_000
    assert rows == read(path).tables["timeline"].num_rows
    monkeypatch.setattr(schema, "MAX_ROWS", rows - 1)
    assert "timeline has too many rows" in refusal(path)


def test_a_table_that_unpacks_to_more_than_it_weighs_is_refused(archive, refusal, monkeypatch):
    path = archive(timeline=samples(200_000, "round" * 30))
    assert path.stat().st_size < 200_000
    monkeypatch.setattr(schema, "MAX_TABLE_BYTES", 10_000_000)
    assert "timeline is too large" in refusal(path)


def test_one_row_with_a_chain_of_a_million_steps_is_refused(archive, refusal, recording, monkeypatch):
    (row,) = recording.tables["causes"].to_pylist()[:1]
    row["chain"] = [{"label": None, "type": None}] * 1_000_000
    path = archive(causes=pa.Table.from_pylist([row], schema.tables()["causes"]))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(schema, "MAX_TABLE_BYTES", 1_000_000)
    assert "causes is too large" in refusal(path)


def test_long_text_repeated_by_a_dictionary_is_refused_in_bounded_memory(archive, refusal, parquet, monkeypatch):
    # Written as a dictionary, 4 KB of file say 240 MB of text; with one text of 100 KB they say 6 GB.
    rows = 60_000
    repeated = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array(["x" * 4000]))
    columns = {"cause": pa.repeat(3, rows), "type": repeated, "drawn_by": pa.repeat("o", rows)}
    table = pa.table({**columns, "dot": pa.repeat("d", rows)})
    path = archive(graphs=parquet(table, store_schema=False))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(schema, "MAX_TABLE_BYTES", 10_000_000)
    before = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(before)
    pa.set_memory_pool(pool)
    try:
        assert "graphs is too large" in refusal(path)
    finally:
        pa.set_memory_pool(before)
    assert pool.max_memory() < 5 * schema.MAX_TABLE_BYTES


@pytest.mark.parametrize("flag", [0x1, 0x20, 0x40])
def test_encrypted_entries_are_refused(file, refusal, flag):
    data = bytearray(file.read_bytes())
    at = 0
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        struct.pack_into("<H", data, at + offset, flag)
    file.write_bytes(data)
    assert str(file) in refusal(file)


@pytest.mark.parametrize("method", [1, 9, 12, 14, 93, 99])
def test_entries_packed_in_another_way_are_refused(file, refusal, method):
    data = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.find(signature) + offset, method)
    file.write_bytes(data)
    assert str(file) in refusal(file)


def test_a_zip_that_needs_a_newer_program_is_refused(file, refusal):
    data = bytearray(file.read_bytes())
    struct.pack_into("<H", data, data.find(b"PK\x01\x02") + 6, 200)
    file.write_bytes(data)
    assert str(file) in refusal(file)


def test_a_name_that_says_it_is_unicode_and_is_not_is_refused(file, refusal):
    data = bytearray(file.read_bytes())
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 0x800)
    data[at + 46] = 0xFF
    file.write_bytes(data)
    assert str(file) in refusal(file)


# -- damage -----------------------------------------------------------------------------------------------


def test_a_file_that_was_cut_anywhere_is_refused(file, refusal):
    data = file.read_bytes()
    for length in sorted({*range(0, 40), *range(40, len(data), len(data) // 90), *range(len(data) - 40, len(data))}):
        file.write_bytes(data[:length])
        assert str(file) in refusal(file)


def test_a_file_with_something_before_or_behind_it_is_the_recording_or_refused(file, recording):
    data = file.read_bytes()
    read_well = 0
    for spoiled in (data + b"\n", data + data, b"PK" + data, b"\0" * 100 + data, data + b"\0" * 70_000):
        file.write_bytes(spoiled)
        with contextlib.suppress(RecordingError):
            assert recording.tables == read(file).tables
            read_well += 1
    assert read_well < 5


def test_a_flipped_byte_inside_a_table_is_noticed_by_its_checksum(file, refusal):
    data = bytearray(file.read_bytes())
    data[data.find(b"PAR1") + 40] ^= 0xFF
    file.write_bytes(data)
    assert refusal(file).endswith("checkpoints.parquet cannot be unpacked.")


def test_random_bytes_behind_a_zips_first_letters_are_refused(tmp_path, refusal):
    chance = random.Random(7)
    path = tmp_path / "noise"
    for length in (2, 10, 30, 100, 1000, 10_000):
        for start in (b"PK", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"):
            path.write_bytes(start + chance.randbytes(length))
            assert str(path) in refusal(path)
