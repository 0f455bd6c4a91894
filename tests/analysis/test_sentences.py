"""Gold strings: what a person pastes into a ticket."""

from __future__ import annotations

import pytest

from snapdiff.analysis.sentences import amount, rate

ITEM = ("app.Item", 1, 10, 151, 302)
ADD = ("app/cart.py", 41, "Cart.add")


@pytest.mark.parametrize(
    ("expected", "size"),
    [
        ("0 B", 0), ("144 B", 144), ("1023 B", 1023), ("1.0 KiB", 1024), ("2.5 KiB", 2540), ("1.2 MiB", 1_310_000),
        ("5.5 GiB", 5_900_000_000), ("-1.5 KiB", -1500),
    ],
)  # fmt: skip
def test_bytes_are_said_with_one_decimal_of_the_largest_fitting_unit(expected, size):
    assert expected == amount(size)


@pytest.mark.parametrize(
    ("expected", "value"), [("1", 1.0), ("7", 7.0), ("0.5", 0.5), ("0.33", 1 / 3), ("1000", 1000.0)]
)
def test_rates_are_said_without_false_precision(expected, value):
    assert expected == rate(value)


@pytest.mark.parametrize("value", [0.004, 0.0015, 1e-6])
def test_a_rate_above_nothing_is_never_said_to_be_nothing(value):
    assert "0" != rate(value)


def test_a_leak(cart):
    assert (
        "Leak: `module app → Cart.by_id` gains 1 `app.Item` per call (144 B), born at app/cart.py:41 in Cart.add."
        == cart.analysis().sentence
    )


def test_a_leak_of_which_no_holder_is_known(program):
    assert (
        "Leak: the process gains 1 `app.Item` per call (64 B); no reference to them from a module or frame was found."
        == program().grows(*ITEM).survivors("app.Item", unreached=200).analysis().sentence
    )


def test_a_leak_whose_holder_nobody_looked_for_does_not_say_that_none_was_found(program):
    assert "Leak: the process gains 1 `app.Item` per call (64 B)." == program().grows(*ITEM).analysis().sentence


def test_a_slow_leak(program):
    found = program().grows("app.Item", 0, 1, 21, 43).survivors("app.Item").held("app.Item", "module app → log", "list")
    assert "Slow leak: `module app → log` gains 0.14 `app.Item` per call (9 B)." == found.analysis().sentence


def test_a_leak_of_bytes_in_one_object(program):
    found = (
        program()
        .grows("bytearray", 0, 0, 0, 0, sizes=(1000, 10_000, 151_000, 302_000))
        .survivors("bytearray", examined=0)
        .held("bytearray", "module app → log", "bytearray", survivors=0, larger=True, distance=0)
    )
    assert "Leak: `module app → log` gains 1000 B per call in one `bytearray`." == found.analysis().sentence


def test_memory_lost_in_c(program):
    found = program().allocates(("app/native.py", 8, "encode"), blocks=(1, 10, 151, 302), size=1000)
    assert (
        "Leak: the process gains 1 memory blocks per call (1000 B) allocated at app/native.py:8; "
        "no object that Python can reach explains them." == found.analysis().sentence
    )


def test_several_leaks_name_the_first_and_count_the_others(cart):
    cart.grows("app.Other", 1, 10, 151, 302, size=10).survivors("app.Other").held("app.Other", "module app → other")
    cart.grows("app.Third", 1, 10, 151, 302, size=10).survivors("app.Third").held("app.Third", "module app → third")
    assert cart.analysis().sentence.endswith("born at app/cart.py:41 in Cart.add. And 2 more.")


def test_a_leak_in_a_run_that_ended_early(cart):
    assert (
        cart.ended("timed out in call 3 of round 5")
        .analysis()
        .sentence.startswith(
            "Incomplete, timed out in call 3 of round 5. Leak: `module app → Cart.by_id` gains 1 `app.Item` per call"
        )
    )


def test_growth_that_was_not_confirmed(program):
    assert (
        "Inconclusive: the process gains 1 `app.Item` per call (64 B)."
        == program(confirming=None).grows(*ITEM[:4]).analysis().sentence
    )


def test_a_holder_that_fills_up_to_its_bound(program):
    found = (
        program()
        .grows(*ITEM)
        .survivors("app.Item")
        .held("app.Item", "module app → recent", "collections.deque", entries=464, bound=1000)
        .analysis()
    )
    assert "Not a leak: `module app → recent` fills up; it holds 464 of at most 1000." == found.findings[0].sentence
    assert (
        "Clean: nothing grows with the calls (464 calls); `module app → recent` holds 464 of at most 1000."
        == found.sentence
    )


def test_a_cache_that_stopped(program):
    found = program().grows("app.Item", 1, 10, 117, 0).survivors("app.Item").held("app.Item", "module app → cache")
    assert (
        "Not a leak: `app.Item` in `module app → cache` grew and then stopped growing."
        == found.analysis().findings[0].sentence
    )


def test_initialisation(program):
    found = program(confirming=None).grows("dict", 951, 0, 0).analysis()
    assert (
        "Initialisation: the first round left 951 objects behind once; that is not a leak."
        == found.findings[0].sentence
    )
    assert (
        "Clean: nothing grows with the calls (162 calls); the first call left 951 objects once (initialisation)."
        == found.sentence
    )


def test_a_first_round_of_several_calls_is_called_a_round(program):
    found = program(rounds=(5, 10, 151), confirming=None).grows("dict", 951, 0, 0).analysis()
    assert found.sentence.endswith("; the first round left 951 objects once (initialisation).")


def test_a_clean_run(program):
    found = program(confirming=None).grows("dict", 0, 0, 0).analysis()
    assert "Clean: nothing grows with the calls (162 calls)." == found.sentence


def test_a_clean_run_that_ended_early_does_not_claim_more_than_its_rounds(program):
    found = program(rounds=(1, 10), confirming=None).grows("dict", 0, 0).ended("killed by SIGKILL in call 9 of round 3")
    assert (
        "Incomplete, killed by SIGKILL in call 9 of round 3. "
        "Nothing grew with the calls in the 2 rounds that were completed (11 calls)." == found.analysis().sentence
    )
