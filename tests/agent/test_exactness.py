"""A workload that keeps exactly k objects a call is reported with exactly k."""

import importlib.util
import sys

import pytest

#: 1, 3 and 20 calls, and the extra rounds that follow growth.
ROUNDS = (1, 3, 20, 40, 80, 160)
TRACKED = {
    "tracked.Own": 1,
    "tracked.Slotted": 2,
    "tracked.Weakable": 3,
    "list": 4,
    "dict": 5,
    "set": 6,
    "function": 7,
}
UNTRACKED = {
    "bytes": 2,
    "str": 3,
    "int": 4,
    "float": 5,
    "tuple": 6,
    "object": 7,
    "complex": 8,
    "dict": 9,
    "bytearray": 10,
}


def growths(report):
    return {row["type"]: row["objects"] for row in report["types"] if any(row["objects"])}


def expected_growths(per_call):
    return {name: [count * calls for calls in ROUNDS] for name, count in per_call.items()}


def tracked_in(report):
    """Before 3.11 an ordinary instance with attributes has a dict for them: one more object for each Own."""
    version = tuple(int(part) for part in report["environment"]["python"].split(".")[:2])
    return TRACKED if version >= (3, 11) else {**TRACKED, "dict": TRACKED["dict"] + TRACKED["tracked.Own"]}


def assert_exact(report, per_call, blocks=0):
    assert {"objects": 0, "blocks": blocks, "ran": True} == report["control"]
    assert list(ROUNDS) == [each["iterations"] for each in report["rounds"]]
    assert [False, False, False, True, True, True] == [each["extra"] for each in report["rounds"]]
    assert expected_growths(per_call) == growths(report)
    total = sum(per_call.values())
    assert [total * calls for calls in ROUNDS] == [each["objects"] for each in report["rounds"]]
    assert per_call == {row["type"]: row["objects_per_iteration"] for row in report["types"] if any(row["objects"])}


def test_tracked_objects_are_counted_exactly_in_the_running_interpreter(measure):
    report = measure("tracked.py:keep", trace="rounds", trace_depth=1)
    assert_exact(report, TRACKED)
    assert ("leak", True) == (report["verdict"], report["complete"])


def test_untracked_objects_are_counted_exactly_in_the_running_interpreter(measure):
    report = measure("untracked.py:keep", trace="rounds", trace_depth=1)
    assert_exact(report, UNTRACKED)
    assert ("leak", True) == (report["verdict"], report["complete"])


def test_tracked_objects_are_counted_exactly_in_every_other_interpreter(measure, python):
    report = measure("tracked.py:keep", trace="rounds", trace_depth=1, python=python)
    assert_exact(report, tracked_in(report))


def test_untracked_objects_are_counted_exactly_in_every_other_interpreter(measure, python):
    report = measure("untracked.py:keep", trace="off", python=python)
    assert_exact(report, UNTRACKED, blocks=None)


def test_each_type_in_a_container_of_its_own_is_a_finding_with_its_exact_growth(measure):
    report = measure("tracked.py:keep")
    found = {
        finding["container"]["path"]: (finding["type"], finding["objects_per_iteration"], finding["growth"])
        for finding in report["findings"]
    }
    names = ("owns", "slotted", "weakable", "lists", "dicts", "sets", "functions")
    expected = {
        f"module tracked → {name}": (kind, count, [count * calls for calls in ROUNDS])
        for name, (kind, count) in zip(names, TRACKED.items(), strict=True)
    }
    assert expected == found
    assert {"leak"} == {finding["verdict"] for finding in report["findings"]}


def test_the_default_plan_is_exact_and_its_control_is_zero(measure):
    report = measure("tracked.py:keep", rounds=(1, 10, 151), trace="rounds", trace_depth=4)
    rounds = (1, 10, 151, 302, 604, 1208)
    assert {"objects": 0, "blocks": 0, "ran": True} == report["control"]
    assert {name: [count * calls for calls in rounds] for name, count in TRACKED.items()} == growths(report)


@pytest.mark.skipif(importlib.util.find_spec("numpy") is None, reason="numpy is not installed here")
@pytest.mark.parametrize(
    ("function", "per_call"),
    [
        ("own", {"numpy.ndarray": 1}),
        ("view", {"numpy.ndarray": 2}),
        ("objects", {"numpy.ndarray": 1, "arrays.Part": 3}),
    ],
)
def test_arrays_are_counted_exactly_with_what_they_hold(measure, function, per_call):
    report = measure(f"arrays.py:{function}")
    assert 0 == report["control"]["objects"]
    assert expected_growths(per_call) == growths(report)
    assert "leak" == report["verdict"]


def test_a_workload_that_keeps_nothing_has_no_growth_of_any_type(measure):
    report = measure("quiet.py:work", trace="rounds", trace_depth=1)
    assert {"objects": 0, "blocks": 0, "ran": True} == report["control"]
    # It makes one cycle a call, which is no growth. The dict in it is the collector's own since 3.14.
    assert [("cycle", "list" if sys.version_info < (3, 14) else "dict", None)] == [
        (finding["verdict"], finding["type"], finding["container"]) for finding in report["findings"]
    ]
    assert [0, 0, 0] == [each["objects"] for each in report["rounds"]]
    assert [1, 3, 20] == [each["iterations"] for each in report["rounds"]]
    assert {} == growths(report)
