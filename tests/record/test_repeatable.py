"""Recording a program again says the same."""

import pytest


def findings(report):
    keys = ("fingerprint", "verdict", "law", "type", "objects_per_iteration", "growth", "container", "chain")
    found = [{key: finding[key] for key in keys} for finding in report["findings"]]
    return sorted(found, key=lambda finding: finding["fingerprint"])


@pytest.mark.parametrize("target", ["tracked.py:keep", "package/inner/work.py:keep"])
def test_a_second_recording_finds_the_same_under_any_hash_seed(measure, monkeypatch, target):
    found = []
    for seed in ("0", "1", "4711"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        found.append(findings(measure(target)))
    assert found[0]
    assert found[0] == found[1] == found[2]


def test_fingerprints_are_the_same_on_every_interpreter(measure, interpreters):
    found = {}
    for version in ("3.11", "3.12", "3.13"):
        if version not in interpreters:
            pytest.skip(f"Python {version} is not installed here")
        report = measure("tracked.py:keep", python=interpreters[version])
        found[version] = {finding["container"]["path"]: finding["fingerprint"] for finding in report["findings"]}
    assert 7 == len(found["3.11"])
    assert found["3.11"] == found["3.12"] == found["3.13"]
