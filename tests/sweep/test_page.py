"""A sweep on the page, in JSON and as text."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from snapdiff.analysis import analyze
from snapdiff.report import render
from snapdiff.report.schema import load_schema

TRUTH = {
    "linear": {"peak": lambda n: 72 * n, "native": lambda n: 4000 * n, "retained": 1.0},
    "kept": {"peak": lambda n: 72 * n, "kept": lambda n: n},
    "threshold": {"peak": lambda n: 100_000 + (9_000_000 if n > 500 else 0)},
    "nothing": {},
}


@pytest.fixture(params=list(TRUTH))
def analysis(request, recorded):
    return analyze(recorded(at=102_893, **TRUTH[request.param]))


@pytest.fixture
def linear(recorded):
    return analyze(recorded(at=102_893, **TRUTH["linear"]))


def test_the_json_is_valid_and_says_what_the_analysis_says(analysis):
    data = json.loads(render(analysis, "json"))
    jsonschema.validate(data, load_schema())
    assert analysis.sweep.stays.value == data["sweep"]["stays"]
    assert [each.law.value for each in analysis.sweep.growths] == [each["law"] for each in data["sweep"]["growths"]]


def test_a_page_of_rounds_has_no_sweep(recorded):
    assert '"sweep": null' in render(analyze(_rounds(recorded)), "json")
    assert 'id="sweep"' not in render(analyze(_rounds(recorded)), "html")


def _rounds(recorded):
    whole = recorded(frames=[{"kind": "loaded"}])
    whole.manifest["options"]["sweep"] = None
    return whole


def test_the_page_has_the_laws_the_sizes_and_the_pictures_and_nothing_of_rounds(linear):
    html = render(linear, "html")
    for part in ('id="sweep"', "Growth with n", "At n = 102,893", "Resident peak", "10,000</th>"):
        assert part in html
    assert 3 == len(re.findall(r'<svg class="picture"[^>]*volume', html))
    for section in ("evidence", "harmless", "types", "lines"):
        assert f'id="{section}"' not in html
        assert f'href="#{section}"' not in html


def test_the_page_is_the_same_for_the_same_recording(analysis):
    assert render(analysis, "html") == render(analysis, "html")


def test_the_page_has_no_inline_style(analysis):
    assert not re.search(r"\sstyle=", render(analysis, "html"))


def test_what_cannot_be_measured_is_not_drawn(recorded):
    html = render(analyze(recorded(peak=lambda n: 72 * n)), "html")
    assert 2 == len(re.findall(r'<svg class="picture"[^>]*volume', html))
    assert "constant (differs by less than 512.0 KiB)" in html


def test_the_text_says_law_confidence_and_forecast(linear):
    text = render(linear, "text")
    said = " ".join(text.split())
    law = r"Peak resident memory of a call: linear, confidence \d\d %, off by 0\.0 %; 3\.9 KiB × n; at n = 102,893: \d+"
    assert re.search(law, said)
    assert re.search(r"10,000 703\.1 KiB 38\.1 MiB", said)
    assert "None" not in text


def test_a_picture_says_in_words_what_it_shows(linear):
    html = render(linear, "html")
    assert "From 390.6 KiB at n = 100 to 38.1 MiB at 10,000. Law: linear. Foretold at 102,893: " in html


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_browser_no_label_is_cut_off_and_nothing_scrolls_sideways(linear, browser, tmp_path, scheme):
    path = tmp_path / "report.html"
    path.write_text(render(linear, "html"), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    assert 390 == page.evaluate("document.documentElement.scrollWidth")
    outside = page.locator("svg text").evaluate_all(
        """all => all.filter(each => {
             const text = each.getBoundingClientRect(), whole = each.ownerSVGElement.getBoundingClientRect();
             return text.right > whole.right + 1 || text.left < whole.left - 1 || text.bottom > whole.bottom + 1;
           }).map(each => each.textContent)"""
    )
    assert ([], []) == (outside, said)
    context.close()


@pytest.mark.browser
def test_axe_finds_nothing_in_a_page_of_a_sweep(linear, violations):
    assert [] == violations(render(linear, "html"), "light")
