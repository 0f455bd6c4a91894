"""Bad input ends in one sentence on standard error, exit code 2, no traceback, and no file left behind."""

import io
import json
import os
import zipfile

import pytest

SHORT = ("--rounds", "1,2", "--trace", "off")


@pytest.fixture
def refusal(invoke, tmp_path, programs):
    """Run `snapdiff record ARGUMENTS -o FILE`; return its one sentence."""

    def run(*arguments, cwd=programs, output="run.snapdiff"):
        before = sorted(os.listdir(tmp_path))
        here = sorted(os.listdir(cwd))
        done = invoke("record", *arguments, "-o", tmp_path / output, cwd=cwd)
        assert (2, "") == (done.code, done.out)
        assert before == sorted(os.listdir(tmp_path))
        assert here == [name for name in sorted(os.listdir(cwd)) if name in here or name != "__pycache__"]
        assert "Traceback" not in done.err
        assert 1 == len(done.err.splitlines()), done.err
        assert done.err.startswith("snapdiff: ")
        return done.told[0]

    return run


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("nowhere.py:work", "There is no file nowhere.py. Check the path; it is looked up from HERE."),
        ("nowhere.py", "There is no file nowhere.py. Check the path; it is looked up from HERE."),
        (
            "bad.py:wurk",
            "bad.py has no 'wurk'. It has: Machine, exits, fails, given, gives_all, gives_all_later, lists, nothing.",
        ),
        (
            "keeps_items.py",
            "keeps_items.py only defines things: run as a script it does nothing. Name what to call, such as "
            "keeps_items.py:keep.",
        ),
        ("bad.py:Machine.twist", "bad.py:Machine has no 'twist'. It has: turn."),
        ("bad.py:number", "bad.py:number is not callable, it is of type int."),
        (
            "bad.py:wants",
            "bad.py:wants wants arguments (first, third) and gets none. "
            "Name a function that returns them with --inputs.",
        ),
        (
            "bad.py:given",
            "bad.py:given wants arguments (third) and gets none. Name a function that returns them with --inputs.",
        ),
        (
            "bad.py:Machine.turn",
            "Machine.turn is a method: --setup must name a function that returns the Machine to call it on, "
            "none is named.",
        ),
        (
            "bad.py:gives_all",
            "bad.py:gives_all is a generator function: calling it runs nothing. Name a function that goes through it.",
        ),
        (
            "bad.py:gives_all_later",
            "bad.py:gives_all_later is a generator function: calling it runs nothing. "
            "Name a function that goes through it.",
        ),
        ("bad", "bad names no function. Write bad:function, or path/to/script.py for a whole script."),
        (
            "no_such_module_4711:work",
            "There is no module no_such_module_4711. Modules are looked up from HERE and in PYTHON's own packages.",
        ),
        (
            "broken_import.py:work",
            "Importing broken_import.py failed: RuntimeError: no configuration (HERE/broken_import.py:3).",
        ),
        (
            "missing_import.py:work",
            "Importing missing_import.py failed: ModuleNotFoundError: No module named 'no_such_library_4711' "
            "(HERE/missing_import.py:3).",
        ),
        (
            "exits_on_import.py:work",
            "Importing exits_on_import.py failed: SystemExit: 3 (HERE/exits_on_import.py:3).",
        ),
        ("json.py:work", "There is no file json.py. Check the path; it is looked up from HERE."),
    ],
)
def test_a_target_that_cannot_be_run_is_refused(refusal, programs, running_python, target, sentence):
    assert sentence.replace("HERE", str(programs)).replace("PYTHON", running_python) == refusal(target)


@pytest.fixture(scope="session")
def running_python():
    import sys

    return sys.executable


def test_a_function_that_returns_a_coroutine_which_nobody_awaits_is_refused(invoke, tmp_path):
    done = invoke("record", "bad.py:returns_coroutine", "-o", tmp_path / "run.snapdiff", "--quiet", *SHORT)
    expected = (
        "bad.py:returns_coroutine returned a coroutine that nobody awaits: name an `async def` function that does."
    )
    assert (2, [expected], []) == (done.code, done.told, os.listdir(tmp_path))
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--setup", "fails"],
            "--setup fails failed: LookupError: no database here (HERE/bad.py:LINE).",
        ),
        (["--setup", "exits"], "--setup exits failed: SystemExit: 4 (HERE/bad.py:LINE)."),
        (["--setup", "number"], "--setup number is not callable, it is of type int."),
        (["--setup", "one"], "--setup one must take no arguments, it wants value."),
        (["--teardown", "one"], "--teardown one must take no arguments, it wants value."),
        (["--setup", "elsewhere.py:work"], "There is no file elsewhere.py. Check the path; it is looked up from HERE."),
    ],
)
def test_a_helper_that_cannot_be_used_is_refused(refusal, programs, options, sentence):
    lines = (programs / "bad.py").read_text(encoding="utf-8").splitlines()
    raising = {"fails": "raise LookupError", "exits": "raise SystemExit"}.get(options[1], "")
    line = 1 + next(number for number, text in enumerate(lines) if raising in text)
    expected = sentence.replace("HERE", str(programs)).replace("LINE", str(line))
    assert expected == refusal("bad.py:work", *options)


