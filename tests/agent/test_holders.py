"""What keeps survivors is named as the source names it, with the lines of just those."""

import pytest


def causes(report):
    return {
        finding["container"]["path"]: (finding["type"], finding["objects_per_iteration"])
        for finding in report["findings"]
        if finding["verdict"] == "leak"
    }


@pytest.mark.parametrize(
    ("target", "setup", "expected"),
    [
        ("kept.py:Service.add", "make_service", {"the Service object → items": ("kept.Item", 1.0)}),
        (
            "kept.py:three_and_one",
            None,
            {"module kept → first": ("kept.Item", 3.0), "module kept → second": ("kept.Item", 1.0)},
        ),
        ("kept.py:attribute_set_from_outside", None, {"module kept → app.history": ("kept.Item", 1.0)}),
        ("kept.py:text_that_grows", None, {"module kept → log": ("str", 0.0)}),
        ("kept.py:linked", None, {"module kept → head": ("kept.Node", 1.0)}),
    ],
)
def test_each_cause_has_its_holder_and_its_own_rate(measure, target, setup, expected):
    assert expected == causes(measure(target, setup=setup))


def test_an_unbounded_cache_is_a_cause_of_its_results_and_not_of_its_own_size(measure):
    found = causes(measure("kept.py:unbounded_cache"))
    assert ["module kept → half"] == list(found)
    assert 1.0 == found["module kept → half"][1]


def test_each_cause_has_the_lines_of_its_own_survivors(measure):
    report = measure("kept.py:three_and_one", trace="rounds", trace_depth=2)
    born = {
        finding["container"]["path"]: [entry["function"] for entry in finding["born_at"]]
        for finding in report["findings"]
        if finding["verdict"] == "leak"
    }
    assert {"module kept → first": ["three_and_one"], "module kept → second": ["keep_in_second"]} == born


def test_weak_references_that_mirror_a_growth_are_no_cause_of_their_own(measure):
    report = measure("kept.py:kept_and_listed_weakly", trace="rounds", trace_depth=2)
    assert ["module kept → strong"] == [
        finding["container"] and finding["container"]["path"]
        for finding in report["findings"]
        if finding["verdict"] == "leak"
    ]
