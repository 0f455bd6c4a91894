"""The same leak has the same fingerprint on every Python, with every hash seed, and after its lines have moved."""

import shutil

import pytest

# Every interpreter is asked from the first Python of CI; the others need not ask again.
pytestmark = pytest.mark.corpus
PROGRAM = "ways.py"
WAYS = ["timers", "owner_replaced", "cached_under_a_property", "decorated_per_call"]


def fingerprints(report):
    return [finding["fingerprint"] for finding in report["findings"] if finding["verdict"] == "leak"]


@pytest.mark.parametrize("function", WAYS)
def test_every_python_gives_the_same_fingerprint(measure, interpreters, function):
    found = {
        version: fingerprints(measure(f"{PROGRAM}:{function}", python=path))
        for version, path in interpreters.items()
        if version in ("3.11", "3.12", "3.13")
    }
    assert 1 == len(set(map(tuple, found.values()))), found
    assert 1 == len(next(iter(found.values())))


def test_hash_seeds_and_moved_lines_change_nothing(measure, programs, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHASHSEED", "1")
    expected = fingerprints(measure(f"{PROGRAM}:cached_under_a_property"))
    monkeypatch.setenv("PYTHONHASHSEED", "2")
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.copy(programs / PROGRAM, moved / PROGRAM)
    text = (moved / PROGRAM).read_text(encoding="utf-8")
    (moved / PROGRAM).write_text(text.replace("\n\n\n", "\n\n\n# A line more.\n\n\n"), encoding="utf-8")
    assert expected == fingerprints(measure(f"{PROGRAM}:cached_under_a_property", cwd=moved))
