"""What a sweep says in the formats of tickets, test pages and code scanning: law, sizes, forecast, and what stays."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema

from snapdiff.analysis import analyze
from snapdiff.report import render
from snapdiff.report.annotations import render_annotations

SCHEMAS = Path(__file__).parents[1] / "report" / "schemas"
LINEAR = {"peak": lambda n: 72 * n, "native": lambda n: 4000 * n, "retained": 0.0}
KEPT = {"peak": lambda n: 72 * n, "kept": lambda n: n}
INTERVAL = r"at n = 102,893: [\d.]+ MiB to [\d.]+ MiB \(in 95 of 100 cases, if it holds\)"
BALANCE = "At n = 10,000 a call takes 703.1 KiB of Python memory and 38.1 MiB of resident memory at its peak; "


@pytest.fixture
def linear(recorded):
    return analyze(recorded(at=102_893, **LINEAR))


@pytest.fixture
def kept(recorded):
    return analyze(recorded(at=102_893, **KEPT))


def said(analysis, form):
    """The text of a format on one line, whatever carries it."""
    text = render_annotations(analysis) if form == "annotations" else render(analysis, form)
    if form == "sarif":
        (run,) = json.loads(text)["runs"]
        text = " ".join(each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"])
    return " ".join(text.replace("%25", "%").split())


@pytest.mark.parametrize("form", ["text", "junit", "sarif", "annotations"])
def test_each_format_has_the_law_the_forecast_what_stays_and_the_sizes(linear, form):
    text = said(linear, form)
    assert re.search(r"Peak resident memory of a call: linear, confidence \d\d %, off by 0\.0 %; 3\.9 KiB × n; ", text)
    assert re.search(INTERVAL, text)
    assert BALANCE + "it goes back after each call; 0 B stay resident." in text
    assert "Measured at n = 100, " in text


def test_the_comment_has_a_table_of_laws_and_one_of_sizes(linear):
    text = render(linear, "markdown")
    assert "| measure | law | confidence | in numbers | at `n` 102,893, 95 of 100 cases |" in text
    assert re.search(
        r"\| Peak resident memory of a call \| linear \| \d\d % \| 3\.9 KiB × n \| [\d.]+ MiB to [\d.]+", text
    )
    assert "| 10,000 | 6 | 703.1 KiB | 38.1 MiB |" in text
    assert BALANCE in text
    assert "Planned rounds" not in text


def test_the_text_fits_a_terminal_of_80_columns(linear, kept):
    for analysis in (linear, kept):
        assert 80 > max(map(len, render(analysis, "text").splitlines()))


def test_what_every_call_keeps_is_no_test_that_passed(linear, kept):
    def errors(analysis):
        suite = ElementTree.fromstring(render(analysis, "junit"))
        return [case.get("name") for case in suite.iter("testcase") if case.find("error") is not None]

    name = "no object is kept by every call of one size"
    assert [] == errors(linear)
    assert name in errors(kept)
    assert "each call keeps 10,000 objects" in said(kept, "junit")
    (run,) = json.loads(render(kept, "sarif"))["runs"]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert [
        "each call keeps 10,000 objects" in each["message"]["text"] for each in notes if each["level"] != "note"
    ] == [True]
    assert {"::warning", "::notice"} == {line.split(" ")[0] for line in render_annotations(kept).splitlines()}


def test_a_sweep_is_valid_against_the_official_schemas(linear, kept, recorded):
    empty = analyze(recorded(frames=[{"kind": "loaded"}]))
    sarif = jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-schema-2.1.0.json").read_text(encoding="utf-8")))
    junit = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
    for analysis in (linear, kept, empty):
        sarif.validate(json.loads(render(analysis, "sarif")))
        junit.validate(render(analysis, "junit"))
    assert "No size of n was measured." in said(empty, "junit")
    assert "No size of n was measured." in said(empty, "annotations")
