"""The page, the JSON and the text of a comparison: what was fixed and what is new, at a glance and in full."""

from __future__ import annotations

import base64
import hashlib
import html as entities
import json
import re
from collections import Counter

import jsonschema
import pytest
from referencing import Registry, Resource

from snapdiff.analysis.comparison import Outcome, Status
from snapdiff.report.comparison import FORMATS, render_comparison
from snapdiff.report.comparison import words as compared
from snapdiff.report.schema import load_compare_schema, load_schema

BUILDERS = ["comparison", "same", "inconclusive", "void", "hostile_comparison"]
VOID = {"meta", "br", "input", "wbr"}


@pytest.fixture
def page(build):
    """Return the page of a comparison by name."""
    return lambda name: render_comparison(getattr(build, name)(), "html")


def text_of(html):
    """What a page says, as one line."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    return entities.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def data_of(html):
    """The JSON in a page."""
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])


# -- what a reader sees -----------------------------------------------------------------------------------


def test_the_heading_is_the_sentence_that_is_pasted_into_a_ticket(build, page):
    html = page("comparison")
    heading = html[html.index("<h1") : html.index("</h1>")]
    assert build.comparison().sentence == re.sub(r"<[^>]+>", "", heading)


def test_the_first_section_lists_every_cause_with_both_rates_and_rounds(page):
    html = page("comparison")
    first = text_of(html[html.index('id="verdict"') : html.index('id="causes"')])
    for row in (
        "▲ New module app.session → open_sessions app.session.Session 0 2 0 0 0 +2 +20 +302",
        "✓ Fixed module app → Cart.by_id app.cart.Item 1 0 +1 +10 +151 0 0 0",
        "= Unchanged module logging → Logger.handlers",
    ):
        assert row in first
    assert "python is not the same: CPython 3.11.9 before, CPython 3.12.1 after." in first


def test_a_new_cause_is_shown_in_full_with_its_chain_and_cure(page):
    html = page("comparison")
    card = html[html.index('id="cause-1"') : html.index('id="cause-2"')]
    assert "<details open>" in card
    assert "╰→ app.session.Session  (+2 per call)" in card
    assert "What usually cures this kind" in card
    # What was fixed is folded: nobody has to do anything about it.
    assert "<details>" in html[html.index('id="cause-2"') : html.index('id="cause-3"')]


def test_what_cannot_be_told_is_said_with_its_reason(page):
    text = text_of(page("inconclusive"))
    assert "? Cannot be told" in text
    assert "the run after ended early (by signal 9 (SIGKILL) in the round of 10 calls)" in text


def test_two_targets_are_not_compared_and_the_page_says_what_to_do(page):
    html = page("void")
    text = text_of(html)
    assert "? Inconclusive These recordings cannot tell whether something changed." in text
    assert "`bench.py:checkout` before and `bench.py:refund` after" in text
    assert "Record the same target before and after the change" in text
    assert [] == [id for id in ("causes", "types", "lines") if f'id="{id}"' in html]
    # Each recording still says what it found.
    assert "checkout.snapdiff ▲ Leak" in text


def test_clean_on_both_sides_has_no_causes_section(page):
    html = page("same")
    assert 'id="causes"' not in html
    assert "Clean before and after: nothing grows with the calls." in text_of(html)


def test_every_status_and_outcome_has_words_with_signs_of_their_own():
    assert set(Status) == set(compared.STATUS)
    assert set(Outcome) == set(compared.OUTCOME) == set(compared.MEANING)
    assert len(Status) == len({sign for _, sign, _ in compared.STATUS.values()})


# -- the manners of the report's page ---------------------------------------------------------------------


@pytest.mark.parametrize("name", BUILDERS)
def test_elements_are_closed_ids_are_single_and_links_lead_somewhere(page, name):
    html = page(name)
    body = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
    opened = Counter(re.findall(r"<([a-z][a-z0-9]*)\b(?![^>]*/>)", body))
    closed = Counter(re.findall(r"</([a-z][a-z0-9]*)>", body))
    assert {} == {tag: n - closed[tag] for tag, n in opened.items() if tag not in VOID and n != closed[tag]}
    ids = re.findall(r'\bid="([^"]+)"', body)
    assert sorted(set(ids)) == sorted(ids)
    wanted = {part for each in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', body) for part in each.split()}
    wanted |= set(re.findall(r'href="#([^"]+)"', body))
    assert set() == wanted - set(ids)
    assert body.count("<table") == body.count("<caption")
    assert body.count("<th ") == len(re.findall(r'<th (?:[^>]* )?scope="', body))


@pytest.mark.parametrize("name", ["comparison", "hostile_comparison"])
def test_nothing_can_run_style_or_load(page, name):
    html = page(name)
    assert "<img" not in html
    assert [] == re.findall(r"<[a-z][^>]*\s(?:style|src|srcset|on\w+)=", html)
    assert [] == [each for each in re.findall(r'href="([^"]*)"', html) if not each.startswith("#")]
    assert (2, 1) == (len(re.findall("<script", html)), len(re.findall("<style", html)))


def test_the_policy_allows_exactly_this_style_and_this_script(page):
    html = page("comparison")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)[1]
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)[1]
    for name, text in (("style", style), ("script", script)):
        assert (
            f"{name}-src &#39;sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}&#39;" in policy
        )


def test_a_hostile_name_is_text_and_its_data_cannot_end_their_element(build, page):
    html = page("hostile_comparison")
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in html
    assert set() == set("<>&\u2028\u2029") & set(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])
    assert build.hostile_comparison().sentence == data_of(html)["sentence"]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_comparison_gives_the_same_bytes(build, format):
    assert render_comparison(build.comparison(), format) == render_comparison(build.comparison(), format)


def test_a_huge_comparison_stays_small_and_says_what_was_cut(build):
    html = render_comparison(build.huge_comparison(), "html")
    assert len(html.encode()) < 1_000_000
    text = text_of(html)
    assert "causes: 12 of 300 shown" in text
    assert "And 288 more causes" in text
    assert "runs before: 12 of 20 shown" in text
    assert len(render_comparison(build.huge_comparison(), "markdown")) < 65_000


def test_an_unknown_format_is_refused_with_the_known_ones(build):
    with pytest.raises(ValueError, match="unknown comparison format 'pdf'; known are html, markdown, json"):
        render_comparison(build.same(), "pdf")


# -- JSON -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def validator():
    schema = load_compare_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    registry = Registry().with_resources([("urn:snapdiff:report:1", Resource.from_contents(load_schema()))])
    return jsonschema.Draft202012Validator(schema, registry=registry)


@pytest.mark.parametrize("name", BUILDERS)
def test_every_output_is_valid_against_the_schema(build, validator, name):
    validator.validate(json.loads(render_comparison(getattr(build, name)(), "json")))
    validator.validate(data_of(render_comparison(getattr(build, name)(), "html")))


def test_the_schema_refuses_a_field_that_it_does_not_know(build, validator):
    data = json.loads(render_comparison(build.comparison(), "json"))
    data["changes"][0]["after"]["finding"]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        validator.validate(data)


def test_the_schema_describes_and_requires_every_field():
    def objects(schema):
        if isinstance(schema, dict):
            if "properties" in schema:
                yield schema
            for value in schema.values():
                yield from objects(value)
        elif isinstance(schema, list):
            for value in schema:
                yield from objects(value)

    for each in objects(load_compare_schema()):
        assert each["additionalProperties"] is False
        assert list(each["properties"]) == each["required"]
        assert all("description" in field or "$ref" in field for field in each["properties"].values())


def test_a_change_reads_as_the_contract_spells_it(build):
    data = json.loads(render_comparison(build.comparison(), "json"))
    assert ("snapdiff-compare/1", "worse") == (data["format"], data["outcome"])
    assert [("new", "none"), ("fixed", "none"), ("unchanged", "fingerprint")] == [
        (each["status"], each["matched_by"]) for each in data["changes"]
    ]
    fixed = data["changes"][1]
    assert ([1.0], [None]) == (fixed["before"]["rates"], fixed["after"]["rates"])
    assert {"rounds": [[1, 1], [10, 10], [151, 151]], "counted": "finding"} == fixed["before"]["growth"]
    assert {"rounds": [[1, 0], [10, 0], [151, 0]], "counted": "type"} == fixed["after"]["growth"]
    assert ("3f9c1a7be204", None) == (fixed["before"]["finding"]["fingerprint"], fixed["after"]["finding"])
    assert ["before.snapdiff"] == [run["name"] for run in data["before"]["runs"]]


# -- text -------------------------------------------------------------------------------------------------

TEXT = """\
New leak: `app.session → open_sessions` gains 2 `Session` per call (96 B), born
at app/session.py:8 in start; before 0 (1, 10, 151 calls: 0 0 0 → +2 +20 +302).
And 1 fixed, 1 unchanged.

