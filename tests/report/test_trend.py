"""The trend page: complete, inert, the same bytes for the same runs; and its text and JSON."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from snapdiff.analysis.model import Verdict
from snapdiff.analysis.recall import Alike, Recall
from snapdiff.analysis.trend import trend, workloads
from snapdiff.report.limits import PAGE_BYTES
from snapdiff.report.schema import load_history_schema
from snapdiff.report.texts import with_texts
from snapdiff.report.trend import charts, render_recalls, render_trend, render_workloads

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
FORMATS = ("html", "json", "text")


@pytest.fixture
def shop(past):
    """Clean, then killed, then leaking, then leaking twice as much; with a lesser cause that is gone."""
    leak = past.finding()
    gone = past.finding(
        fingerprint="c0ffee000000", unit="bytes", rate=70.0, type="bytearray", container="module app.log → buffer",
        sentence="Leak: `module app.log → buffer` gains 70 B per call in one `bytearray`.",
    )  # fmt: skip
    runs = [
        past.run(1, gone),
        past.run(2),
        past.run(3, verdict=Verdict.INCONCLUSIVE, tells_absence=False, complete=False, ended="killed", objects=None),
        past.run(4, leak),
        past.run(5, replace(leak, rate=2.0), changed=True),
    ]
    notes = [
        past.note(at="2026-11-04T11:00:00+00:00"),
        past.note(at="2026-11-04T12:00:00+00:00", ticket="https://t.example/1", fixed_in="4.2.1"),
    ]
    return trend(runs, notes, 10)


@pytest.fixture
def hostile(build, shop):
    """The same, where every text that a stranger can choose is an attack."""
    return with_texts(shop, lambda text: text if text[:4] == "2026" else f"{text[:12]}{build.HOSTILE}")


def test_the_page_says_since_when_and_shows_each_run(shop):
    html = render_trend(shop, "html")
    assert html.startswith("<!doctype html>")
    assert ">Leaks since the run of 4 November 2026 (commit 4000000000)<" in html[html.index("<h1") :]
    assert "began to leak in run 4, 2026-11-04 09:30, commit 4000000000; ceased to leak in run 2" in html
    assert 5 == html.count('<tr><th scope="row" align="left">2026-11-0')
    assert "5000000000+" in html
    assert "killed" in html


def test_a_cause_has_its_ticket_its_rate_and_when_it_was_seen(shop):
    html = render_trend(shop, "html")
    assert (
        "ticket https://t.example/1, fixed in 4.2.1, seen again after that was written down (4 November 2026)" in html
    )
    assert '<a href="https://t.example/1" rel="noreferrer">' in html
    assert "seen in 2 runs, from 4 November 2026 to 5 November 2026" in html
    assert "+2 per call in the last run that has it, +144 B per call" in html
    assert "+70 B per call in the last run that has it" in html


def test_a_ticket_that_is_no_address_is_no_link(shop, past):
    for ticket in ("ABC-123", "javascript:alert(1)", "data:text/html,x", " https://x"):
        course = replace(shop.courses[0], notes=(past.note(ticket=ticket),))
        html = render_trend(replace(shop, courses=(course,)), "html")
        assert "open the ticket" not in html
        assert ticket in html


def test_the_ledger_is_set_beside_earlier_runs(shop):
    html = render_trend(shop, "html")
    assert re.search(r"unexplained</th><td[^>]*>31\.0 MiB</td><td[^>]*>34\.0 MiB</td><td[^>]*>35\.0 MiB", html)


def test_the_page_has_no_inline_style_no_handler_and_nothing_to_fetch(shop):
    html = render_trend(shop, "html")
    assert [] == re.findall(r"<[^>]+\s(?:style|on\w+)=", html)
    assert [] == re.findall(r"<(?:link|img|iframe|script src)", html)
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in html


def test_the_same_runs_give_the_same_bytes(shop):
    for form in FORMATS:
        assert render_trend(shop, form) == render_trend(shop, form)


def test_no_markup_comes_out_of_a_name(hostile):
    html = render_trend(hostile, "html")
    assert "<img" not in html
    assert "<svg/onload" not in html
    assert "{{7*7}}" in html


def test_no_format_carries_a_character_that_acts(hostile):
    for form in FORMATS:
        assert [] == ACTING.findall(render_trend(hostile, form))
    recalled = [Recall(course.finding, ()) for course in hostile.courses]
    assert [] == ACTING.findall(render_recalls(recalled, "text"))
    assert [] == ACTING.findall(render_workloads(workloads(hostile.runs)))


def test_a_name_with_a_line_break_makes_no_line_of_its_own(past):
    finding = past.finding(sentence="Leak: `a\nb`", container="x\ny")
    run = past.run(1, finding, target="bench.py:\nforged  99  2026-11-01  clean", branch="a\nb", commit="c\nd")
    lines = [*render_trend(trend([run], (), 1), "text").splitlines(), *render_workloads(workloads([run])).splitlines()]
    assert [] == [line for line in lines if line.startswith(("b`", "forged", "b ", "d ", "y"))]


def test_a_single_run_has_a_page_without_charts(past):
    html = render_trend(trend([past.run(1, past.finding())], (), 10), "html")
    assert "A curve needs two runs" in html
    assert "<svg" not in html


def test_a_page_of_many_runs_stays_small_and_says_what_it_left_out(past):
    leaks = [past.finding(fingerprint=f"{n:012}", sentence="Leak: " + "x" * 5000) for n in range(40)]
    runs = [past.run(1 + n % 28, *leaks, id=f"{n}") for n in range(200)]
    html = render_trend(trend(runs, (), 200), "html")
    assert len(html.encode()) < PAGE_BYTES
    assert "causes: 20 of 40 shown" in html


def test_the_rate_chart_has_a_gap_where_a_run_cannot_tell(shop):
    root = ET.fromstring(charts.rate_chart(shop, shop.courses[0], "r"))
    curve = [path for path in root.iter("path") if path.get("class") == "curve stroke"]
    assert 2 == len(curve)
    texts = {element.text for element in root.iter("text")}
    assert {"app.Item per call", "run", "per call", "1", "5", "run 4"} <= texts
    assert "+1 in run 4" in root.find("desc").text


def test_the_verdict_chart_names_verdicts_and_ends_at_the_latest_run(shop):
    root = ET.fromstring(charts.verdict_chart(shop, "v"))
    assert {"Leak", "Inconclusive", "Clean"} <= {element.text for element in root.iter("text")}
    ends = [float(each.get("cx")) for each in root.iter("circle")]
    lines = [max(float(line.get(name)) for name in ("x1", "x2")) for line in root.iter("line")]
    assert 5 == len(ends)
    # Room for a label, and not for runs that are yet to come.
    assert max(ends) <= max(lines) < 1.1 * max(ends)


def test_memory_and_objects_have_a_point_for_each_run_that_knows(shop):
    root = ET.fromstring(charts.objects_chart(shop, "o"))
    assert 4 == len(list(root.iter("circle")))
    assert "140,500 objects in the first run, 142,500 in the latest" in root.find("desc").text
    assert (
        "51 MiB in the first run, 55 in the latest" in ET.fromstring(charts.memory_chart(shop, "m")).find("desc").text
    )


def test_the_text_fits_a_terminal_and_tells_the_same(shop):
    text = render_trend(shop, "text")
    assert max(len(line) for line in text.splitlines()) <= 80
    words = " ".join(text.split())
    assert "bench.py:checkout: Leaks since the run of 4 November 2026" in words
    assert "per call: 0, 0, ?, +1, +2" in words
    assert "fixed in 4.2.1, seen again after that was written down" in words


def valid(text):
    """Return JSON that the schema knows every field of."""
    data = json.loads(text)
    Draft202012Validator(load_history_schema()).validate(data)
    return data


def test_the_json_has_every_run_and_what_no_run_can_tell_is_null(shop):
    data = valid(render_trend(shop, "json"))
    assert ("snapdiff-trend/1", "leak", 5) == (data["format"], data["verdict"], len(data["runs"]))
    assert [0.0, 0.0, None, 1.0, 2.0] == data["courses"][0]["rates"]
    assert ["there", "gone"] == [course["state"] for course in data["courses"]]
    assert {"fingerprint": "3f9c1a7be204", "verdict": "leak", "unit": "objects", "rate": 2.0} == (
        data["runs"][-1]["findings"][0]
    )


def test_what_was_recalled_is_said_with_what_was_done_about_it(past):
    one = past.finding()
    near = past.finding(fingerprint="near", sentence="Leak: `Basket.by_id` gains 1 `Item`.")
    same = Alike(one, True, 1.0, (), 1, past.run(3, one), past.run(3, one), (past.note(fixed_in="4.2.1"),))
    other = Alike(near, False, 0.874, ("the same type, `app.Item`",), 2, past.run(1, near), past.run(2, near), ())
    text = " ".join(render_recalls([Recall(one, (same, other))], "text").split())
    assert "The same cause: seen on 3 November 2026, ticket ABC-123, fixed in 4.2.1; last in bench.py:checkout." in text
    assert "87 % alike: Leak: `Basket.by_id` gains 1 `Item`. the same type, `app.Item`." in text
    assert "seen in 2 runs, from 1 November 2026 to 2 November 2026" in text
    data = valid(render_recalls([Recall(one, (same,))], "json"))
    assert [("4.2.1", True)] == [
        (alike["notes"][0]["fixed_in"], alike["same"]) for alike in data["findings"][0]["alike"]
    ]


@pytest.mark.parametrize("render", [render_trend, render_recalls])
def test_another_format_is_refused(render):
    with pytest.raises(ValueError, match="unknown"):
        render((), "junit")


HEIGHTS = "[...document.querySelectorAll('#verdict svg text')].map(each => each.getBoundingClientRect().height)"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_in_a_browser(shop, hostile, browser, tmp_path, scheme):
    """On a narrow screen, without a word on the console, without a request; the runs can be sorted and filtered."""
    for number, each in enumerate((shop, hostile)):
        path = tmp_path / f"{number}.html"
        path.write_text(render_trend(each, "html"), encoding="utf-8")
        context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
        page = context.new_page()
        said, asked = [], []
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.goto(path.as_uri())
        assert ([], [path.as_uri()]) == (said, asked)
        assert 390 == page.evaluate("document.documentElement.scrollWidth")
        assert min(page.evaluate(HEIGHTS)) > 5
        if each is shop:
            page.keyboard.press("/")
            page.keyboard.type("11-04")
            assert 1 == page.locator("#runs tbody tr:visible").count()
            page.locator("#runs th", has_text="Objects").locator("button").click()
            assert "descending" == page.locator("#runs th", has_text="Objects").get_attribute("aria-sort")
        context.close()
