"""`snapdiff check` with a baseline and a budget."""

import json

import pytest


@pytest.fixture(scope="module")
def leaking(snapdiff, tmp_path_factory):
    """A recording of a program that keeps an item a call."""
    path = tmp_path_factory.mktemp("leaking") / "run.snapdiff"
    done = snapdiff("record", "keeps_items.py:keep", "-o", path, "--rounds", "1,3,20", "--trace", "off", "--quiet")
    assert 0 == done.code, done.err
    return path


def test_a_known_leak_passes_and_a_new_one_fails(invoke, leaking, tmp_path):
    baseline = tmp_path / "known.json"
    assert 1 == invoke("check", leaking).code
    noted = invoke("check", leaking, "--baseline", baseline, "--update-baseline")
    assert (1, f"{baseline}: written.") == (noted.code, noted.out.splitlines()[-1])
    first = baseline.read_text()
    known = invoke("check", leaking, "--baseline", baseline)
    assert 0 == known.code
    assert f"{leaking}: known: Leak: " in known.out
    invoke("check", leaking, "--baseline", baseline, "--update-baseline")
    assert first == baseline.read_text()
    content = json.loads(first)
    content["known"][0].update(fingerprint="0123456789ab", sentence="Leak: it is mended.")
    baseline.write_text(json.dumps(content))
    new = invoke("check", leaking, "--baseline", baseline)
    assert 1 == new.code
    assert f"{baseline}: gone: keeps_items.py:keep: Leak: it is mended." in new.out


def test_a_leak_within_the_budget_passes(invoke, leaking):
    assert [1, 0] == [
        invoke("check", leaking, "--allow", text).code for text in ("0.5 objects/call", "2 objects/call, 1 KB/call")
    ]


def test_settings_of_the_project_are_used(invoke, leaking, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.snapdiff]\nallow = "2 objects/call"\n')
    done = invoke("check", leaking, cwd=tmp_path)
    assert 0 == done.code
    assert "within the budget: Leak: " in done.out


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--allow", "much"), "--allow: write `2 objects/call`, `500 bytes/call` or both with a comma, not 'much'."),
        (
            ("--update-baseline",),
            "--update-baseline needs --baseline FILE, or `baseline` in [tool.snapdiff]",
        ),
        (("--baseline", "/nowhere/known.json"), "The baseline in /nowhere/known.json cannot be read: No such file or"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_sentence(invoke, leaking, options, sentence):
    done = invoke("check", leaking, *options)
    assert 2 == done.code
    assert sentence in done.err
