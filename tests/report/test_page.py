"""The page as HTML text: what it says, that it is whole, and how large it is."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from snapdiff.analysis.model import Control, Ledger, LedgerKind, Verdict
from snapdiff.report import FORMATS, render

VOID = {"meta", "br", "input", "img", "link", "wbr"}


class Page(HTMLParser):
    """The elements of a page, its text outside script and style, and whether all is closed in order."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.ids, self.text, self.open, self.wrong = [], [], [], [], []
        self.raw = {"script": [], "style": []}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self.ids.extend(value for key, value in attributes if key == "id")
        if tag in {"td", "th", "dt", "dd", "br"}:
            self.text.append(" ")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data):
        inside = self.open[-1] if self.open else ""
        if inside in self.raw:
            self.raw[inside].append(data)
        else:
            self.text.append(data)

    @property
    def words(self):
        return " ".join("".join(self.text).split())

    def all(self, tag):
        return [attributes for each, attributes in self.elements if each == tag]


@pytest.mark.parametrize("name", ["leaking", "clean", "incomplete", "hostile"])
def test_every_element_is_closed_in_order_and_no_id_is_used_twice(build, name):
    page = Page(render(getattr(build, name)(), "html"))
    assert [] == page.wrong
    assert [] == page.open
    assert sorted(set(page.ids)) == sorted(page.ids)


@pytest.mark.parametrize("name", ["leaking", "clean", "incomplete", "hostile"])
def test_what_a_label_or_a_link_refers_to_exists(build, name):
    page = Page(render(getattr(build, name)(), "html"))
    wanted = {
        part
        for _, attributes in page.elements
        for key in ("aria-labelledby", "aria-describedby")
        for part in attributes.get(key, "").split()
    }
    wanted |= {attributes["href"].removeprefix("#") for attributes in page.all("a")}
    assert set() == wanted - set(page.ids)


@pytest.mark.parametrize("name", ["leaking", "hostile"])
def test_nothing_in_the_page_can_run_style_or_load(build, name):
    page = Page(render(getattr(build, name)(), "html"))
    attributes = {key for _, each in page.elements for key in each}
    assert set() == {key for key in attributes if key.startswith("on") or key in {"style", "src", "srcset"}}
    assert set() == {tag for tag, _ in page.elements} & {
        "img",
        "link",
        "iframe",
        "object",
        "image",
        "use",
        "base",
    }
    assert 2 == len(page.all("script"))
    assert 1 == len(page.all("style"))
    assert all(each["href"].startswith("#") for each in page.all("a"))


def test_the_page_names_no_address_on_any_network(build):
    assert [] == re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+", render(build.leaking(), "html"))


def test_the_sections_follow_the_order_of_the_investigation(build):
    page = Page(render(build.leaking(), "html"))
    expected = ["verdict", "evidence", "causes", "harmless", "memory", "audit", "types", "lines", "method"]
    assert expected == [each["id"] for each in page.all("section")]


def test_the_first_heading_is_the_verdict_as_it_is_pasted_into_a_ticket(build):
    analysis = build.leaking()
    html = render(analysis, "html")
    heading = html[html.index("<h1") : html.index("</h1>")]
    assert analysis.sentence == re.sub(r"<[^>]+>", "", heading)


def test_in_the_heading_only_the_first_clause_is_large(build):
    sentence = "Clean: nothing grows; the first call left `a; b` once; and so on."
    html = render(replace(build.clean(), sentence=sentence), "html")
    heading = html[html.index("<h1") : html.index("</h1>")]
    assert '>Clean: nothing grows<span class="rest">; the first call left ' in heading
    assert sentence == re.sub(r"<[^>]+>", "", heading)
    html = render(replace(build.clean(), sentence="Leak: `a; b` grows."), "html")
    assert '"rest"' not in html[html.index("<h1") : html.index("</h1>")]


def test_a_backtick_without_its_partner_stays_a_backtick(build):
    page = Page(render(replace(build.clean(), sentence="odd ` one"), "html"))
    assert "odd ` one" in page.words


