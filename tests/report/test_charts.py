"""Charts: the right numbers, colours that follow the theme, and no style of their own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from snapdiff.analysis.model import Law, Verdict
from snapdiff.report import charts


def texts_of(root):
    return [element.text for element in root.iter("text")]


def test_the_growth_chart_sets_the_curve_against_the_straight_line(build):
    root = ET.fromstring(charts.growth_chart(build.leaking(), "c"))
    classes = {element.get("class") for element in root.iter() if element.get("class")}
    assert {"curve stroke", "straight stroke", "mark stroke", "grid"} <= classes
    assert {"app.cart.Item alive", "straight line, +1 per call", "calls", "objects"} <= set(texts_of(root))
    assert "From 1 objects after 1 call to 464 after 464 calls" in root.find("desc").text


def test_a_clean_run_is_set_against_what_a_leak_would_be(build):
    root = ET.fromstring(charts.growth_chart(build.clean(), "c"))
    assert "what a leak of 1 object per call would be" in texts_of(root)


def test_bytes_that_stay_below_a_bound_are_set_against_as_many_in_equal_steps(build):
    cache = build.finding(
        verdict=Verdict.SATURATING, law=Law.BOUNDED, type=None, domain="native", unit="bytes", growth=(30 << 20, 0, 0),
        curve=((0, 0), (1, 30 << 20), (11, 30 << 20), (162, 30 << 20)),
    )  # fmt: skip
    texts = texts_of(ET.fromstring(charts.growth_chart(replace(build.clean(), findings=(cache,)), "c")))
    assert {"what a leak of as many bytes would be", "bytes outside the Python heap", "MiB"} <= set(texts)
    flat = replace(cache, curve=((0, 0), (1, 0), (162, 0)))
    texts = texts_of(ET.fromstring(charts.growth_chart(replace(build.clean(), findings=(flat,)), "c")))
    assert "what a leak of 1 KiB per call would be" in texts


def test_marks_that_stand_close_together_share_one_label(build):
    labels = texts_of(ET.fromstring(charts.growth_chart(build.leaking(), "c")))
    assert "1 call" not in labels
    assert {"11 calls", "162 calls", "464 calls"} <= set(labels)


def test_the_memory_chart_marks_the_checkpoints(build):
    root = ET.fromstring(charts.memory_chart(build.leaking(), "m"))
    assert {"464 calls", "MiB", "seconds"} <= set(texts_of(root))
    assert 5 == sum(each.get("class") == "mark stroke" for each in root.iter("path"))
    assert "From 30.0 MiB to" in root.find("desc").text


def test_without_samples_there_is_no_chart(build):
    assert None is charts.memory_chart(replace(build.clean(), timeline=()), "m")
    assert None is charts.growth_chart(replace(build.clean(), curve=((1, 5),)), "g")


def test_a_chart_has_no_style_and_no_fixed_ink(build):
    svg = charts.growth_chart(build.leaking(), "c") + charts.memory_chart(build.leaking(), "m")
    assert "style" not in svg
    assert "currentColor" in svg
    assert "#f9f9f9" not in svg


def test_a_flat_or_negative_curve_can_be_drawn(build):
    for curve in (((0, 0), (1, 0)), ((0, 0), (5, -40)), ((0, 0), (0, 0)), ((0, 10**15), (9, 10**15))):
        assert charts.growth_chart(replace(build.clean(), curve=curve), "c").startswith("<svg")


def test_ids_come_from_the_caller(build):
    root = ET.fromstring(charts.growth_chart(build.leaking(), "only-mine"))
    assert {"only-mine-title", "only-mine-desc"} == {each.get("id") for each in root.iter() if each.get("id")}