def test_a_setup_that_returns_no_instance_for_a_method_is_refused(refusal):
    expected = (
        "Machine.turn is a method: --setup must name a function that returns the Machine to call it on, "
        "--setup returned a object."
    )
    assert expected == refusal("bad.py:Machine.turn", "--setup", "other_instance")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("lists", "--inputs lists must give argument tuples, it gave a list: write (value,) for one argument."),
        ("nothing", "--inputs nothing gave nothing."),
        (
            "one_number",
            "--inputs one_number must return an iterable of argument tuples: 'int' object is not iterable.",
        ),
    ],
)
def test_inputs_that_give_no_argument_tuples_are_refused(refusal, name, sentence):
    # Found out by the first call, so there is progress to be kept quiet about.
    assert sentence == refusal("bad.py:one", "--inputs", name, "--quiet", *SHORT)


def test_inputs_for_a_script_are_refused(refusal):
    expected = "--inputs gives arguments to a function; a script gets them after `--`."
    assert expected == refusal("script.py", "--inputs", "lists")


def test_a_setup_without_a_place_for_a_script_is_refused(refusal):
    expected = "--setup work needs a place for a script target: module:work or file.py:work."
    assert expected == refusal("script.py", "--setup", "work")


@pytest.mark.parametrize("target", ["wrong.py:work", "wrong.py"])
def test_a_file_with_a_syntax_error_is_refused_with_the_error(refusal, tmp_path, target):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "wrong.py").write_text("def broken(:\n", encoding="utf-8")
    sentence = refusal(target, cwd=folder)
    assert "invalid syntax (wrong.py, line 1)" in sentence


def test_a_file_whose_name_belongs_to_another_module_is_refused(refusal, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "json.py").write_text("def work():\n    pass\n", encoding="utf-8")
    sentence = refusal("json.py:work", cwd=folder)
    assert sentence.startswith("json.py cannot be imported as 'json': that name already belongs to ")
    assert sentence.endswith("json/__init__.py. Rename the file.")


def test_a_file_whose_name_is_no_module_name_is_refused(refusal, tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "my-app.py").write_text("def work():\n    pass\n", encoding="utf-8")
    expected = "my-app.py cannot be imported: 'my-app' is not a module name. Rename the file."
    assert expected == refusal("my-app.py:work", cwd=folder)


@pytest.mark.parametrize(
    ("rounds", "sentence"),
    [
        (
            "1,10,10",
            "--rounds 1,10,10 is not rising. Write rising numbers of calls, such as --rounds 1,10,151.",
        ),
        ("10,1", "--rounds 10,1 is not rising. Write rising numbers of calls, such as --rounds 1,10,151."),
        ("0,1", "--rounds 0,1 is not rising. Write rising numbers of calls, such as --rounds 1,10,151."),
        (
            "1,ten",
            "--rounds 1,ten has something that is not a whole number. "
            "Write rising numbers of calls, such as --rounds 1,10,151.",
        ),
        (
            "151",
            "--rounds 151 has one round; growth needs at least two to compare. "
            "Write rising numbers of calls, such as --rounds 1,10,151.",
        ),
        ("1,99999999", "--rounds 1,99999999 has more than 10,000,000 calls in a round."),
    ],
)
def test_rounds_that_are_no_plan_are_refused(refusal, rounds, sentence):
    assert sentence == refusal("quiet.py:work", "--rounds", rounds)


def test_an_output_folder_that_is_missing_is_refused(refusal, tmp_path):
    expected = f"The output folder {tmp_path / 'none'} does not exist. Create it, or choose another with -o."
    assert expected == refusal("quiet.py:work", output="none/run.snapdiff")


def test_an_output_that_exists_is_refused_and_kept(refusal, tmp_path):
    output = tmp_path / "run.snapdiff"
    output.write_text("mine", encoding="utf-8")
    expected = f"{output} exists. Choose another name with -o, or overwrite it with --force."
    assert expected == refusal("quiet.py:work")
    assert "mine" == output.read_text(encoding="utf-8")