def test_the_rounds_are_told_in_the_terms_of_the_procedure(build):
    text = Page(render(build.leaking(), "html")).words
    for expected in ("the first call", "the next 10 calls", "the next 151 calls", "leak: 151 calls × 1"):
        assert expected in text


@pytest.mark.parametrize(
    ("expected", "growth"),
    [
        ("Since the first call, in every round", (1, 10, 151, 302)),
        ("Since the next 10 calls, in every round", (0, 10, 151, 302)),
        ("Since the next 302 calls, in the last round", (1, 10, 0, 302)),
    ],
)
def test_the_verdict_says_since_when_it_grows(build, expected, growth):
    html = render(replace(build.leaking(), findings=(build.finding(growth=growth),)), "html")
    assert expected in Page(html).words
    stopped = render(replace(build.leaking(), findings=(build.finding(growth=(1, 10, 151, 0)),)), "html")
    assert "<dt>Since</dt>" not in stopped


def test_the_first_section_tells_each_cause_and_the_totals_and_when_it_was_recorded(build):
    html = render(build.leaking(), "html")
    first = Page(html[: html.index('id="evidence"')]).words
    for expected in (
        "for bench.py:checkout, recorded 2026-03-01 09:30 UTC by snapdiff 0.1.0",
        "Left in all +1,419 objects, +199.5 KiB after 464 calls: all causes and initialisation together",
        "Grown at app/cart.py:42 in add Born at app/cart.py:41 in add Since the first call, in every round Usual cure",
    ):
        assert expected in first
    second = first[first.index("the most severe. Then") :]
    assert "Slow leak: " in second
    assert "Since" in second
    assert "Usual cure" in second


def test_a_time_that_is_none_is_shown_as_it_is_and_cut(build):
    odd = replace(build.clean(), method=replace(build.clean().method, started="<b>" + "9" * 500))
    words = Page(render(odd, "html")).words
    assert f"recorded <b>{'9' * 17}…{'9' * 19} by snapdiff 0.1.0" in words


def test_where_there_are_several_causes_the_evidence_says_which_it_follows_and_has_the_rounds_of_all(build):
    html = render(build.leaking(), "html")
    text = Page(html[html.index('id="evidence"') : html.index('id="causes"')]).words
    assert "Cause 1: app.cart.Item" in text
    assert "follow cause 1, which decides the verdict" in text
    assert "1. Item objects in module app → Cart.by_id +1 +10 +151 +302 +1" in text
    assert "2. " in text
    alone = render(replace(build.leaking(), findings=(build.finding(),)), "html")
    assert "Cause 1" not in Page(alone[alone.index('id="evidence"') :]).words


def test_a_container_with_more_than_the_rounds_left_says_how_many_those_are(build):
    held = build.finding().container
    for size, expected in ((464, ": dict of 464 entries"), (500, "500 entries, 464 app.cart.Item left by the calls")):
        finding = build.finding(container=replace(held, size=size))
        text = Page(render(replace(build.leaking(), findings=(finding,)), "html")).words
        assert expected in text
        assert (size > 464) is ("left by the calls of the rounds" in text)


def test_bytes_the_type_and_the_size_are_told_apart(build):
    text = Page(render(replace(build.leaking(), findings=(build.finding(type="bytes"),)), "html")).words
    assert "bytes objects All objects Size of all objects" in text
    assert "size per call" in text
    assert "bytes per call" not in text


def test_bytes_that_are_no_leak_are_said_as_bytes(build):
    cache = build.finding(verdict=Verdict.SATURATING, unit="bytes", type="bytearray", growth=(30_449_664, 0, 0, -2048))
    html = render(replace(build.clean(), findings=(cache,), rounds=build.rounds((953, 0, 0, 0))), "html")
    assert "+29.0 MiB 0 B 0 B −2.0 KiB" in Page(html[html.index('id="harmless"') :]).words
    assert "30,449,664" not in html


