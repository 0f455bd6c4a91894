"""JUnit XML: what Jenkins' schema takes, a case a cause, and nothing that XML cannot carry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from snapdiff.analysis.model import Verdict
from snapdiff.report import render
from snapdiff.report.comparison import render_comparison

SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"


@pytest.fixture(scope="module")
def schema():
    return xmlschema.XMLSchema(SCHEMA)


def cases(text):
    """(name, [(kind, type)]) of every case."""
    return [
        (case.get("name"), [(each.tag, each.get("type")) for each in case if each.tag != "system-out"])
        for case in ElementTree.fromstring(text).iter("testcase")
    ]


@pytest.mark.parametrize("name", ["leaking", "clean", "incomplete", "hostile", "after"])
def test_every_report_is_valid_against_the_schema_of_jenkins(build, schema, name):
    schema.validate(render(getattr(build, name)(), "junit"))


@pytest.mark.parametrize("name", ["comparison", "inconclusive", "void", "hostile_comparison", "same"])
def test_every_comparison_is_valid_against_the_schema_of_jenkins(build, schema, name):
    schema.validate(render_comparison(getattr(build, name)(), "junit"))


def test_the_schema_refuses_what_is_not_junit(build, schema):
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        schema.validate(
            render(build.leaking(), "junit").replace("<failure", "<defeat").replace("</failure", "</defeat")
        )


def test_a_cause_is_a_failed_case_with_its_verdict_and_chain(build):
    text = render(build.leaking(), "junit")
    assert [
        ("recorded as planned", []),
        ("module app → Cart.by_id keeps no app.cart.Item [3f9c1a7be204]", [("failure", "leak")]),
        ("module logging → Logger.handlers keeps no logging.StreamHandler [77aa01d2c9f0]", [("failure", "slow-leak")]),
        ("suppressed 0011aa22bb33", [("skipped", None)]),
    ] == cases(text)
    suite = ElementTree.fromstring(text)
    assert ("4", "2", "0", "1") == tuple(suite.get(key) for key in ("tests", "failures", "errors", "skipped"))
    failure = next(suite.iter("failure"))
    assert build.leaking().sentence == failure.get("message")
    assert "╰→ app.cart.Item  (+1 per call)" in failure.text
    assert "born at app/cart.py:41 in add" in failure.text


def test_a_clean_run_passes(build):
    assert [("recorded as planned", []), ("nothing grows with the calls", [])] == cases(render(build.clean(), "junit"))


def test_an_incomplete_run_is_an_error_and_no_pass(build):
    text = render(build.incomplete(), "junit")
    assert ("recorded as planned", [("error", "incomplete")]) == cases(text)[0]
    assert "by signal 9 (SIGKILL)" in next(ElementTree.fromstring(text).iter("error")).text


def test_what_is_inconclusive_is_an_error_of_its_own(build):
    finding = build.finding(verdict=Verdict.INCONCLUSIVE)
    text = render(replace(build.clean(), verdict=Verdict.INCONCLUSIVE, findings=(finding,)), "junit")
    assert [[], [("error", "inconclusive")]] == [results for _, results in cases(text)]


def test_new_fails_fixed_passes_and_what_cannot_be_told_is_an_error(build):
    assert [[], [], [("failure", "new")], [], []] == [
        results for _, results in cases(render_comparison(build.comparison(), "junit"))
    ]
    found = cases(render_comparison(build.inconclusive(), "junit"))
    assert {(("error", "unsure"),), (("error", "incomplete"),), ()} == {tuple(results) for _, results in found}


def test_a_hostile_name_is_text(build):
    suite = ElementTree.fromstring(render(build.hostile(), "junit"))
    assert {"testsuite", "properties", "property", "testcase", "failure", "skipped"} == {
        each.tag for each in suite.iter()
    }
    assert "</script><img src=x onerror=alert(1)>" in next(suite.iter("failure")).get("message")