def test_an_output_that_exists_is_replaced_with_force(invoke, tmp_path):
    output = tmp_path / "run.snapdiff"
    output.write_text("mine", encoding="utf-8")
    done = invoke("record", "quiet.py:work", "-o", output, "--force", *SHORT)
    assert 0 == done.code
    assert zipfile.is_zipfile(output)


def test_an_output_that_exists_is_kept_when_a_forced_recording_is_refused(refusal, tmp_path):
    output = tmp_path / "run.snapdiff"
    output.write_text("mine", encoding="utf-8")
    refusal("nowhere.py:work", "--force")
    assert "mine" == output.read_text(encoding="utf-8")


@pytest.mark.parametrize("missing", ["/no/such/python", "no-such-python-4711"])
def test_an_interpreter_that_is_not_there_is_refused(refusal, missing):
    assert f"There is no Python interpreter at {missing}." == refusal("quiet.py:work", "--python", missing)


def test_an_executable_that_is_no_python_is_refused(refusal):
    sentence = refusal("quiet.py:work", "--python", "/bin/false")
    assert "/bin/false" in sentence


def test_a_file_that_cannot_be_executed_is_refused(refusal, tmp_path):
    program = tmp_path / "python"
    program.write_bytes(b"\x00\x01not a program")
    program.chmod(0o755)
    assert str(program) in refusal("quiet.py:work", "--python", program)


def test_bad_input_ends_a_real_process_with_one_sentence(snapdiff, tmp_path):
    done = snapdiff("record", "nowhere.py:work", cwd=tmp_path)
    expected = f"snapdiff: There is no file nowhere.py. Check the path; it is looked up from {tmp_path}.\n"
    assert (2, "", expected, []) == (done.code, done.out, done.err, os.listdir(tmp_path))


def test_a_usage_error_is_not_a_traceback(snapdiff):
    done = snapdiff("record")
    assert 2 == done.code
    assert "Missing argument 'TARGET'" in done.err
    assert "Traceback" not in done.err


# -- recordings that are none -----------------------------------------------------------------------------


@pytest.fixture
def refused_file(invoke):
    """Run `check` and `report` on a file; return the sentence that both say."""

    def run(path):
        report, check = invoke("report", path, "--format", "json"), invoke("check", path)
        assert (2, "") == (report.code, report.out)
        assert (check.code, check.out, check.err) == (report.code, report.out, report.err)
        assert 1 == len(report.told) == len(report.err.splitlines())
        return report.told[0]

    return run


@pytest.fixture
def good(record):
    return record("quiet.py:work", rounds=(1, 2))


def test_a_file_that_is_not_there_is_refused(refused_file, tmp_path):
    assert f"There is no file {tmp_path / 'none'}." == refused_file(tmp_path / "none")


def test_a_folder_is_refused(refused_file, tmp_path):
    assert f"{tmp_path} is a folder, not a recording." == refused_file(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"hello world", b"\x80\x04\x95"], ids=["empty", "PK", "text", "pickle"]
)
def test_a_file_that_is_no_recording_is_refused(refused_file, tmp_path, content):
    path = tmp_path / "some.snapdiff"
    path.write_bytes(content)
    expected = (
        f"{path} is damaged or cut short: its table of contents is missing."
        if content == b"PK"
        else f"{path} is not a snapdiff recording."
    )
    assert expected == refused_file(path)