def test_names_in_tables_break_before_their_parts_and_stay_whole_as_text(build):
    row = replace(build.leaking().types[0], type="one.two.<Three>")
    html = render(replace(build.leaking(), types=(row,)), "html")
    assert "<code>one<wbr>.two<wbr>.&lt;Three&gt;</code>" in html
    assert "<code>app/<wbr>cart.py:42</code>" in html
    assert "one.two.<Three>" in Page(html).words


def test_the_method_has_a_rule_for_every_verdict(build):
    html = render(build.leaking(), "html")
    method = html[html.index('id="method"') :]
    assert len(Verdict) == method[: method.index("</details>")].count("<dt><span")
    assert "at least 15 gained in the last round" in Page(method).words


def test_a_cause_shows_its_chain_its_source_its_cure_and_how_to_see_it_again(build):
    text = Page(render(build.leaking(), "html")).words
    for expected in (
        "╰→ app.cart.Item (+1 per call)",
        "app/cart.py:41",
        "▶ 42 cls.by_id[item.id] = item",
        "What usually cures this kind",
        "snapdiff record bench.py:checkout --rounds 1,10,151 -o 'my shop.snapdiff'",
        "3f9c1a7be204",
    ):
        assert expected in text


def test_the_path_is_the_main_picture_and_the_neighbourhood_is_folded(build):
    card = render(build.leaking(), "html").split("<article")[1]
    path, back = card.index('id="path1-title"'), card.index('id="graph1-title"')
    assert path < card.index("<details>") < back
    assert "gained 464, +1/call" in card[path:back]


def test_without_a_recorded_path_the_chain_is_drawn(build):
    html = render(replace(build.leaking(), findings=(build.finding(path_graph=None, graph=None),)), "html")
    assert (
        "app.cart.Item" in html[html.index('id="path1-title"') : html.index("</svg>", html.index('id="path1-title"'))]
    )


def test_a_cause_can_be_suppressed_by_a_line_to_paste(build):
    html = render(build.leaking(), "html")
    assert 'data-copy="the line">leak:3f9c1a7be204  # reason</pre>' in html


def test_excerpts_say_what_happens_in_the_line(build):
    finding = build.finding(excerpts=(build.excerpt(focus=42), build.excerpt(focus=41), build.excerpt(focus=40)))
    text = Page(render(replace(build.leaking(), findings=(finding,), lines=()), "html")).words
    assert "Grown at app/cart.py:42" in text
    assert "Born at app/cart.py:41" in text


@pytest.mark.parametrize(
    ("expected", "others"),
    [
        ("Also a.b, which holds the same or grows at the same line; all of them must let go", ("a.b",)),
        ("Also a.b, a.c, which hold the same or grow at the same line; all of them must let go", ("a.b", "a.c")),
    ],
)
def test_other_containers_of_a_cause_must_let_go_too(build, expected, others):
    finding = build.finding(other_containers=others)
    assert expected in Page(render(replace(build.leaking(), findings=(finding,)), "html")).words


def test_of_what_native_code_holds_no_holder_is_named(build):
    finding = build.finding(held_natively=True, container=None, chain=(), grown_at=(), path_graph=None, graph=None)
    text = Page(render(replace(build.leaking(), findings=(finding,)), "html")).words
    assert "Held by native code (C, C++ or Rust). Nothing in Python refers to them: no module, class, frame" in text
    assert "What keeps it alive" not in text


