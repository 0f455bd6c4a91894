"""Names chosen by a stranger stay text, in every format and in every corner of the page."""

from __future__ import annotations

import re

import pytest

from snapdiff.report import FORMATS, render
from snapdiff.report.comparison import render_comparison
from snapdiff.report.words import visible

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def test_no_markup_comes_out_of_a_name(build):
    html = render(build.hostile(), "html")
    assert "<img" not in html
    assert "<svg/onload" not in html
    assert "{{7*7}}" in html
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_name_that_is_already_escaped_is_shown_as_it_is_spelled(build):
    assert "&amp;lt;svg/onload=alert(2)&gt;" in render(build.hostile(), "html")


def test_no_format_carries_a_character_that_acts(build):
    for format in FORMATS:
        assert [] == ACTING.findall(render(build.hostile(), format))
        assert [] == ACTING.findall(render_comparison(build.hostile_comparison(), format))


@pytest.mark.parametrize("format", ["markdown", "json", "text", "junit", "sarif"])
def test_no_name_begins_a_line_of_a_log(build, format):
    # In a job of GitHub Actions a line that begins with two colons is a command, also in what is only shown.
    for text in (
        render(build.with_texts(build.leaking(), lambda text: f"{text}\n::error::x"), format),
        render_comparison(build.with_texts(build.comparison(), lambda text: f"{text}\n::error::x"), format),
    ):
        assert [] == [line for line in text.splitlines() if line.lstrip().startswith("::")]


def test_a_name_that_no_encoding_takes_can_still_be_written(build):
    analysis = build.with_texts(build.leaking(), lambda text: f"{text}\udcff")
    comparison = build.with_texts(build.comparison(), lambda text: f"{text}\udcff")
    for format in FORMATS:
        assert b"" != render(analysis, format).encode("utf-8")
        assert b"" != render_comparison(comparison, format).encode("utf-8")


def test_a_control_character_is_shown_as_its_code_point():
    assert "a⌈U+001B⌉[31m" == visible("a\x1b[31m")


def test_line_breaks_and_tabs_are_left_alone():
    assert "a\tb\nc" == visible("a\tb\nc")
