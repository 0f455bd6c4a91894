"""What a redacted report leaves out: in every format, and wherever a path can stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.model import ChainNode, Frame
from snapdiff.report import FORMATS, render
from snapdiff.report.comparison import render_comparison
from snapdiff.report.redact import redacted, redacted_comparison

SECRETS = ("cart.py", "checkout.py", "bench.py", "prices.py", "cls.by_id[item.id]", "my shop.snapdiff", "/srv/private")


@pytest.fixture
def telling(build):
    """A leak whose paths are in every corner."""
    analysis = build.leaking()
    finding = build.finding(
        sentence="Leak: `Cart.by_id` gains 1 `Item` per call (144 B), born at app/cart.py:41 in add.",
        reasons=("grew at app/cart.py:42, seen in /srv/private/shop/app/cart.py",),
        other_types=("app.Other",),
    )
    return replace(
        analysis,
        sentence=finding.sentence,
        ended="by ValueError at /srv/private/shop/worker.py, line 3",
        findings=(finding, *analysis.findings[1:]),
        notes=("The program in /srv/private/shop traces itself.",),
    )


@pytest.mark.parametrize("format", FORMATS)
def test_no_path_no_source_and_no_command_line_is_left(telling, format):
    text = render(redacted(telling), format)
    assert [] == [secret for secret in SECRETS if secret in text.replace("\\/", "/")]


@pytest.mark.parametrize("secret", ["tenant_4711", "col·lecció"])
@pytest.mark.parametrize("format", FORMATS)
def test_no_key_of_a_dictionary_is_left(telling, format, secret):
    finding = telling.findings[0]
    container = replace(finding.container, path=f'module app → sessions["{secret}"]["open"]')
    chain = (*finding.chain, ChainNode(f'["{secret}"]', "list"))
    sentence = f'Leak: `sessions["{secret}"]` gains 1 `Item` per call.'
    found = replace(finding, container=container, chain=chain, sentence=sentence)
    told = replace(telling, findings=(found, *telling.findings[1:]), sentence=sentence)
    if secret.isascii():  # some formats escape the others
        assert secret in render(told, format)
    assert secret not in render(redacted(told), format)
    assert "`sessions{value}` gains" in redacted(told).sentence


def test_names_stay_because_nothing_could_be_mended_without_them(telling):
    text = render(redacted(telling), "text")
    for name in ("Cart.by_id", "app.cart.Item", "in add", "3f9c1a7be204"):
        assert name in text


def test_a_file_has_one_alias_wherever_it_is_named(telling):
    text = render(redacted(telling), "text")
    assert "born at file-1:41 in add." in text
    assert "   grown at file-1:42 in add" in text


def test_the_file_that_is_recorded_is_redacted_in_the_target(build):
    finding = build.finding(born_at=(replace(build.finding().born_at[0], frame=Frame("bench.py", 7, "run")),))
    assert "file-4:checkout" == redacted(replace(build.leaking(), findings=(finding,))).method.target


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_says_whether_it_is_redacted(telling, format):
    for analysis, expected in ((redacted(telling), True), (telling, False)):
        text = render(analysis, format)
        said = "the command line were left out" in text or '"redacted": true' in text or '"redacted":true' in text
        assert expected == said


def test_a_page_that_shows_everything_says_that_too(telling):
    assert "none: excerpts of project files, paths and the command line are shown" in render(telling, "html")


@pytest.mark.parametrize("format", FORMATS)
def test_a_comparison_is_redacted_on_both_sides_alike(build, format):
    text = render_comparison(redacted_comparison(build.comparison()), format)
    assert [] == [secret for secret in (*SECRETS, "session.py") if secret in text.replace("\\/", "/")]
    assert "app.session" in text


def test_what_is_no_path_is_left_alone(build):
    analysis = replace(build.clean(), notes=("+1/call of 3/4, and/or so; TCP/IP; CPython 3.11.9, glibc 2.36",))
    assert analysis.notes == redacted(analysis).notes