def test_what_was_lost_in_c_is_said_to_be_held_by_nothing(build):
    finding = build.finding(
        held_natively=True, container=None, chain=(), type=None, unit="blocks", path_graph=None, graph=None, curve=()
    )
    text = Page(render(replace(build.leaking(), findings=(finding,)), "html")).words
    assert "Held by nothing that Python can reach: this memory was lost in C" in text
    assert "Growth +1 memory block per call" in text


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ("Growth +1 app.cart.Item per call, +144 B per call", {}),
        (
            "Growth +1 app.cart.Item per 40 calls, +3.6 B per call",
            {"objects_per_iteration": 0.025, "bytes_per_iteration": 3.6},
        ),
        ("Growth +1 entry per call, +8 B per call", {"unit": "entries", "bytes_per_iteration": 8.0}),
        (
            "Growth +70 B per call Per round 0 B in 1 call, +700 B in 10 calls",
            {"unit": "bytes", "bytes_per_iteration": 70.0, "growth": (0, 700, 10_570, 21_140)},
        ),
    ],
)  # fmt: skip
def test_the_growth_of_a_cause_carries_its_unit(build, expected, changes):
    text = Page(render(replace(build.leaking(), findings=(build.finding(**changes),)), "html")).words
    assert expected in text[text.index("Causes 1. ") :]


def test_extra_rounds_are_called_extra_and_what_they_were_for_is_said(build):
    text = Page(render(build.leaking(), "html")).words
    assert "the next 302 calls (extra)" in text
    assert "They ran because something grew in the last planned round" in text
    assert "464 calls, 302 of them in extra rounds, which ran because something grew; no limit was reached" in text
    assert "Not bounded within 464 calls" in text


def test_a_clean_run_says_nothing_of_extra_rounds(build):
    text = Page(render(build.clean(), "html")).words
    assert "extra" not in text
    assert "Not bounded" not in text


def test_suppressed_findings_are_shown_with_pattern_reason_and_count(build):
    text = Page(render(build.leaking(), "html")).words
    assert "1 finding is suppressed and no part of this verdict" in text
    assert "leak:app/plugins.py:* plugins are never unloaded, see #142 1 Leak: `plugins.loaded`" in text


def test_cycles_are_shown_with_their_type_and_line(build):
    cycle = build.finding(
        verdict=Verdict.CYCLE, type="app.Box", growth=(14, 140, 2114), container=None, chain=(), grown_at=(),
        sentence="Not a leak: 14 objects per call, most of them `app.Box`, are only freed by the cyclic collector.",
    )  # fmt: skip
    text = Page(render(replace(build.clean(), verdict=Verdict.CYCLE, findings=(cycle,)), "html")).words
    assert "freed by the collector All objects" in text
    harmless = text[text.index("What is not a leak") :]
    assert "most of them `app.Box`" in harmless
    assert "Born at app/cart.py:41 in add called from app/checkout.py:12 in handle" in harmless
    assert "+14 +140 +2,114" in harmless


def test_the_fourth_cause_is_folded_and_the_first_three_are_open(build):
    findings = tuple(build.finding(fingerprint=str(number)) for number in range(5))
    html = render(replace(build.leaking(), findings=findings), "html")
    cards = html.split("<article")[1:]
    assert [False, False, False, True, True] == ["<summary><h3" in card for card in cards]
    assert "and 2 more" in html


def test_what_is_not_a_leak_is_shown_with_its_bound(build):
    text = Page(render(build.leaking(), "html")).words
    assert "filled up to its bound of 128 `Quote`" in text
    assert "Initialisation: the first call left 951 objects" in text


def test_a_clean_page_has_no_causes_and_says_so(build):
    page = Page(render(build.clean(), "html"))
    assert "causes" not in page.ids
    assert "Nothing to do." in page.words


def test_an_incomplete_run_says_how_it_ended_and_why_to_doubt(build):
    text = Page(render(build.incomplete(), "html")).words
    assert "It ended by signal 9 (SIGKILL) in the round of 10 calls" in text
    assert "Reasons to doubt: run is complete (1 of 3 rounds)." in text
    assert "✗ doubt" in text
    assert "The control was not run" in text


def test_a_run_without_any_round_still_makes_a_page(build):
    text = Page(render(replace(build.incomplete(), rounds=(), curve=()), "html")).words
    assert "No round was completed" in text


def test_a_control_that_grew_is_not_called_neutral(build):
    text = Page(render(replace(build.clean(), control=Control(objects=3, blocks=None, ran=True)), "html")).words
    assert "It should be 0" in text


