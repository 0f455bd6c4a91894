"""The JSON contract: every field always there, and every output valid against the schema."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from snapdiff.analysis.model import Verdict
from snapdiff.report import render
from snapdiff.report.schema import load_schema


@pytest.fixture(scope="module")
def validator():
    schema = load_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", ["leaking", "clean", "incomplete", "hostile"])
def test_every_output_is_valid_against_the_schema(build, validator, name):
    validator.validate(json.loads(render(getattr(build, name)(), "json")))


def test_the_data_inside_the_page_is_valid_too(build, validator):
    html = render(build.huge(), "html")
    begin = html.index('id="data">') + len('id="data">')
    data = json.loads(html[begin : html.index("</script>", begin)])
    validator.validate(data)
    assert 60 == len(data["types"])
    assert "types: 60 of 5,000 shown" in data["cut"]


def test_a_run_without_rounds_is_valid(build, validator):
    analysis = replace(build.incomplete(), rounds=(), curve=(), audit=())
    validator.validate(json.loads(render(analysis, "json")))


def objects_in(schema):
    """Every object schema inside `schema`."""
    if isinstance(schema, dict):
        if schema.get("type") in ("object", ["object", "null"]):
            yield schema
        for value in schema.values():
            yield from objects_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects_in(value)


def test_the_schema_describes_and_requires_every_field_of_every_row():
    for each in objects_in(load_schema()):
        if "properties" in each:
            assert each["additionalProperties"] is False
            assert sorted(each["properties"]) == sorted(each["required"])
            assert all(
                "description" in field or "$ref" in field or "anyOf" in field for field in each["properties"].values()
            )
        else:
            assert {"type": "string"} == each["additionalProperties"]  # the environment: names are free


def test_the_schema_refuses_a_field_that_it_does_not_know(build, validator):
    data = json.loads(render(build.leaking(), "json"))
    data["findings"][0]["born_at"][0]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        validator.validate(data)


def test_the_fields_are_those_of_the_contract(build):
    data = json.loads(render(build.leaking(), "json"))
    contract = {
        *("format", "verdict", "complete", "ended", "rounds", "findings", "control", "audit"),
        *("types", "lines", "ledger", "environment"),
    }
    assert set() == contract - set(data)
    assert ("snapdiff-report/1", "leak", True, "as planned") == tuple(
        data[key] for key in ("format", "verdict", "complete", "ended")
    )
    assert {"python": "CPython 3.11.9"}.items() <= data["environment"].items()


def test_a_finding_reads_as_the_contract_spells_it(build):
    finding = json.loads(render(build.leaking(), "json"))["findings"][0]
    assert [1, 10, 151, 302] == finding["growth"]
    container = {"path": "module app → Cart.by_id", "type": "dict", "size": 464, "bound": None, "count": 1}
    assert container == finding["container"]
    assert ("objects", [], False) == (finding["unit"], finding["other_containers"], finding["held_natively"])
    assert "464 entries, +1/call" == finding["path_graph"]["nodes"][2]["detail"]
    assert {"label": ".by_id", "type": "dict"} == finding["chain"][-1]
    born = finding["born_at"][0]
    assert ("app/cart.py", 41, "add", 1.0, 464, 464) == tuple(
        born[key] for key in ("file", "line", "function", "share", "born", "alive")
    )
    assert {"file": "bench.py", "line": 7, "function": "run"} == born["callers"][1]
    assert {"file", "line", "function", "callers"} == set(finding["grown_at"][0])
    assert finding["doubt"] is None
    assert finding["cure"].startswith("This dict lives as long as the process")


def test_what_is_inconclusive_says_why_and_what_is_harmless_needs_no_cure(build):
    findings = (
        build.finding(verdict=Verdict.INCONCLUSIVE, doubt="the rate falls"), build.finding(verdict=Verdict.SATURATING)
    )  # fmt: skip
    open_one, harmless = json.loads(render(replace(build.leaking(), findings=findings), "json"))["findings"]
    assert ("the rate falls", None, None) == (open_one["doubt"], harmless["doubt"], harmless["cure"])


def test_what_does_not_apply_is_null_or_empty_and_never_missing(build):
    finding = json.loads(render(build.leaking(), "json"))["findings"][-1]
    assert [None, None, [], [], []] == [finding[key] for key in ("type", "container", "chain", "born_at", "grown_at")]


def test_types_and_lines_are_whole_but_a_long_timeline_is_thinned_and_says_so(build):
    data = json.loads(render(build.huge(), "json"))
    assert (5000, 5000, 300) == tuple(len(data[key]) for key in ("types", "lines", "findings"))
    assert len(data["timeline"]) <= 400
    assert any("of 200000 samples" in sentence for sentence in data["cut"])
