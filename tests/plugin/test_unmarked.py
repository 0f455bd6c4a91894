"""`pytest --snapdiff` over tests that know nothing of it; baselines; workers of xdist; what is asked wrongly."""

import json

import pytest

pytestmark = pytest.mark.corpus

ROUNDS = ("--snapdiff", "--snapdiff-rounds", "1,3,20")


@pytest.fixture(scope="module")
def noted(run_pytest, project):
    """A run that writes its leaks to a baseline."""
    folder = project(
        "unmarked", '[tool.snapdiff]\nbaseline = "known-leaks.json"\n[tool.snapdiff.pytest]\ndir = "leaks"\n'
    )
    return run_pytest(folder, *ROUNDS, "--snapdiff-update-baseline")


@pytest.fixture(scope="module")
def known(run_pytest, noted):
    """The same in two workers, with the baseline of before, which knows of another leak too."""
    path = noted.folder / "known-leaks.json"
    content = json.loads(path.read_text())
    content["known"].append({**content["known"][0], "fingerprint": "0123456789ab", "sentence": "Leak: it is mended."})
    path.write_text(json.dumps(content))
    return run_pytest(noted.folder, *ROUNDS, "-n", "2", plugins=["xdist"])


def test_only_what_outlives_a_whole_test_leaks(noted):
    assert {"test_leaks"} == {name for name, outcome in noted.outcomes.items() if outcome == "FAILED"}
    assert {"test_leaks": "leak", "test_cannot_be_repeated": "not measured"} == {
        name: verdict for name, (verdict, _) in noted.verdicts.items()
    }
    assert "4 tests measured: 1 leak, 1 not measured, 2 clean" == noted.section[0]


def test_a_test_that_is_left_out_is_not_measured(noted):
    assert "test_is_left_out" not in noted.out.partition(" snapdiff ==")[2].partition(" short test summary")[0]


def test_the_folder_of_the_settings_is_used(noted):
    assert 1 == len(list((noted.folder / "leaks").glob("*test_leaks*.snapdiff")))


def test_a_baseline_is_text_with_one_leak_a_line(noted):
    lines = (noted.folder / "known-leaks.json").read_text().splitlines()
    assert 3 <= len(lines)
    assert [] == [line for line in lines if len(line) > 2000]


def test_known_leaks_pass_and_gone_ones_are_told_from_workers_too(known):
    assert (0, "PASSED") == (known.code, known.outcomes["test_leaks"])
    assert any(line.startswith("leak (in the baseline): test_unmarked.py::test_leaks: ") for line in known.section)
    gone = [line for line in known.section if line.startswith("gone from the baseline: ")]
    assert ["gone from the baseline: test_unmarked.py::test_leaks: Leak: it is mended."] == gone


@pytest.mark.parametrize(
    ("mark", "sentence"),
    [
        ("(rounds=(5, 3))", "is not rising"),
        ("(round=(1, 3))", "does not take 'round'"),
        ("(allow='much')", "write `2 objects/call`"),
        ("(fixtures='none')", "fixtures is `once` or `fresh`"),
        ("('fast')", "arguments without a name"),
    ],
)
def test_a_wrong_mark_is_refused_before_anything_runs(run_pytest, tmp_path, mark, sentence):
    (tmp_path / "test_it.py").write_text(f"import pytest\n@pytest.mark.snapdiff{mark}\ndef test_it():\n    1 / 0\n")
    run = run_pytest(tmp_path)
    assert 4 == run.code
    assert sentence in run.err
    assert "Traceback" not in run.err


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("[tool.snapdiff]\nallow = 'x'", "[tool.snapdiff] allow: write"),
        ("[tool.snapdiff]\nbudget = 1", "has no setting 'budget'"),
        ("[tool.snapdiff.pytest]\nmax_time = -1", "max_time is a number of seconds"),
        ("[tool.snapdiff]\nbaseline = 'none.json'", "none.json cannot be read"),
    ],
)
def test_wrong_settings_are_refused_before_anything_runs(run_pytest, tmp_path, table, sentence):
    (tmp_path / "pyproject.toml").write_text(table)
    (tmp_path / "test_it.py").write_text("def test_it():\n    1 / 0\n")
    run = run_pytest(tmp_path, "--snapdiff")
    assert 4 == run.code
    assert sentence in run.err


def test_a_slow_test_is_not_called_again_unless_it_is_marked(run_pytest, tmp_path):
    (tmp_path / "test_it.py").write_text("import time\ndef test_it():\n    time.sleep(0.3)\n")
    run = run_pytest(tmp_path, "--snapdiff", "--snapdiff-max-time", "5")
    assert "not measured" == run.verdicts["test_it"][0]
    assert "162 of them longer than 5 s" in run.verdicts["test_it"][1]


def test_nothing_is_imported_unless_it_is_asked_for(run_pytest, tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it():\n"
        "    ours = {name for name in sys.modules if name.startswith('snapdiff')}\n"
        "    assert ours == {'snapdiff', 'snapdiff.pytest_plugin'}\n"
    )
    assert 0 == run_pytest(tmp_path).code
