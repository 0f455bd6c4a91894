"""Gold strings: what a person pastes into a ticket."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis.sentences import amount, finding_sentence, number_of, pace, rate, some_of

ONE = (1, 10, 151, 302)
LOG = ("module app:module", ".log:list")
ADD = ("app/cart.py", 41, "Cart.add")


def test_objects_that_become_larger_are_told_with_where_that_began_and_ended(program):
    """A list is copied into each new entry: 13 KiB a call were told, and nothing of what comes next."""
    gained = (1, 10, 151, 302, 604)
    copies = (*LOG, "[*]:list")
    found = program(confirming=(302, 604)).path(*LOG, entries=gained)
    found.path(*copies, objects=gained, sizes=(64, 6400, 151_000, 604_000, 2_416_000)).looked_at(*LOG)
    (finding,) = found.analysis().findings
    assert "Leak: `module app → log` gains 1 `list` per call (1000 B rising to 3.9 KiB)." == finding.sentence
    assert (None, (1000.0, 4000.0)) == (finding.rise, finding.bytes_rise)
    assert "calls leave ever more bytes: 1000 B each in the last planned round, 3.9 KiB in the last" in finding.reasons


def test_a_list_that_grows_in_steps_under_objects_of_one_size_does_not_rise(program):
    gained = (1, 10, 151, 302, 604)
    found = program(confirming=(302, 604)).path(*LOG, entries=gained, sizes=(0, 0, 1000, 9000, 90_000))
    found.path(*LOG, "[*]:app.Row", objects=gained).looked_at(*LOG)
    (finding,) = found.analysis().findings
    assert finding.bytes_rise is None
    assert "rising" not in finding.sentence


@pytest.mark.parametrize(
    ("kind", "words"), [("_io.StringIO", "80 characters"), ("_io.BytesIO", "80 bytes"), ("list", "80 entries")]
)
def test_what_says_no_size_is_told_without_one_and_by_what_it_is_made_of(program, kind, words):
    gained = tuple(80 * calls for calls in ONE)
    (finding,) = program().path("module app:module", f".out:{kind}", entries=gained).analysis().findings
    assert f"Leak: `module app → out` gains {words} per call." == finding.sentence


def test_a_rate_that_rises_with_the_calls_is_told_as_rising(program):
    gained = (0, 0, 189, 1746, 8964)
    (finding,) = program(confirming=(302, 604)).keeps(LOG, "app.Event", *gained, edge="[*]").analysis().findings
    assert finding.sentence.startswith(
        "Leak: `module app → log` gains 1.25 rising to 14.84 `app.Event` per call (80 B "
    )
    assert (189 / 151, 8964 / 604) == finding.rise


def test_one_of_something_is_said_of_one():
    assert ["0 objects", "1 object", "-1 object", "2,276 objects"] == [
        number_of(count, "object") for count in (0, 1, -1, 2276)
    ]
    assert "2 entries" == number_of(2, "entry", "entries")


def test_a_list_that_is_cut_says_how_many_more_there_are():
    assert ["", "a, b, c", "a, b, c and 2 more"] == [some_of(list(names)) for names in ("", "abc", "abcde")]


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


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("7 entries per call", 7.0), ("1 entry per call", 1.0), ("0.75 entries per call", 0.75),
        ("1 entry per 2 calls", 0.5), ("1 entry per 2.5 calls", 0.4), ("1 entry per 40 calls", 1 / 40),
    ],
)  # fmt: skip
def test_what_comes_less_than_once_in_two_calls_is_said_by_the_calls_it_takes(expected, value):
    assert expected == pace(value, "entry", "entries")


# -- findings ---------------------------------------------------------------------------------------------


def test_a_leak(cart):
    assert (
        "Leak: `module app → Cart.by_id` gains 1 `app.Item` per call (144 B), born at app/cart.py:41 in Cart.add."
        == cart.analysis().sentence
    )


@pytest.mark.parametrize(
    ("expected", "each"), [("1 `bytes` object per call", 1.0), ("2 `bytes` objects per call", 2.0)]
)
def test_bytes_that_are_objects_are_not_taken_for_a_size(cart, expected, each):
    found = replace(cart.analysis().findings[0], type="bytes", objects_per_iteration=each)
    assert f"gains {expected} (144 B)" in finding_sentence(found)


def test_a_leak_held_by_native_code(program):
    found = program().path("unreached:app.Item", objects=ONE).nameless("app.Item", held=("app.Item",))
    assert (
        "Leak: 464 `app.Item` are held by native code, 1 more per call (64 B), "
        "born at app/cart.py:41 in Cart.add; nothing in Python refers to them."
        == found.born("app.Item", ADD).analysis().sentence
    )


def test_a_leak_held_by_a_frame(program):
    found = program().path("unreached:app.Item", objects=ONE).nameless("app.Item", frame="frame of serve")
    assert "Leak: `frame of serve → items` gains 1 `app.Item` per call (64 B)." == found.analysis().sentence


def test_a_leak_whose_holder_nobody_looked_for_does_not_say_that_none_was_found(program):
    found = program().path("unreached:app.Item", objects=ONE).analysis()
    assert "Leak: the process gains 1 `app.Item` per call (64 B)." == found.sentence


def test_a_slow_leak(program):
    found = program().keeps(LOG, "app.Item", 0, 1, 20, 40, edge="[*]").analysis()
    assert "Slow leak: `module app → log` gains 1 `app.Item` per 7.5 calls (64 B)." == found.sentence


def test_a_leak_of_entries_that_are_no_new_objects(program):
    found = program().path(*LOG, entries=ONE, sizes=(8, 80, 1208, 2416)).looked_at(*LOG, entries=464).grew(ADD)
    assert (
        "Leak: `module app → log` gains 1 entry per call (8 B), grown at app/cart.py:41 in Cart.add."
        == found.analysis().sentence
    )


def test_a_leak_of_bytes_in_one_object(program):
    steps = ("module app:module", ".log:bytearray")
    found = program().path(*steps, sizes=(1000, 10_000, 151_000, 302_000)).looked_at(*steps)
    assert "Leak: `module app → log` gains 1000 B per call in one `bytearray`." == found.analysis().sentence


def test_memory_lost_in_c(program):
    found = program().allocates(("app/native.py", 8, "encode"), blocks=ONE, size=1000).reached("app/native.py", 8, 0)
    assert (
        "Leak: 1 memory block per call (1000 B) lost in C, allocated at app/native.py:8 in encode; "
        "no Python object explains the memory." == found.analysis().sentence
    )


def test_several_leaks_name_the_first_and_count_the_others(cart):
    for name in ("other", "third"):
        cart.keeps(("module app:module", f".{name}:dict"), f"app.{name}", *ONE, size=10)
    assert cart.analysis().sentence.endswith("born at app/cart.py:41 in Cart.add. And 2 more.")


def test_a_leak_in_a_run_that_ended_early(cart):
    assert (
        cart.ended("timed out in call 3 of round 5")
        .analysis()
        .sentence.startswith(
            "Incomplete, timed out in call 3 of round 5. Leak: `module app → Cart.by_id` gains 1 `app.Item` per call"
        )
    )


def test_growth_that_was_not_confirmed(program, by_id):
    found = program(confirming=None).keeps(by_id, "app.Item", *ONE[:3]).analysis()
    assert "Inconclusive: `module app → Cart.by_id` gains 1 `app.Item` per call (64 B)." == found.sentence


def test_a_holder_that_fills_up_to_its_bound(program):
    steps = ("module app:module", ".recent:collections.deque")
    found = program().keeps(steps, "app.Item", *ONE, entries=464, bound=1000).analysis()
    assert "Not a leak: `module app → recent` fills up; it holds 464 of at most 1,000." == found.findings[0].sentence
    assert (
        "Clean: nothing grows with the calls (464 calls); `module app → recent` fills up; "
        "it holds 464 of at most 1,000." == found.sentence
    )


def test_a_holder_that_is_full(program):
    steps = ("module app:module", ".recent:collections.deque")
    found = program().keeps(steps, "app.Item", 1, 10, 89, 0, entries=100, bound=100).analysis()
    assert (
        "Not a leak: `module app → recent` is full: it holds 100 and never more than 100." == found.findings[0].sentence
    )


def test_a_bound_whose_holder_has_no_length(program):
    steps = ("module app:module", ".recent:app.Ring")
    found = program().keeps(steps, "app.Item", *ONE, entries=None, bound=1000).analysis()
    assert "Not a leak: `module app → recent` fills up to at most 1,000." == found.findings[0].sentence


def test_a_cache_that_stopped(program):
    cache = ("module app:module", ".cache:dict")
    found = program().keeps(cache, "app.Item", 1, 10, 117, 0)
    assert "Not a leak: `module app → cache` grew and then stopped growing." == found.analysis().findings[0].sentence


def test_a_cache_that_almost_stopped(program):
    cache = ("module app:module", ".cache:dict")
    found = program().keeps(cache, "app.Item", 1, 10, 117, 40).analysis()
    assert (
        "Not a leak: `app.Item` in `module app → cache` grew and then grew less and less." == found.findings[0].sentence
    )


def test_one_object_of_garbage_is_not_some_of_them(program):
    found = program().checkpoints(collected=(0, 1, 11, 162, 464)).litters("app.Node", 10).analysis()
    expected = "Not a leak: 1 object per call, mostly `app.Node`, is only freed by the cyclic collector."
    assert expected == found.findings[0].sentence


def test_descriptors_of_which_ever_more_stay_open_are_many(program):
    values = [10]
    for gained in (1, 10, 151, 604, 2416):
        values.append(values[-1] + gained)
    found = program(confirming=(302, 604)).owns("fds", *values, unit="count").analysis()
    assert "Leak: 1 rising to 4 file descriptors per call are left open." == found.sentence


def test_garbage(program):
    found = program().checkpoints(collected=(0, 3, 33, 486, 1392)).litters("app.Node", 20).litters("dict", 10)
    found = found.born("app.Node", ADD).analysis()
    assert (
        "Not a leak: 3 objects per call, most of them `app.Node`, are only freed by the cyclic collector, "
        "born at app/cart.py:41 in Cart.add." == found.findings[0].sentence
    )
    assert (
        "Clean: nothing grows with the calls (464 calls); 3 objects per call are only freed by the cyclic collector."
        == found.sentence
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


def test_one_object_is_one_object(program):
    found = program(confirming=None).grows("dict", 1, 0, 0).analysis()
    assert found.sentence.endswith("; the first call left 1 object once (initialisation).")


def test_a_clean_run(program):
    found = program(confirming=None).grows("dict", 0, 0, 0).analysis()
    assert "Clean: nothing grows with the calls (162 calls)." == found.sentence


def test_a_clean_run_that_ended_early_does_not_claim_more_than_its_rounds(program):
    found = program(rounds=(1, 10), confirming=None).grows("dict", 0, 0).ended("killed by SIGKILL in call 9 of round 3")
    assert (
        "Incomplete, killed by SIGKILL in call 9 of round 3. "
        "Nothing grew with the calls in the 2 rounds that were completed (11 calls)." == found.analysis().sentence
    )
