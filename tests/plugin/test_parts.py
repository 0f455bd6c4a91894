"""Names of files, who keeps what, and the lines of the summary."""

import os
from types import SimpleNamespace

import pytest

from snapdiff.pytest_measure.folder import Folder, name_of, page_of
from snapdiff.pytest_measure.quick import grows
from snapdiff.pytest_measure.result import Result
from snapdiff.pytest_measure.summary import lines
from snapdiff.pytest_measure.tools import held_by


@pytest.mark.parametrize(
    "test", ["tests/test_a.py::test_b", "a::b[../../etc/passwd]", "a::b[\x00\n\t 💥]", "..", "a" * 5000, "a::b[\udcff]"]
)
def test_a_name_is_safe_for_any_test_id(test):
    name = name_of(test)
    assert len(name) <= 110
    assert set() == set(name) & set('/\\\x00\n\t :*?"<>|')
    assert not name.startswith((".", "-"))


def test_names_of_different_tests_differ():
    tests = ["a::b[1-2]", "a::b[1 2]", "a::b[1/2]", "a--b-1-2-"]
    assert len(tests) == len({name_of(test) for test in tests})


def test_nothing_of_this_run_is_overwritten_and_what_is_older_goes(tmp_path):
    old = Folder(tmp_path, since=0.0).room_for("t")
    for file in (old, page_of(old)):
        file.write_text("old")
    # A file of the past, by the clock of a run that begins in the future.
    later = Folder(tmp_path, since=1e12)
    first = later.room_for("t")
    assert (old, False, False) == (first, old.exists(), page_of(old).exists())
    first.write_text("new")
    assert f"{first.stem}-2.snapdiff" == later.room_for("t").name
    # Another worker of the same run.
    assert f"{first.stem}-2.snapdiff" == Folder(tmp_path, since=0.0).room_for("t").name


def finding(*chain):
    return SimpleNamespace(chain=[SimpleNamespace(label=label, type=kind) for label, kind in chain])


@pytest.mark.parametrize(
    ("expected", "chain"),
    [
        (None, [("module app", "module"), (".cache", "dict")]),
        ("pytest", [("the Session object", "_pytest.main.Session"), (".config", "_pytest.config.Config")]),
        ("pytest", [("module logging", "module"), (".root", "logging.RootLogger"), ("[*]", "_pytest.logging.X")]),
        ("pytest", [("module _pytest.warnings", "module"), (".seen", "list")]),
        ("a mock", [("module app", "module"), (".client", "unittest.mock.MagicMock"), (".mock_calls", "list")]),
        (None, [("module pytester_of_mine", "module"), (".seen", "list")]),
        (None, []),
    ],
)
def test_what_passes_through_a_test_tool_is_its_own(expected, chain):
    assert expected == held_by(finding(*chain))


def test_the_summary_counts_all_and_names_what_matters():
    results = [
        Result("t::a", "clean", ""),
        Result("t::b", "leak", "Leak: b.", "b.html"),
        Result("t::c", "not measured", "too slow"),
        Result("t::d", "leak", "Leak: d.", "d.html", why_accepted="in the baseline"),
    ]
    assert [
        "4 tests measured: 2 leak, 1 not measured, 1 clean",
        "leak: t::b: Leak: b. b.html",
        "leak (in the baseline): t::d: Leak: d. d.html",
        "not measured: t::c: too slow",
    ] == lines(results, [], verbose=False)


def test_of_many_tests_that_were_not_measured_twenty_are_named():
    results = [Result(f"t::{number}", "not measured", "too slow") for number in range(30)]
    assert "not measured: and 10 more, named with -v" == lines(results, [], verbose=False)[-1]
    assert 31 == len(lines(results, [], verbose=True))


def test_a_quick_look_sees_objects_and_descriptors(tmp_path):
    kept, opened = [], []

    def opens():
        opened.append(os.open(tmp_path, os.O_RDONLY))

    looks = [grows(lambda: kept.append({})), grows(lambda: None), grows(opens)]
    for descriptor in opened:
        os.close(descriptor)
    assert [True, False, True] == looks