def test_another_zip_is_refused(refused_file, tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert f"{path} is not a snapdiff recording: it has no manifest.json." == refused_file(path)


def test_damaged_recordings_are_refused_by_the_library_with_one_sentence(good, damage, tmp_path, monkeypatch):
    from snapdiff.recording import RecordingError, read, schema

    limit = 1 << 20
    monkeypatch.setattr(schema, "MAX_TABLE_BYTES", limit)
    path = tmp_path / "bad.snapdiff"
    manifest = json.loads(zipfile.ZipFile(good).read("manifest.json"))
    cases = [
        ({"manifest": b"{"}, f"{path} is damaged: its manifest is not JSON."),
        ({"manifest": b"[" * 100_000}, f"{path} is damaged: its manifest is not JSON."),
        ({"manifest": b"\xff\xfe\x00"}, f"{path} is damaged: its manifest is not JSON."),
        ({"manifest": b"[]"}, f"{path} is not a snapdiff recording."),
        ({"manifest": b'{"format": "other"}'}, f"{path} is not a snapdiff recording."),
        (
            {"manifest": json.dumps({**manifest, "version": "1.0"})},
            f"{path} is damaged: it does not say its format's version.",
        ),
        (
            {"manifest": json.dumps({**manifest, "version": [4, 0]})},
            f"{path} has format version 4.0, this snapdiff reads 3.x: read it with a newer snapdiff "
            "(pip install --upgrade snapdiff-leaks).",
        ),
        (
            {"manifest": json.dumps({**manifest, "version": [1, 0]})},
            f"{path} has format version 1.0, this snapdiff reads 3.x: record it again.",
        ),
        ({"types": None}, f"{path} is not a snapdiff recording: it has no types.parquet."),
        ({"types": b"PAR1 nothing"}, f"{path} is damaged: its table types cannot be read."),
        ({"types": b""}, f"{path} is damaged: its table types cannot be read."),
        (
            {"types": zipfile.ZipFile(good).read("files.parquet")},
            f"{path} is damaged: types has other columns than version 3 defines.",
        ),
        (
            {"manifest": b" " * (1 << 20) + b"{}"},
            f"{path} is damaged: manifest.json is too large (1,048,578 bytes).",
        ),
        (
            {"source": bytes(limit + 1)},
            f"{path} is damaged: source.parquet is too large ({limit + 1:,} bytes).",
        ),
    ]
    for parts, sentence in cases:
        with pytest.raises(RecordingError) as caught:
            read(damage(good, path, **parts))
        assert sentence == str(caught.value)


def test_a_newer_minor_version_and_unknown_keys_are_read(good, damage, tmp_path):
    from snapdiff.recording import read

    manifest = json.loads(zipfile.ZipFile(good).read("manifest.json"))
    newer = json.dumps({**manifest, "version": [3, 9], "tomorrow": True})
    assert read(damage(good, tmp_path / "newer.snapdiff", manifest=newer)).manifest["tomorrow"]


def test_a_recording_cut_anywhere_is_refused(good, tmp_path):
    from snapdiff.recording import RecordingError, read

    data = good.read_bytes()
    path = tmp_path / "cut.snapdiff"
    for length in [*range(0, len(data) - 1, len(data) // 200), len(data) - 1]:
        path.write_bytes(data[:length])
        with pytest.raises(RecordingError, match=r"not a snapdiff recording|damaged"):
            read(path)


def test_a_recording_with_a_flipped_byte_is_refused_or_means_the_same(good, tmp_path):
    from snapdiff.recording import RecordingError, read

    whole = read(good)
    data = good.read_bytes()
    path = tmp_path / "flipped.snapdiff"
    refused = 0
    for place in range(0, len(data), len(data) // 200):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :])
        try:
            found = read(path)
        except RecordingError:
            refused += 1
        else:
            # A byte that means nothing, such as a part's date.
            assert whole.manifest == found.manifest
            assert whole.tables == found.tables
    assert refused > 0


def test_a_table_that_unpacks_to_more_than_it_says_is_refused(good, damage, tmp_path, monkeypatch):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from snapdiff.recording import RecordingError, read, schema

    rows = 200_000
    columns = schema.tables()["source"]
    same = pa.array(["x" * 100]).dictionary_encode()
    table = pa.Table.from_arrays(
        [
            pa.nulls(rows, pa.int64()),
            pa.nulls(rows, pa.int64()),
            pa.DictionaryArray.from_arrays(pa.array([0] * rows), same.dictionary).cast(pa.string()),
        ],
        schema=columns,
    )
    packed = io.BytesIO()
    pq.write_table(table, packed, compression="zstd")
    path = damage(good, tmp_path / "bomb.snapdiff", source=packed.getvalue())
    assert path.stat().st_size < 1_000_000
    monkeypatch.setattr(schema, "MAX_TABLE_BYTES", 5_000_000)
    with pytest.raises(RecordingError, match=r"source is too large\.$"):
        read(path)
    monkeypatch.setattr(schema, "MAX_ROWS", rows - 1)
    with pytest.raises(RecordingError, match=r"source has too many rows\.$"):
        read(path)


def test_a_recording_with_too_many_parts_is_refused(good, tmp_path):
    from snapdiff.recording import RecordingError, read

    with zipfile.ZipFile(good, "a") as archive:
        for number in range(100):
            archive.writestr(f"part {number}", b"")
    with pytest.raises(RecordingError, match=r"it has too many parts\.$"):
        read(good)


def test_a_report_to_a_folder_that_is_missing_is_refused(good, invoke, tmp_path):
    done = invoke("report", good, "-o", tmp_path / "none" / "page.html")
    assert 2 == done.code
    assert [f"{tmp_path / 'none' / 'page.html'} cannot be written: No such file or directory."] == done.told
    assert "Traceback" not in done.err
