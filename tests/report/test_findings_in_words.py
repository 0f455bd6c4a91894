"""The sentences that are pasted into tickets: every unit, every holder, rates above and below one a call."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.model import BornAt, Container, Frame, Verdict
from snapdiff.analysis.sentences import cycle_sentence, finding_sentence, gained_per_call, pace, run_sentence
from snapdiff.report import gains

CART = Container("module app → Cart.by_id", "dict", 464, None)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("1 entry per call", 1.0),
        ("7 entries per call", 7.0),
        ("0.7 entries per call", 0.7),
        ("1 entry per 2 calls", 0.5),
        ("1 entry per 2.5 calls", 0.4),
        ("1 entry per 40 calls", 0.02483),
        ("1 entry per 1,208 calls", 1 / 1208),
        ("0 entries per call", 0.0),
    ],
)
def test_a_rate_below_one_in_two_calls_is_told_in_calls(expected, value):
    assert expected == pace(value, "entry", "entries")


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        (
            "Leak: `module app → Cart.by_id` gains 1 `app.cart.Item` per call (144 B), born at app/cart.py:41 in add.",
            {},
        ),
        (
            "Slow leak: `module app → Cart.by_id` gains 1 `app.cart.Item` per 40 calls (144 B), "
            "born at app/cart.py:41 in add.",
            {"verdict": Verdict.SLOW_LEAK, "objects_per_iteration": 0.025, "bytes_per_iteration": 3.6},
        ),
        (
            "Leak: `module app → Cart.by_id` gains 1 entry per call (8 B), grown at app/cart.py:42 in add.",
            {"unit": "entries", "objects_per_iteration": 0.0, "bytes_per_iteration": 8.0},
        ),
        (
            "Leak: `module app → Cart.by_id` gains 70 B per call in one `str`, grown at app/cart.py:42 in add.",
            {"unit": "bytes", "objects_per_iteration": 0.0, "bytes_per_iteration": 70.0, "type": "str"},
        ),
        (
            "Leak: 464 `ValueError` are held by native code, 1 more per call (144 B), born at app/cart.py:41 in add; "
            "nothing in Python refers to them.",
            {"held_natively": True, "container": None, "chain": (), "type": "ValueError"},
        ),
        (
            "Leak: 1 memory block per call (144 B) lost in C, allocated at app/cart.py:41 in add; "
            "no Python object explains the memory.",
            {"held_natively": True, "container": None, "chain": (), "type": None, "unit": "blocks", "curve": ()},
        ),
        (
            "Inconclusive: the process gains 1 `app.cart.Item` per call (144 B).",
            {"verdict": Verdict.INCONCLUSIVE, "container": None, "chain": (), "born_at": (), "grown_at": ()},
        ),
        (
            "Not a leak: `q` is full: it holds 128 and never more than 128.",
            {"verdict": Verdict.SATURATING, "container": Container("q", "deque", 128, 128)},
        ),
        (
            "Not a leak: `q` fills up; it holds 1,103 of at most 4,000.",
            {"verdict": Verdict.SATURATING, "container": Container("q", "deque", 1103, 4000)},
        ),
        (
            "Not a leak: `app.cart.Item` in `module app → Cart.by_id` grew and then stopped growing.",
            {"verdict": Verdict.SATURATING, "growth": (1, 10, 50, 0)},
        ),
        (
            "Not a leak: `app.cart.Item` in `module app → Cart.by_id` grew and then grew less and less.",
            {"verdict": Verdict.SATURATING, "growth": (1, 10, 50, 2)},
        ),
    ],
)
def test_a_finding_is_told_in_its_own_unit(build, expected, changes):
    given = {"container": CART, "growth": (1, 10, 151, 302), **changes}
    assert expected == finding_sentence(build.finding(**given))


def test_one_survivor_of_native_code_is_told_in_the_singular(build):
    finding = build.finding(held_natively=True, container=None, growth=(0, 0, 0, 1), born_at=(), grown_at=())
    assert "1 `app.cart.Item` is held by native code" in finding_sentence(finding)
    assert "nothing in Python refers to it." in finding_sentence(finding)


def test_cycles_are_told_with_type_and_line(build):
    born = (BornAt(Frame("app/tree.py", 9, "build"), 1.0, None, None, ()),)
    finding = build.finding(verdict=Verdict.CYCLE, type="app.Box", objects_per_iteration=38.0, born_at=born)
    expected = (
        "Not a leak: 38 objects per call, most of them `app.Box`, are only freed by the cyclic collector, "
        "born at app/tree.py:9 in build."
    )
    assert expected == cycle_sentence(finding, most=True)
    assert expected.replace("most", "some") == finding_sentence(finding)


def test_a_cycle_of_one_object_without_a_type_is_told_too(build):
    finding = build.finding(verdict=Verdict.CYCLE, type=None, objects_per_iteration=1.0, born_at=(), grown_at=())
    assert "Not a leak: 1 object per call is only freed by the cyclic collector." == finding_sentence(finding)


def test_entries_per_call_are_read_from_the_end_of_the_curve(build):
    finding = build.finding(unit="entries", objects_per_iteration=0.0, curve=((0, 0), (1, 5), (162, 200), (464, 804)))
    assert 2.0 == gained_per_call(finding)
    assert 0.0 == gained_per_call(replace(finding, curve=()))


def test_a_clean_run_names_cycles_and_what_was_suppressed(build):
    cycle = build.finding(verdict=Verdict.CYCLE, objects_per_iteration=14.0)
    rounds = build.rounds((0, 0, 0))
    expected = (
        "Clean but for 2 suppressed findings: nothing else grows with the calls (162 calls); "
        "14 objects per call are only freed by the cyclic collector."
    )
    assert expected == run_sentence((cycle,), rounds, True, "as planned", 2)
    assert "Clean: nothing grows with the calls (162 calls)." == run_sentence((), rounds, True, "as planned")


@pytest.mark.parametrize(
    ("expected", "changes"),
    [
        ("+1 per call", {}),
        ("+1 per 40 calls", {"objects_per_iteration": 0.025}),
        ("+1 entry per call", {"unit": "entries"}),
        ("+70 B per call", {"unit": "bytes", "bytes_per_iteration": 70.0}),
        ("+3 memory blocks per call", {"unit": "blocks", "objects_per_iteration": 3.0}),
        ("0 per call", {"objects_per_iteration": 0.0}),
    ],
)
def test_what_a_call_adds_carries_its_unit(build, expected, changes):
    assert expected == gains.per_call(build.finding(**changes))


@pytest.mark.parametrize(
    ("expected", "container"),
    [
        ("dict of 464 entries", CART),
        ("list of 1 entry", Container("p", "list", 1, None)),
        ("str of 9 characters", Container("p", "str", 9, None)),
        ("app.Flags", Container("p", "app.Flags", None, None)),
        ("3 list, together 6,828 entries", Container("p", "list", 6828, None, 3)),
        ("3 app.Flags", Container("p", "app.Flags", None, None, 3)),
    ],
)
def test_what_a_container_holds_is_told_in_words(expected, container):
    assert expected == gains.held(container)
