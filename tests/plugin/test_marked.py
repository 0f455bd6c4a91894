"""Marked tests: what leaks fails with its cause; what pytest itself keeps of a test does not."""

import pytest

pytestmark = pytest.mark.corpus

CLEAN = [
    "test_keeps_in_a_fixture_of_each_call", "test_uses_all_that_pytest_keeps", "test_warns_and_prints",
    "TestCase::test_in_parts",
]  # fmt: skip
LEAK = "test_keeps_in_its_fixture"


def test_a_leak_fails_the_test_and_nothing_else_does(marked):
    failed = {name for name, outcome in marked.outcomes.items() if outcome == "FAILED"}
    assert {LEAK, "test_fails_by_itself"} == failed
    assert 1 == marked.code


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_test_passes_without_a_word(marked, name):
    assert ("PASSED", None) == (marked.outcomes[name], marked.verdicts.get(name))


def test_a_leak_is_told_with_its_page(marked):
    verdict, text = marked.verdicts[LEAK]
    assert "leak" == verdict
    assert "per call" in text
    page = text.rpartition(" ")[2]
    assert page.endswith(".html")
    assert (marked.folder / page).read_text().startswith("<!doctype html>")
    assert (marked.folder / page.replace(".html", ".snapdiff")).is_file()


def test_the_failure_names_container_and_lines(marked):
    text = marked.text_of(LEAK)
    assert "the Service object → sessions" in text
    assert "grown at test_marked.py:" in text
    assert "in Service.handle" in text
    assert "born at test_marked.py:" in text
    # The cause, not our own traceback.
    assert "measuring.py" not in text


def test_a_test_that_fails_by_itself_fails_as_ever(marked):
    text = marked.text_of("test_fails_by_itself")
    assert "assert kept == " in text
    assert "snapdiff measured" not in text
    assert "test_fails_by_itself" not in marked.verdicts


def test_skips_and_expected_failures_are_respected(marked):
    assert "XFAIL" == marked.outcomes["test_is_expected_to_fail"]
    assert "1 skipped" in marked.out
    assert 1 == marked.out.count("spoken once\n")


def test_what_a_mock_records_is_not_the_programs(marked):
    assert "PASSED" == marked.outcomes["test_calls_a_mock"]
    assert any("suppressed in test_marked.py::test_calls_a_mock: kept by a mock" in line for line in marked.section), (
        marked.section
    )


def test_a_test_that_cannot_be_repeated_passes_and_is_told(marked):
    assert "PASSED" == marked.outcomes["test_makes_a_folder"]
    verdict, text = marked.verdicts["test_makes_a_folder"]
    assert "not measured" == verdict
    assert "raised FileExistsError" in text
    assert 'fixtures="fresh"' in text


def test_a_leak_within_its_budget_passes(marked):
    assert "PASSED" == marked.outcomes["TestCase::test_keeps"]
    start = "leak (within the budget of 2 objects/call, 1 KB/call): test_marked.py::TestCase::test_keeps: "
    assert any(line.startswith(start) for line in marked.section)


def test_warnings_are_counted_once(marked):
    assert 1 == marked.out.count("DeprecationWarning: older")


def test_subtests_are_reported_once(marked):
    assert marked.out.count("SUBPASSED") <= 2
    assert "2 subtests passed" in marked.out or "subtests" not in marked.out


def test_only_what_grew_is_kept_in_the_folder(marked):
    kept = {
        path.name.partition(".py-")[2].rpartition("-")[0]
        for path in (marked.folder / ".snapdiff" / "tests").glob("*.snapdiff")
    }
    assert {LEAK, "test_calls_a_mock", "TestCase-test_keeps"} <= kept
    assert set() == {"test_warns_and_prints", "test_uses_all_that_pytest_keeps", "test_makes_a_folder"} & kept
    assert "*\n" == (marked.folder / ".snapdiff" / "tests" / ".gitignore").read_text()
    assert [] == list((marked.folder / ".snapdiff" / "tests").glob("*.part"))
