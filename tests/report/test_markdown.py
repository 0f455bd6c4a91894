"""Markdown for tickets: it reads well as it is, renders as meant, and no name gets out of its code span."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from snapdiff.report import markdown_text as md
from snapdiff.report import render
from snapdiff.report.comparison import render_comparison

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: What a class, a file or a key can be called by somebody who means harm.
NAMES = (
    "![x](https://elsewhere.example/pixel.png)",
    "[click](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "</code></details><script>alert(1)</script>",
    "<!-- hidden",
    "--> shown",
    "@everyone and @org/team",
    "see #123 or !45 or GH-1",
    "https://elsewhere.example/a?b=c",
    "www.elsewhere.example",
    "mail@elsewhere.example",
    "one | two | three",
    "back\\|slash \\` tick",
    "`",
    "``` ",
    "a ` b `` c ``` d",
    "x\n\n# heading\n\n- [ ] task",
    "x\r\n```\n![x](y)\n```",
    "~~~\n# out",
    "**bold** __init__ _x_ ~~gone~~",
    "$$x^2$$ $`x`$",
    ":tada: /close",
    "&lt;b&gt; &#60;",
    "1. one\n2. two",
    "\u202eesrever\x1b[31m\x00",
    "   ",
    "",
    "{{7*7}} {% raw %}",
)
OURS = re.compile(r"(?:</?(?:details|summary)>|\s|More|What is not a leak|How it was measured|[\w ,]+)*")


def tokens(text):
    """Every token of a document, those inside paragraphs and cells too."""
    for token in PARSER.parse(text):
        yield token
        yield from token.children or ()


def bare(text):
    """The text that is not code: where a viewer would look for mentions, links and numbers of tickets."""
    return " ".join(token.content for token in tokens(text) if token.type == "text")


def assert_inert(text):
    """Nothing but our own elements, no link and no picture; outside of code only words."""
    kinds = {token.type for token in tokens(text)}
    assert set() == kinds & {"image", "link_open", "s_open", "hr", "lheading_open", "code_block"}
    for token in tokens(text):
        if token.type in ("html_inline", "html_block"):
            assert OURS.fullmatch(token.content), token.content
    assert None is re.search(r"[@$\\~*_\[\]<>|`{}]|#\d|://|www\.|:\w+:|\x1b|\x00|\u202e", bare(text))


# -- the comment ------------------------------------------------------------------------------------------


def test_a_leak_is_told_with_its_chain_lines_and_cure(build):
    text = render(build.leaking(), "markdown")
    for expected in (
        "### ▲ Leak: `bench.py:checkout`",
        "**Leak: `Cart.by_id` gains 1 `Item` per call (144 B), held by `module app`.**",
        "| Calls | `app.cart.Item` | objects | per call | bytes | reading |",
        "| the next 151 calls | +151 | +153 | +1.01 | +21.5 KiB | leak: 151 calls × 1 |",
        "╰→ app.cart.Item  (+1 per call)\n```",
        "- grown at `app/cart.py:42` in `add`",
        "- born at `app/cart.py:41` in `add` (100 % of the survivors)",
        "- fingerprint `3f9c1a7be204`",
        "- Not a leak: `prices.quotes` filled up to its bound of 128 `Quote` and then stopped.",
        "Suppressed by `leak:app/plugins.py:*` (plugins are never unloaded, see `#142`): 1",
    ):
        assert expected in text
    assert_inert(text)


def test_the_tables_and_the_chain_are_what_they_look_like(build):
    kinds = [token.type for token in tokens(render(build.leaking(), "markdown"))]
    assert (1, 2) == (kinds.count("table_open"), kinds.count("fence"))


def test_an_incomplete_run_says_why_to_doubt(build):
    text = render(build.incomplete(), "markdown")
    assert "The run is incomplete: by signal 9 (SIGKILL) in the round of 10 calls." in text
    assert "Reasons to doubt:\n\n- run is complete: 1 of 3 rounds." in text


def test_the_fourth_cause_is_folded(build):
    findings = tuple(build.finding(fingerprint=f"{number}") for number in range(5))
    text = render(build.leaking().__class__(**{**vars(build.leaking()), "findings": findings}), "markdown")
    assert "<details>\n<summary>2 more causes</summary>\n\n**4. Leak" in text


@pytest.mark.parametrize("name", ["huge", "wordy"])
def test_a_comment_is_never_longer_than_a_comment_may_be(build, name):
    assert len(render(getattr(build, name)(), "markdown")) < 65_000


# -- hostile names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_no_name_gets_out(build, name):
    for sentence in (False, True):
        # In a sentence a name stands between backticks, or bare in a place: `born at app/x.py:41 in add`.
        change = (lambda text: f"Leak: `{name}` at {name} in {text}.") if sentence else (lambda text: name)
        assert_inert(render(build.with_texts(build.leaking(), change), "markdown"))
        assert_inert(render_comparison(build.with_texts(build.comparison(), change), "markdown"))


@pytest.mark.parametrize("name", [name for name in NAMES if name.strip()])
def test_a_name_in_code_is_shown_as_it_is_spelled(name):
    def shown(text):
        return "".join(token.content for token in tokens(text) if token.type == "code_inline")

    assert md.one_line(name) == shown(md.code(name))
    table = md.table(["a", "b"], [[md.code(name), "end"]])
    assert md.one_line(name).replace("|", "⌈U+007C⌉") == shown(table)
    assert 4 == sum(token.type in ("th_open", "td_open") for token in tokens(table))


def test_a_block_ends_at_its_end_only():
    text = md.block("a\n```\n# not a heading\n````\nb")
    assert ["fence"] == [token.type for token in tokens(text)]
    assert "a\n```\n# not a heading\n````\nb\n" == next(tokens(text)).content


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("born at `app/cart.py:41` in `Cart.add`, and more.", "born at app/cart.py:41 in Cart.add, and more."),
        ("1,208 calls × 1 (extra): +3.5 %", "1,208 calls × 1 (extra): +3.5 %"),
        ("one-time growth; don’t worry…", "one-time growth; don’t worry…"),
        ("`__init__` (`a_b`)", "__init__ (a_b)"),
    ],
)
def test_plain_words_stay_words_and_the_rest_is_code(expected, text):
    assert expected == md.plain(text)


def test_a_backtick_without_its_partner_is_shown():
    assert "odd `` ` one ``" == md.sentence("odd ` one")


def test_redaction_is_said(build):
    from snapdiff.report.redact import redacted

    text = render(redacted(build.leaking()), "markdown")
    assert "Redaction: source excerpts, paths of files and the command line were left out." in text
    assert "cart.py" not in text
