"""SARIF 2.1.0: what the official schema takes, with the lines where things grow and where they are born."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from snapdiff.analysis.model import Frame, Suppressed, Verdict
from snapdiff.report import render
from snapdiff.report.comparison import render_comparison

SCHEMA = Path(__file__).parent / "schemas" / "sarif-schema-2.1.0.json"


@pytest.fixture(scope="module")
def validator():
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def results(text):
    """The results of the one run."""
    (run,) = json.loads(text)["runs"]
    return run["results"]


def with_finding(build, **changes):
    return replace(build.leaking(), findings=(build.finding(**changes),), suppressed=())


@pytest.mark.parametrize("name", ["leaking", "clean", "incomplete", "hostile", "after"])
def test_every_report_is_valid_against_the_official_schema(build, validator, name):
    validator.validate(json.loads(render(getattr(build, name)(), "sarif")))


@pytest.mark.parametrize("name", ["comparison", "inconclusive", "void", "hostile_comparison", "same"])
def test_every_comparison_is_valid_against_the_official_schema(build, validator, name):
    validator.validate(json.loads(render_comparison(getattr(build, name)(), "sarif")))


def test_the_schema_refuses_what_it_does_not_know(build, validator):
    log = json.loads(render(build.leaking(), "sarif"))
    log["runs"][0]["results"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        validator.validate(log)


def test_a_leak_is_an_error_where_it_grows_and_the_line_of_birth_is_related(build):
    found = results(render(with_finding(build), "sarif"))[0]
    assert ("snapdiff/leak", "error") == (found["ruleId"], found["level"])
    place = found["locations"][0]["physicalLocation"]
    assert ("app/cart.py", 42) == (place["artifactLocation"]["uri"], place["region"]["startLine"])
    assert [("born here in add", 41), ("called from here in handle", 12)] == [
        (each["message"]["text"], each["physicalLocation"]["region"]["startLine"]) for each in found["relatedLocations"]
    ]
    assert "module app → Cart.by_id" == found["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
    assert {"snapdiffCause/v1": "3f9c1a7be204"} == found["partialFingerprints"]
    assert "╰→ app.cart.Item  (+1 per call)" in found["message"]["text"]


def test_the_line_of_birth_is_the_place_where_growth_was_not_seen(build):
    found = results(render(with_finding(build, grown_at=()), "sarif"))[0]
    assert 41 == found["locations"][0]["physicalLocation"]["region"]["startLine"]


def test_without_any_line_the_workload_is_the_place(build):
    found = results(render(with_finding(build, grown_at=(), born_at=()), "sarif"))[0]
    assert "bench.py" == found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert "the workload" == found["locations"][0]["message"]["text"]


def test_a_finding_with_nothing_known_is_a_result_too(build, validator):
    analysis = with_finding(build, grown_at=(), born_at=(), container=None, chain=(), type=None, domain="native")
    analysis = replace(analysis, method=replace(analysis.method, target="app:run"))
    log = json.loads(render(analysis, "sarif"))
    validator.validate(log)
    assert [{"logicalLocations": [{"fullyQualifiedName": "native", "kind": "object"}]}] == (
        log["runs"][0]["results"][0]["locations"]
    )


def test_rules_and_levels_follow_the_verdict(build):
    verdicts = {
        Verdict.LEAK: "error", Verdict.SLOW_LEAK: "error", Verdict.INCONCLUSIVE: "warning", Verdict.CYCLE: "note",
        Verdict.SATURATING: None, Verdict.ONE_TIME: None,
    }  # fmt: skip
    for verdict, level in verdicts.items():
        log = json.loads(render(with_finding(build, verdict=verdict), "sarif"))
        rules = log["runs"][0]["tool"]["driver"]["rules"]
        found = log["runs"][0]["results"]
        assert ([] if level is None else [level]) == [each["level"] for each in found]
        assert [each["ruleId"] for each in found] == [rules[each["ruleIndex"]]["id"] for each in found]


def test_suppressed_findings_are_results_with_their_suppression(build, validator):
    row = Suppressed("app/cart.py:*", "see #142", ("s",), ("3f9c1a7be204",), (build.finding(),))
    text = render(replace(build.clean(), suppressed=(row,)), "sarif")
    validator.validate(json.loads(text))
    assert [[{"kind": "external", "status": "accepted", "justification": "see #142"}]] == [
        each["suppressions"] for each in results(text)
    ]


def test_brackets_and_braces_of_a_name_are_no_links_and_no_places_for_arguments(build):
    sentence = "Leak: `[a](javascript:x)` {0} back\\slash."
    found = results(render(with_finding(build, sentence=sentence, chain=()), "sarif"))[0]
    assert found["message"]["text"].startswith("Leak: `\\[a\\](javascript:x)` {{0}} back\\\\slash.")


@pytest.mark.parametrize(
    ("expected", "file"),
    [("a%20b/c.py", "a b/c.py"), ("javascript%3Aalert%281%29", "javascript:alert(1)"), ("a/b.py", "a\\b.py"),
     ("%3Cstring%3E", "<string>"), ("%C3%A9.py", "é.py"), ("a%3Fb%23c.py", "a?b#c.py")],
)  # fmt: skip
def test_a_path_is_a_relative_reference_whatever_is_in_it(build, expected, file):
    finding = build.finding()
    grown = (replace(finding.grown_at[0], frame=Frame(file, 0, None)),)
    found = results(render(with_finding(build, grown_at=grown), "sarif"))[0]["locations"][0]["physicalLocation"]
    # SARIF's lines begin at 1.
    assert (expected, 1) == (found["artifactLocation"]["uri"], found["region"]["startLine"])


def test_how_the_run_ended_is_told(build):
    run = json.loads(render(build.incomplete(), "sarif"))["runs"][0]["invocations"][0]
    assert (False, "by signal 9 (SIGKILL) in the round of 10 calls") == (
        run["executionSuccessful"],
        run["exitCodeDescription"],
    )


def test_a_comparison_says_the_state_of_each_result_against_its_baseline(build):
    found = results(render_comparison(build.comparison(), "sarif"))
    assert {("5e55105e5510", "new"), ("3f9c1a7be204", "absent"), ("77aa01d2c9f0", "unchanged")} == {
        (each["partialFingerprints"]["snapdiffCause/v1"], each["baselineState"]) for each in found
    }


def test_what_cannot_be_told_has_no_state(build):
    found = results(render_comparison(build.inconclusive(), "sarif"))
    assert [False, False] == ["baselineState" in each for each in found]
