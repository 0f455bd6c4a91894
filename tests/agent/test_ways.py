"""Holders that were named wrongly once, or not at all: each has the name and the lines that a person would give."""

import pytest


def leaks(report):
    return [finding for finding in report["findings"] if finding["verdict"] in ("leak", "slow-leak")]


@pytest.mark.parametrize(
    ("function", "path", "kind"),
    [
        ("timers", "the event loop → _scheduled", "ways.Timer"),
        ("variable_per_call", "context variables of this thread", "list"),
        ("owner_replaced", "module ways → scope.maps", "dict"),
        ("cached_under_a_property", "module ways → Key.slot", "ways.Key"),
        ("decorated_per_call", "module ways → handlers", "function"),
    ],
)
def test_the_holder_is_named_and_is_the_only_cause(measure, function, path, kind):
    report = measure(f"ways.py:{function}", trace="rounds", trace_depth=4, rounds=(1, 10, 60))
    assert [] == [note for note in report["notes"] if "failed" in note]
    assert [(path, kind)] == [(finding["container"]["path"], finding["type"]) for finding in leaks(report)]


@pytest.mark.parametrize("function", ["timers", "owner_replaced", "cached_under_a_property", "decorated_per_call"])
def test_both_lines_lie_in_the_function_that_keeps(measure, function):
    report = measure(f"ways.py:{function}", trace="rounds", trace_depth=4, rounds=(1, 10, 60))
    finding = leaks(report)[0]
    assert ("ways.py", function) == (finding["born_at"][0]["file"], finding["born_at"][0]["function"])
    assert ("ways.py", function) == (finding["grown_at"][0]["file"], finding["grown_at"][0]["function"])


def test_a_cache_of_dicts_says_its_bound(measure):
    report = measure("ways.py:bounded", trace="rounds", trace_depth=4)
    finding = report["findings"][0]
    assert ("saturating", "module ways → half", 5000) == (
        finding["verdict"],
        finding["container"]["path"],
        finding["container"]["bound"],
    )


def test_a_limit_beside_a_collection_counts_only_where_the_code_uses_both(measure):
    full, growing = (
        measure(f"ways.py:{name}")["findings"][0]
        for name in ("bounded_by_a_neighbour", "beside_a_limit_of_something_else")
    )
    assert ("saturating", "module ways → store.rows", 3000) == (
        full["verdict"],
        full["container"]["path"],
        full["container"]["bound"],
    )
    assert ("leak", "module ways → store.failed", None) == (
        growing["verdict"],
        growing["container"]["path"],
        growing["container"]["bound"],
    )
