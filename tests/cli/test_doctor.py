"""`snapdiff doctor` tries what it speaks of."""

import pytest

from snapdiff import doctor

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def checks():
    """What is found in this environment, by name."""
    import sys

    return {check.name: check for check in doctor.examine(sys.executable)}


def test_everything_that_a_result_needs_works_here(checks):
    names = (
        "snapdiff",
        "target",
        "recording",
        "snapshots",
        "lines",
        "objgraph",
        "page",
        "graphs",
        "history",
        "browser",
    )
    assert list(names) == list(checks)
    for name in ("snapdiff", "target", "recording", "lines", "page"):
        assert doctor.State.WORKS == checks[name].state, checks[name]
    assert "a program that leaks is called a leak" in checks["recording"].found


def test_what_is_lacking_says_what_to_do(checks):
    assert [] == [check for check in checks.values() if check.state != doctor.State.WORKS and not check.advice]


@pytest.mark.parametrize("path", ["/nonexistent/python", "/bin/true"])
def test_a_python_that_is_none_is_a_failure_with_a_reason(invoke, path):
    done = invoke("doctor", "--python", path)
    assert 1 == done.code
    assert path in done.out
    assert "Give a Python of 3.9 or newer that runs: --python PATH." in done.out
    assert "\x1b" not in done.out


def test_another_interpreter_is_tried_itself(invoke, interpreters):
    found = interpreters.get("3.9")
    if found is None:
        pytest.skip("Python 3.9 is not installed here")
    done = invoke("doctor", "--python", found)
    assert 0 == done.code
    text = " ".join(done.out.split())
    assert f"Python 3.9.{found.split('3.9.')[1].split('/')[0]} at {found}" in text
    # A plain interpreter of another version: no walker, no objgraph, and still a verdict.
    assert "lacking snapshots python." in text
    assert f"{found} -m pip install objgraph" in text
    assert max(len(line) for line in done.out.splitlines()) <= 80


def test_without_the_extra_the_history_is_lacking_and_nothing_fails(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "lancedb", None)
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None)
    check = doctor._history("unread", doctor.Path("unused"))
    assert (doctor.State.LACKING, "pip install 'snapdiff-leaks[history]'") == (check.state, check.advice)


def test_a_recording_that_judges_wrongly_breaks_everything(build_wrong):
    (_, recording, *_) = doctor._recorded(build_wrong, "python")
    assert doctor.State.BROKEN == recording.state


@pytest.fixture
def build_wrong(record):
    """The analysis of a program that does not leak."""
    from snapdiff import api

    return api.analyze(record("quiet.py:work", rounds=(1, 2))).analysis
