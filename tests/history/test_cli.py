"""`snapdiff history` from recordings to a page, and what it says when it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

lancedb = pytest.mark.lancedb

SCRIPT = """
import sys
sys.modules["lancedb"] = None
from snapdiff.cli import main
main(sys.argv[1:], prog_name="snapdiff")
"""


@pytest.fixture(scope="module")
def recordings(tmp_path_factory):
    """A recording that leaks and one that is clean, by name."""
    from snapdiff.record import Options
    from snapdiff.record import record as supervise

    class Quiet:
        def tick(self, state, rss): ...
        def checkpoint(self, frame, rss): ...

    folder = tmp_path_factory.mktemp("recordings")
    made = {}
    (folder / "still.py").write_text("def work():\n    pass\n", encoding="utf-8")
    programs = Path(__file__).parents[1] / "programs"
    for name, target in (("leak", programs / "endings.py:count"), ("clean", folder / "still.py:work")):
        made[name] = folder / f"{name}.snapdiff"
        options = Options(target=str(target), output=made[name], rounds=(1, 3, 20), trace="off")
        assert supervise(options, Quiet()).refused is None
    return made


@pytest.fixture
def history(invoke, tmp_path, monkeypatch):
    """Run `snapdiff history ARGUMENTS` in an empty project."""
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL"):
        monkeypatch.delenv(name, raising=False)
    return lambda *arguments: invoke("history", *arguments, cwd=tmp_path)


@lancedb
def test_from_recordings_to_a_page_and_a_ticket(history, recordings, tmp_path):
    added = history("add", recordings["leak"], recordings["clean"], "--commit", "c0ffee1", "--branch", "main")
    assert (0, "") == (added.code, added.err)
    leak, clean = added.out.splitlines()
    assert leak.startswith(f"{recordings['leak']}: remembered as a run of ")
    assert leak.endswith("endings.py:count: leak")
    assert clean.endswith("still.py:work: clean")
    assert "*\n" == (tmp_path / ".snapdiff" / "history" / ".gitignore").read_text(encoding="utf-8")

    again = history("add", recordings["leak"])
    assert (0, True) == (again.code, "remembered already" in again.out)

    listed = history("show")
    assert 0 == listed.code
    assert ["1", "1"] == [line.split()[1] for line in listed.out.splitlines()[1:]]

    shown = json.loads(history("show", "endings", "--format", "json").out)
    assert ("snapdiff-trend/1", "leak", 1) == (shown["format"], shown["verdict"], len(shown["runs"]))
    assert ("c0ffee1", "main") == (shown["runs"][0]["origin"]["commit"], shown["runs"][0]["origin"]["branch"])
    (course,) = shown["courses"]
    assert [1.0] == course["rates"]
    assert shown["runs"][0]["rss"] > 1_000_000

    page = tmp_path / "trend.html"
    written = history("show", "endings", "-o", page)
    assert (0, str(page)) == (written.code, written.out.splitlines()[-1])
    assert "c0ffee1" in page.read_text(encoding="utf-8")
    refused = history("show", "endings", "-o", page)
    assert (2, True) == (refused.code, "--force" in refused.err)

    fingerprint = course["finding"]["fingerprint"]
    noted = history("note", fingerprint[:6], "--ticket", "ABC-123", "--fixed-in", "4.2.1")
    assert (0, f"Noted on {fingerprint}: ") == (noted.code, noted.out[: len(fingerprint) + 11])
    said = history("similar", fingerprint).out
    assert "The same cause: seen on " in said
    assert "ticket ABC-123, fixed in 4.2.1" in " ".join(said.split())
    assert "ABC-123" in history("show", "endings").out


@lancedb
def test_a_recording_that_was_made_again_is_recognised(history, recordings, tmp_path):
    assert 0 == history("add", recordings["leak"]).code
    assert "Nothing like it is remembered" in history("similar", recordings["leak"]).out
    copy = tmp_path / "again.snapdiff"
    copy.write_bytes(recordings["leak"].read_bytes() + b"\0")
    found = json.loads(history("similar", copy, "--format", "json").out)
    assert "snapdiff-similar/1" == found["format"]
    (alike,) = found["findings"][0]["alike"]
    assert (True, 1) == (alike["same"], alike["runs"])


@lancedb
def test_a_recording_without_a_leak_has_nothing_to_look_for(history, recordings):
    done = history("similar", recordings["clean"])
    assert (0, "There is no finding to look for: the recording has none that grows with the calls.\n") == (
        done.code,
        done.out,
    )


@lancedb
def test_a_history_for_everybody_holds_no_paths_of_files(history, recordings):
    assert 0 == history("add", recordings["leak"], "--redact").code
    assert "endings.py" not in history("show", "--last", "1").out
    assert "endings.py" not in history("show", "count", "--format", "json").out


@lancedb
def test_what_is_wrong_is_one_sentence_and_the_others_are_added(history, recordings, tmp_path):
    (tmp_path / "bad.snapdiff").write_bytes(b"PK nothing")
    done = history("add", "bad.snapdiff", recordings["clean"])
    assert 2 == done.code
    assert 1 == len(done.err.splitlines())
    assert "remembered as a run" in done.out


@lancedb
def test_a_sweep_is_not_remembered(history, tmp_path):
    from click.testing import CliRunner

    from snapdiff.cli.main import main

    (tmp_path / "load.py").write_text("def load(n):\n    [None] * n\n", encoding="utf-8")
    recorded = CliRunner().invoke(main, ["record", f"{tmp_path}/load.py:load", "--sweep", "n=1,2,4", "--trace", "off",
                                         "-o", f"{tmp_path}/sweep.snapdiff", "-q"])  # fmt: skip
    assert 0 == recorded.exit_code
    done = history("add", "sweep.snapdiff")
    assert (2, "") == (done.code, done.out)
    assert "sweep.snapdiff is a sweep, which has no rounds and no findings: it is not remembered." in done.err


@lancedb
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show"], "There is no run in the history at "),
        (["show", "app"], "There is no run in the history at "),
        (["similar", "3f9c1a7be204"], "No finding with the fingerprint '3f9c1a7be204' is remembered"),
        (["similar", "gone.snapdiff"], "There is no file "),
        (["note", "3f9c1a7be204"], "There is nothing to write down: give --ticket, --fixed-in or --text."),
        (["note", "3f9c1a7be204", "--ticket", "A-1"], "No finding with the fingerprint"),
        (["show", "--store", "nonsense://x"], "The history at nonsense://x cannot be used: "),
    ],
)
def test_nothing_there_is_one_sentence(history, tmp_path, arguments, sentence):
    done = history(*arguments)
    assert (2, "") == (done.code, done.out)
    assert 1 == len(done.err.splitlines())
    assert sentence in done.err
    assert not (tmp_path / ".snapdiff").exists()


@lancedb
def test_a_target_that_is_none_is_answered_with_those_that_are(history, recordings):
    assert 0 == history("add", *recordings.values()).code
    for target, sentence in (("nothing", "There is no run of 'nothing'"), ("o", "'o' is a part of several names")):
        done = history("show", target)
        assert 2 == done.code
        assert sentence in done.err
        assert "still.py:work" in done.err
    assert "No run of " in history("show", "still", "--branch", "none").err


@lancedb
def test_the_project_says_where_its_history_is(history, recordings, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.snapdiff]\nhistory = "leaks"\n', encoding="utf-8")
    assert 0 == history("add", recordings["clean"]).code
    # Who names a folder may want it under version control.
    assert ["runs"] == [name.partition("-")[0] for name in os.listdir(tmp_path / "leaks")]
    assert 0 == history("add", recordings["clean"], "--store", tmp_path / "elsewhere").code
    assert 1 == len(list((tmp_path / "elsewhere").glob("runs-*.lance")))


@pytest.mark.parametrize("setting", ["1", '""', '["a"]'])
def test_a_setting_that_is_no_place_is_said(history, tmp_path, setting):
    (tmp_path / "pyproject.toml").write_text(f"[tool.snapdiff]\nhistory = {setting}\n", encoding="utf-8")
    done = history("show")
    assert (2, True) == (done.code, "history in [tool.snapdiff] must be a text" in done.err)


@pytest.mark.parametrize("arguments", [["show"], ["add", "x.snapdiff"]])
def test_without_lancedb_one_sentence_says_what_to_install(tmp_path, arguments):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "history", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (2, "") == (done.returncode, done.stdout)
    assert (
        "snapdiff: The history needs LanceDB, which is not installed. "
        "Install it with: pip install 'snapdiff-leaks[history]'\n"
    ) == done.stderr