def test_a_ledger_that_sums_to_nothing_divides_nothing_by_zero(build):
    nothing = tuple(
        Ledger(owner, owner, kind, (0, 0, 0, 0), "nowhere")
        for owner, kind in (("resident", LedgerKind.TOTAL), ("nobody", LedgerKind.PART))
    )
    text = Page(render(replace(build.clean(), ledger=nothing), "html")).words
    assert "nobody 0 B 0 B 0 B 0 B – nowhere" in text


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(build):
    page = Page(render(build.leaking(), "html"))
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(each.get("scope") in {"col", "row", "colgroup"} for each in page.all("th"))


def test_every_picture_has_a_role_a_title_and_a_description(build):
    page = Page(render(build.leaking(), "html"))
    pictures = page.all("svg")
    assert 6 == len(pictures)
    assert {"img"} == {each["role"] for each in pictures}
    assert len(pictures) == len(page.all("desc"))


def test_the_policy_allows_exactly_this_style_and_this_script(build):
    page = Page(render(build.leaking(), "html"))
    policy = next(each["content"] for each in page.all("meta") if "http-equiv" in each)
    style, script = "".join(page.raw["style"]), page.raw["script"][-1]
    for name, text in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")


def test_the_data_in_the_page_is_json_that_cannot_end_its_element(build):
    analysis = build.hostile()
    html = render(analysis, "html")
    raw = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1]
    assert set() == set("<>&\u2028\u2029") & set(raw)
    assert analysis.sentence == json.loads(raw)["sentence"]


@pytest.mark.parametrize("name", ["leaking", "hostile"])
@pytest.mark.parametrize("format", FORMATS)
def test_the_same_analysis_gives_the_same_bytes(build, name, format):
    assert render(getattr(build, name)(), format) == render(getattr(build, name)(), format)


def test_another_process_with_another_hash_seed_makes_the_same_page(build, request):
    code = (
        "import hashlib, importlib.util, sys; from snapdiff.report import render;"
        "spec = importlib.util.spec_from_file_location('builders', sys.argv[1]);"
        "builders = importlib.util.module_from_spec(spec); spec.loader.exec_module(builders);"
        "print(hashlib.sha256(render(builders.make_leaking(), 'html').encode()).hexdigest())"
    )
    conftest = str(request.path.with_name("conftest.py"))
    run = subprocess.run(
        [sys.executable, "-c", code, conftest],
        env={"PYTHONHASHSEED": "12345", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert hashlib.sha256(render(build.leaking(), "html").encode()).hexdigest() == run.stdout.strip()


def test_an_ordinary_page_stays_under_120_kilobytes(build):
    assert len(render(build.leaking(), "html").encode()) < 120_000


@pytest.mark.parametrize("name", ["huge", "wordy"])
def test_no_page_reaches_a_megabyte(build, name):
    assert len(render(getattr(build, name)(), "html").encode()) < 1_000_000


def test_what_was_cut_is_summed_and_said(build):
    text = Page(render(build.huge(), "html")).words
    assert "and 4,940 more types +4,940 +49,400 +745,940 +1,491,880" in text
    assert "and 4,940 more lines" in text
    assert "types: 60 of 5,000 shown" in text
    assert "findings: 12 of 300 shown" in text
    assert "suppressions: 20 of 300 shown" in text
    assert "findings suppressed by 7: 12 of 300 shown" in text
    assert "and 288 more" in text
    assert re.search(r"timeline: \d+ of 200,000 samples shown", text)


def test_the_package_is_cheap_to_import():
    code = (
        "import sys, snapdiff.report;"
        "heavy = {'jinja2', 'pygraphviz', 'graphviz', 'leather', 'pygments', 'json', 'numpy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == run.stdout.strip()


def test_an_unknown_format_is_refused_with_the_known_ones(build):
    with pytest.raises(
        ValueError, match="unknown report format 'pdf'; known are html, markdown, json, text, junit, sarif"
    ):
        render(build.clean(), "pdf")
