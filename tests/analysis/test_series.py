"""The rules for bytes outside the Python heap: what accuses, and what sound programs look like."""

from __future__ import annotations

import math
import random

import pytest

from snapdiff.analysis import Verdict, limits
from snapdiff.analysis.growth import Judgement, Span
from snapdiff.analysis.series import Part, judge_bytes, judge_count, noise

PLAN = (Span(1, False), Span(10, False), Span(151, False))
LONG = (*PLAN, Span(302, True), Span(604, True), Span(1208, True))
#: How the agent divides N, 2N, 4N and 8N (agent/windows.py).
PARTS = (
    (25, 25, 25, 25, 25, 26),
    (27, 44, 71, 44, 71, 45),
    (54, 88, 143, 88, 142, 89),
    (108, 177, 285, 176, 285, 177),
)


def judged(curve, rounds=4, scatter=0.0, spans=LONG) -> Judgement:
    """Judge bytes that are a function of the calls so far, read where the agent reads."""
    parts, at = [], 11
    for number, calls in enumerate(PARTS[:rounds], start=2):
        for part in calls:
            parts.append(Part(number, part, curve(at + part) - curve(at)))
            at += part
    gained = [curve(1) - curve(0), curve(11) - curve(1)]
    gained += [sum(part.gained for part in parts if part.round == number) for number in range(2, 2 + rounds)]
    return judge_bytes(gained, spans[: len(gained)], parts, scatter, limits.NATIVE_BYTES_RATE)


# -- what accuses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [2, 3, 4])
@pytest.mark.parametrize("rate", [32, 1000, 65_552])
def test_as_many_bytes_in_each_call_are_a_leak(rate, rounds):
    found = judged(lambda calls: rate * calls, rounds)
    assert (Verdict.LEAK, rate) == (found.verdict, found.rate)


def test_bytes_that_come_in_each_call_are_a_leak_beside_a_warm_up_as_large_as_all_of_them():
    found = judged(lambda calls: 32 * calls + round(60_000 * (1 - math.exp(-calls / 30))))
    assert Verdict.LEAK is found.verdict


def test_a_loss_in_one_call_of_five_is_a_leak():
    assert Verdict.LEAK is judged(lambda calls: 400 * (calls // 5)).verdict


def test_a_loss_beside_a_table_of_the_extension_that_doubles_is_a_leak():
    def bytes_after(calls):
        return 400 * calls + 16 * (1 << max(4, calls.bit_length()))

    assert Verdict.LEAK is judged(bytes_after).verdict


def test_the_reasons_say_in_how_many_parts_of_the_rounds_it_gained():
    assert "each of 18 parts of the extra rounds gained: 32 to 32 bytes a call" in judged(lambda n: 32 * n).reasons


# -- what does not ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [2, 3, 4])
@pytest.mark.parametrize("calls_to_half", [5, 30, 100, 300, 1000])
@pytest.mark.parametrize("size", [10_000, 1_000_000, 50_000_000])
def test_what_warms_up_is_no_leak(size, calls_to_half, rounds):
    found = judged(lambda calls: round(size * (1 - 2 ** (-calls / calls_to_half))), rounds)
    assert found.verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE)


def test_what_a_sound_lancedb_worker_gains_is_no_leak():
    """Measured: 1,000 calls of `search` gain less and less of malloc, 1,200 bytes in the last sixth."""
    measured = (225_280, 79_216, 24_832, 35_616, 17_216, 1_200)
    parts = [Part(2, 167, gained) for gained in measured]
    plan = (Span(1, False), Span(10, False), Span(1002, False))
    found = judge_bytes((383_920, 134_608, sum(measured)), plan, parts, 0.0, limits.NATIVE_BYTES_RATE)
    assert found.verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("step", [64, 4096, 131_072])
def test_memory_that_wanders_is_no_leak(step, seed):
    throw = random.Random(seed)
    walk = [0]
    for _ in range(2276):
        walk.append(walk[-1] + throw.choice((-step, 0, step)))
    assert judged(lambda calls: walk[calls]).verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK)


@pytest.mark.parametrize("every", [60, 200, 700])
def test_steps_that_come_once_in_many_calls_are_no_leak(every):
    """A heap that gets fragmented takes a megabyte now and then."""
    assert judged(lambda calls: 1_048_576 * (calls // every)).verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK)


@pytest.mark.parametrize("every", [50, 97, 400])
def test_a_pool_that_fills_and_is_emptied_again_is_no_leak(every):
    assert judged(lambda calls: 1000 * (calls % every)).verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK)


@pytest.mark.parametrize("most", [100, 400, 1000])
def test_a_pool_that_is_full_after_so_many_calls_is_no_leak(most):
    assert judged(lambda calls: 4096 * min(calls, most)).verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK)


def test_growth_like_the_square_root_of_the_calls_is_no_leak():
    assert judged(lambda calls: round(100_000 * math.sqrt(calls))).verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK)


def test_nobody_is_accused_of_bytes_without_an_extra_round():
    assert judged(lambda calls: 1000 * calls, rounds=1).verdict not in (Verdict.LEAK, Verdict.SLOW_LEAK)


def test_less_than_sixteen_bytes_a_call_are_not_told():
    assert Verdict.LEAK is not judged(lambda calls: 15 * calls).verdict


def test_one_part_that_gained_less_than_half_as_much_as_the_others_lets_everybody_go():
    curve = [0]
    for call in range(2276):
        curve.append(curve[-1] + (490 if 900 <= call < 1200 else 1000))
    assert Verdict.LEAK is not judged(lambda calls: curve[calls]).verdict


def test_what_is_not_far_above_the_scatter_of_an_empty_function_is_let_be():
    gained = 32 * 1208
    assert Verdict.LEAK is judged(lambda calls: 32 * calls, scatter=gained / limits.NOISE_FACTOR).verdict
    assert Verdict.LEAK is not judged(lambda calls: 32 * calls, scatter=gained / limits.NOISE_FACTOR + 1).verdict


# -- the instrument, and counts ---------------------------------------------------------------------------


def test_the_noise_of_readings_is_their_middle_and_how_far_one_is_from_it():
    found = noise([480, 480, 1296, 480, 470])
    assert (480, 816) == (found.offset, found.scatter)


def test_an_instrument_that_was_never_read_has_no_noise():
    assert (0, 0) == (noise([]).offset, noise([]).scatter)


def test_a_descriptor_in_each_call_is_a_leak_and_a_pool_of_descriptors_is_none():
    assert Verdict.LEAK is judge_count((1, 10, 151, 302), LONG[:4], "descriptors").verdict
    assert Verdict.SATURATING is judge_count((1, 10, 89, 0), LONG[:4], "descriptors").verdict
    assert Verdict.LEAK is not judge_count((1, 10, 151), LONG[:3], "descriptors").verdict