1. ▲ New: module app.session → open_sessions
           per call  in the planned rounds
   before         0  0 0 0
   after          2  +2 +20 +302
   grown at app/session.py:9 in start
   born at app/session.py:8 in start
   new: in the run after, not in the one before
   fingerprint 5e55105e5510

2. ✓ Fixed: `module app → Cart.by_id` kept 1 `app.cart.Item` per call, now 0
   (1, 10, 151 calls: +1 +10 +151 → 0 0 0).
           per call  in the planned rounds
   before         1  +1 +10 +151
   after          0  0 0 0
   grown at app/cart.py:42 in add (before)
   born at app/cart.py:41 in add (before)
   fixed: in the run before, not in the one after
   fingerprint 3f9c1a7be204
"""


def test_the_text_tells_each_cause_before_and_after(build):
    text = render_comparison(build.comparison(), "text")
    assert TEXT == text[: len(TEXT)]
    assert "  - python is not the same: CPython 3.11.9 before, CPython 3.12.1 after." in text
    assert text.endswith("before: before.snapdiff (leak)\nafter: after.snapdiff (leak)\n")


def test_the_text_fits_a_terminal_of_80_columns(build):
    for name in ("comparison", "same", "inconclusive"):
        assert 80 > max(map(len, render_comparison(getattr(build, name)(), "text").splitlines()))


# -- Markdown ---------------------------------------------------------------------------------------------


def test_the_comment_begins_with_the_sentence_and_a_row_a_cause(build):
    lines = render_comparison(build.comparison(), "markdown").splitlines()
    assert "### ▲ Worse: memory before and after" == lines[0]
    assert lines[2].startswith(
        "**New leak: `app.session → open_sessions` gains 2 `Session` per call (96 B), born at `app/"
    )
    assert [
        "| ▲ New | `module app.session → open_sessions` | 0 | 2 | 0 0 0 | +2 +20 +302 |",
        "| ✓ Fixed | `module app → Cart.by_id` | 1 | 0 | +1 +10 +151 | 0 0 0 |",
    ] == lines[6:8]
