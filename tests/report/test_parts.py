"""The small parts: numbers in words, thinning, the chain as text, source lines, readings, cuts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.model import ChainNode, Container, Excerpt, Frame, Verdict
from snapdiff.report import words
from snapdiff.report.chain import chain_text
from snapdiff.report.cut import cut_for_page
from snapdiff.report.evidence import read_rounds, read_traced_rounds, remarks
from snapdiff.report.limits import EXCERPT_LINES, PAGE
from snapdiff.report.source import source_lines
from snapdiff.report.thin import thin


def test_names_that_a_page_leaves_out_are_counted(build):
    names = tuple(f"app.Type{number}" for number in range(PAGE.finding_rows + 3))
    findings = (build.finding(other_types=names, other_containers=names, kinds=names[: PAGE.finding_rows]),)
    cut = cut_for_page(replace(build.leaking(), findings=findings), PAGE).analysis.findings[0]
    assert (*names[: PAGE.finding_rows - 1], "… 4 more") == cut.other_types == cut.other_containers
    assert names[: PAGE.finding_rows] == cut.kinds


def test_a_step_of_a_chain_has_one_arrow(build):
    chain = (ChainNode("module app", "module"), ChainNode("→ list", "list"))
    text = chain_text(build.finding(chain=chain))
    assert "╰→ list" in text
    assert "→ →" not in text


def test_one_more_finding_is_one():
    assert ["1 more finding", "1,200 more findings"] == [words.number_of(left, "more finding") for left in (1, 1200)]


@pytest.mark.parametrize(
    ("expected", "number"),
    [
        ("0", 0),
        ("1", 1.0),
        ("0.02", 0.02),
        ("1.1", 1.1),
        ("5", 5.0033),
        ("0.0099", 0.00993),
        ("466,039", 466039),
        ("−3", -3),
        ("–", None),
    ],
)
def test_a_rate_has_as_many_digits_as_tell_something(expected, number):
    assert expected == words.rate(number)


@pytest.mark.parametrize(
    ("expected", "number"),
    [
        ("0 B", 0),
        ("144 B", 144.0),
        ("1.9 B", 1.9),
        ("1,023 B", 1023),
        ("1.0 KiB", 1024),
        ("−2.0 MiB", -2 * 2**20),
        ("3.0 GiB", 3 * 2**30),
        ("5,000.0 TiB", 5000 * 2**40),
        ("–", None),
    ],
)
def test_a_size_is_in_binary_units(expected, number):
    assert expected == words.size(number)


def test_growth_carries_its_sign():
    assert ["+10", "0", "−3", "–"] == [words.signed(number) for number in (10, 0, -3, None)]
    assert ["+0.5", "−0.5"] == [words.signed_rate(number) for number in (0.5, -0.5)]
    assert ["+1 B", "0 B"] == [words.signed_size(number) for number in (1, 0)]


@pytest.mark.parametrize(("expected", "seconds"), [("0.12 s", 0.12), ("14.2 s", 14.2), ("3 min 20 s", 200)])
def test_a_duration_is_told_in_its_own_unit(expected, seconds):
    assert expected == words.duration(seconds)


def test_shortening_keeps_both_ends_and_the_limit():
    assert "abcdefgh" == words.shorten("abcdefgh", 8)
    assert "abc…fgh" == words.shorten("abcdeefgh", 7)


def test_a_place_without_a_function_is_only_a_place():
    assert "a.py:3" == words.place_in(Frame("a.py", 3, None))


def test_every_verdict_has_a_word_a_sign_and_a_meaning():
    assert set(Verdict) == set(words.VERDICT_WORDS) == set(words.VERDICT_MEANINGS)
    assert len(Verdict) == len({sign for _, sign in words.VERDICT_WORDS.values()})


def test_thinning_keeps_the_ends_and_a_spike_of_one_sample():
    points = [(n, 99 if n == 5003 else n % 2) for n in range(10_000)]
    thinned = thin(points, 100, lambda point: point[1])
    assert len(thinned) <= 100
    assert (points[0], points[-1]) == (thinned[0], thinned[-1])
    assert (5003, 99) in thinned
    assert sorted(thinned) == list(thinned)


@pytest.mark.parametrize("length", [0, 1, 299, 300])
def test_what_fits_is_not_thinned(length):
    assert tuple(range(length)) == thin(range(length), 300, float)


def test_one_point_too_many_is_thinned_to_the_limit():
    assert len(thin(range(301), 300, float)) <= 300


def test_the_chain_is_text_that_can_be_pasted(build):
    expected = "module app\n╰→ .Cart  (type)\n  ╰→ .by_id  (dict, 464 entries)\n    ╰→ app.cart.Item  (+1 per call)"
    assert expected == chain_text(build.finding())


def test_no_chain_is_no_text(build):
    assert "" == chain_text(build.finding(chain=()))


def test_a_root_whose_label_does_not_say_its_type_keeps_it(build):
    finding = build.finding(chain=(ChainNode("Thread-1", "threading.Thread"),), container=None, type=None)
    assert "Thread-1  (threading.Thread)" == chain_text(finding)


def test_a_container_that_gains_entries_is_itself_the_end_of_the_chain(build):
    finding = build.finding(unit="entries", type="dict", objects_per_iteration=0.0)
    assert "  ╰→ .by_id  (dict, 464 entries, +1 entry per call)" == chain_text(finding).splitlines()[-1]


def test_a_text_that_gets_longer_is_told_in_characters_and_bytes(build):
    chain = (ChainNode("module app", "module"), ChainNode(".log", "str"))
    container = Container("module app → log", "str", 9, None)
    finding = build.finding(unit="bytes", type="str", chain=chain, container=container, bytes_per_iteration=70.0)
    assert "module app\n╰→ .log  (str, 9 characters, +70 B per call)" == chain_text(finding)


def test_source_lines_are_numbered_escaped_and_one_is_in_focus():
    lines = source_lines(Excerpt("a.py", 7, ("x = '<b>'", "", "def f(): pass"), 9))
    assert [(7, False), (8, False), (9, True)] == [(line.number, line.focus) for line in lines]
    assert "&lt;b&gt;" in lines[0].code
    assert "<b>" not in lines[0].code
    assert '<span class="p-k">def</span>' in lines[2].code


def test_a_line_that_hides_a_line_break_does_not_shift_the_numbers():
    lines = source_lines(Excerpt("a.py", 1, ("a\rb", "'''", "c"), 3))
    assert 3 == len(lines)
    assert "c" in lines[2].code


def test_a_file_that_is_not_python_is_not_coloured_as_python():
    assert "def x" == str(source_lines(Excerpt("a.sql", 1, ("def x",), 1))[0].code)


def test_the_rounds_of_a_leak_read_as_initialisation_and_leak(build):
    expected = [
        "initialisation, and 1 call × 1",
        "leak: 10 calls × 1",
        "leak: 151 calls × 1",
        "leak: 302 calls × 1",
    ]
    assert expected == [reading.reading for reading in read_rounds(build.leaking())]


def test_the_rounds_of_initialisation_read_as_nothing_more(build):
    assert ["initialisation", "nothing more", "nothing more"] == [each.reading for each in read_rounds(build.clean())]


def test_a_first_call_that_left_nothing_reads_so(build):
    assert "nothing left" == read_rounds(replace(build.clean(), rounds=build.rounds((0, 0))))[0].reading


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        ("fills up to its bound", Verdict.SATURATING),
        ("grows, not proven", Verdict.INCONCLUSIVE),
        ("not in proportion to the calls", Verdict.CLEAN),
    ],
)
def test_a_later_round_that_grew_is_not_called_a_leak_by_the_report(build, expected, verdict):
    analysis = replace(build.clean(), verdict=verdict, rounds=build.rounds((5, 3)))
    assert expected == read_rounds(analysis)[1].reading


def test_a_slow_leak_reads_no_growth_where_a_round_left_none(build):
    finding = build.finding(verdict=Verdict.SLOW_LEAK, growth=(0, 0, 3, 6))
    analysis = replace(build.leaking(), verdict=Verdict.SLOW_LEAK, findings=(finding,))
    expected = ["no growth", "no growth", "leak: 151 calls × 0.02", "leak: 302 calls × 0.02"]
    assert expected == [reading.reading for reading in read_rounds(analysis)]


def test_growth_in_bytes_reads_in_bytes(build):
    finding = build.finding(unit="bytes", growth=(0, 700, 10_570, 21_140))
    readings = read_rounds(replace(build.leaking(), findings=(finding,)))
    assert ("+700 B", "+70 B", "leak: 10 calls × 70 B") == (readings[1].own, readings[1].own_rate, readings[1].reading)
    assert ("0 B", "0 B", "no growth") == (readings[0].own, readings[0].own_rate, readings[0].reading)


def test_what_the_collector_frees_reads_so_in_every_round(build):
    finding = build.finding(verdict=Verdict.CYCLE, growth=(14, 140, 2114))
    analysis = replace(build.clean(), verdict=Verdict.CYCLE, findings=(finding,))
    assert {"freed by the collector, all of it"} == {each.reading for each in read_rounds(analysis)}


def test_the_remarks_say_what_extra_rounds_are_for_and_what_is_not_bounded(build):
    extra, bounded = remarks(build.leaking())
    assert extra.startswith("Rounds marked extra are not part of the plan (1, 10, 151 calls).")
    assert bounded.startswith("Not bounded within 464 calls: no limit was reached")


def test_a_run_without_extra_rounds_and_without_a_leak_has_no_remarks(build):
    assert () == remarks(build.clean())


def traced(analysis, *, trace="auto", what="second plan", rounds=()):
    """An analysis whose allocations were traced some other way."""
    return replace(analysis, method=replace(analysis.method, trace=trace, traced=what), traced_rounds=rounds)


def test_a_remark_says_in_which_rounds_lines_were_traced(build):
    second = traced(build.leaking(), rounds=build.rounds((1, 10, 151, 302)))
    said = next(text for text in remarks(second) if text.startswith("Allocations"))
    assert "then called 1, 10, 151 and 302 more times, traced" in said
    assert said.endswith("are of those 464 calls.")


@pytest.mark.parametrize(
    ("expected", "make", "trace", "what"),
    [
        (["Allocations were not traced: nothing was growing"], "clean", "auto", "nothing"),
        (["Allocations were not traced: the run ended before"], "incomplete", "auto", "nothing"),
        ([], "clean", "auto", "every round"),
        ([], "clean", "rounds", "every round"),
        ([], "clean", "off", "nothing"),
    ],
)
def test_a_remark_says_why_nothing_was_traced_only_where_that_was_left_to_what_grows(
    build, expected, make, trace, what
):
    said = remarks(traced(getattr(build, make)(), trace=trace, what=what))
    assert expected == [text[: len(start)] for text, start in zip(said, expected, strict=True)]


def test_what_only_lines_show_is_read_in_the_rounds_that_were_traced(build):
    lost = build.finding(type=None, container=None, unit="blocks", held_natively=True, traced=True)
    rounds = build.rounds((0, 0, 0, 0))
    analysis = replace(traced(build.leaking(), rounds=rounds), findings=(lost,))
    assert [None] * 4 == [each.own for each in read_rounds(analysis)]
    assert ["+1", "+10", "+151", "+302"] == [each.own for each in read_traced_rounds(analysis)]
    assert () == read_traced_rounds(traced(build.leaking(), rounds=rounds))


def test_what_fits_is_not_cut(build):
    page = cut_for_page(build.leaking(), PAGE)
    assert () == page.said
    assert None is page.more_types
    assert build.leaking() == page.analysis


def test_a_long_chain_keeps_both_ends_and_says_how_much_is_left_out(build):
    chain = tuple(ChainNode(f".n{number}", "dict") for number in range(20))
    cut = cut_for_page(replace(build.leaking(), findings=(build.finding(chain=chain),)), PAGE)
    labels = [node.label for node in cut.analysis.findings[0].chain]
    assert PAGE.finding_rows == len(labels)
    assert (".n0", "… 9 more steps", ".n19") == (labels[0], labels[6], labels[-1])


def test_an_excerpt_is_cut_around_its_focus(build):
    excerpt = Excerpt("a.py", 1, tuple(f"line {number}" for number in range(1, 101)), 50)
    cut = cut_for_page(replace(build.leaking(), findings=(build.finding(excerpts=(excerpt,)),)), PAGE)
    kept = cut.analysis.findings[0].excerpts[0]
    assert EXCERPT_LINES == len(kept.lines)
    assert "line 50" == kept.lines[kept.focus - kept.first_line]
