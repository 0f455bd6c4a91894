"""The rules that accuse, at one object more and one less than each of their thresholds."""

from __future__ import annotations

import random

import pytest

from snapdiff.analysis import Verdict, limits
from snapdiff.analysis.growth import Judgement, Span, judge
from snapdiff.analysis.model import Law

PLAN = (Span(1, False), Span(10, False), Span(151, False))
CONFIRMED = (*PLAN, Span(302, True))
ACCUSED = (Verdict.LEAK, Verdict.SLOW_LEAK)


def objects(*gained: int, spans: tuple[Span, ...] = CONFIRMED) -> Judgement:
    return judge(gained, spans[: len(gained)], "objects", limits.STRICT_RATE)


# -- what accuses -----------------------------------------------------------------------------------------


def test_one_object_a_call_in_every_round_is_a_leak_with_the_rate_one():
    found = objects(1, 10, 151, 302)
    assert (Verdict.LEAK, Law.LINEAR, 1.0) == (found.verdict, found.law, found.rate)


def test_seven_objects_a_call_and_one_more_is_a_leak_too():
    assert Verdict.LEAK is objects(8, 71, 1058, 2115).verdict


@pytest.mark.parametrize("once", [0, 1, 951, 100_000])
@pytest.mark.parametrize("rate", [1, 3, 40])
def test_initialisation_in_the_first_round_neither_hides_nor_changes_a_leak(once, rate):
    found = objects(once + rate, 10 * rate, 151 * rate, 302 * rate)
    assert (Verdict.LEAK, Law.LINEAR, float(rate)) == (found.verdict, found.law, found.rate)


def test_the_reasons_of_a_leak_name_every_number_that_convicts():
    assert (
        "gained 953, 10, 151, 302 objects in rounds of 1, 10, 151, 302 calls",
        "every round after the first gained at least its calls, 1, 1, 1 objects a call",
        "the confirming round kept the rate",
    ) == objects(953, 10, 151, 302).reasons


def test_growth_whose_rate_rises_with_the_calls_is_a_superlinear_leak():
    found = objects(1, 100, 22_801, 91_204)
    assert (Verdict.LEAK, Law.SUPERLINEAR) == (found.verdict, found.law)
    assert "the rate rises with the calls" == found.reasons[-1]


def test_a_leak_that_begins_late_and_stays_is_accused():
    assert objects(0, 0, 151, 302).verdict in ACCUSED


# -- the strict rate, ±1 object ---------------------------------------------------------------------------


@pytest.mark.parametrize("short", [(1, 9, 151, 302), (1, 10, 150, 302), (1, 10, 151, 301)])
def test_one_object_less_than_the_calls_in_any_later_round_is_no_leak_of_one_a_call(short):
    assert Verdict.LEAK is objects(1, 10, 151, 302).verdict
    assert Verdict.LEAK is not objects(*short).verdict


def test_the_first_round_needs_no_growth_at_all():
    assert Verdict.LEAK is objects(0, 10, 151, 302).verdict
    assert Verdict.LEAK is objects(-400, 10, 151, 302).verdict


@pytest.mark.parametrize(("least", "unit"), [(limits.LINE_BYTES_RATE, "bytes"), (limits.TYPE_BYTES_RATE, "bytes")])
def test_bytes_are_judged_by_the_rate_of_their_own_limit(least, unit):
    exact = [round(least * span.iterations) for span in CONFIRMED]
    assert Verdict.LEAK is judge(exact, CONFIRMED, unit, least).verdict
    assert Verdict.LEAK is not judge([*exact[:3], exact[3] - 1], CONFIRMED, unit, least).verdict


def test_stray_bytes_are_never_a_slow_leak_of_bytes():
    stray = judge((0, 0, limits.SLOW_LEAST, 2 * limits.SLOW_LEAST), CONFIRMED, "bytes", limits.LINE_BYTES_RATE)
    assert stray.verdict not in ACCUSED


# -- the factor between rates, ±1 object ------------------------------------------------------------------


def test_rates_within_a_factor_of_two_are_one_rate_and_beyond_it_are_not():
    assert Law.LINEAR is objects(1, 10, 151, 604).law
    assert Law.SUPERLINEAR is objects(1, 10, 151, 605).law


def test_rates_that_jump_by_more_than_a_factor_of_two_without_rising_are_inconclusive():
    within, beyond = objects(0, 20, 151, 604), objects(0, 20, 151, 605)
    assert (Verdict.LEAK, Verdict.INCONCLUSIVE) == (within.verdict, beyond.verdict)
    assert "the rates differ by more than a factor of 2" == beyond.reasons[-1]


def test_the_end_of_warm_up_in_the_short_round_does_not_hide_a_leak():
    assert Verdict.LEAK is objects(500, 31, 151, 302).verdict


# -- falling and saturated, ±1 object ---------------------------------------------------------------------


def test_a_rate_that_falls_to_less_than_four_fifths_in_the_confirming_round_is_inconclusive():
    kept, falls = objects(5, 50, 755, 1208), objects(5, 50, 755, 1207)
    assert (Verdict.LEAK, Law.LINEAR) == (kept.verdict, kept.law)
    assert (Verdict.INCONCLUSIVE, Law.BOUNDED) == (falls.verdict, falls.law)
    assert "the rate falls: this may fill up and stop" == falls.reasons[-1]


def test_a_rate_that_falls_to_less_than_half_in_the_confirming_round_saturates():
    falls, halves = objects(4, 40, 604, 605), objects(4, 40, 604, 603)
    assert (Verdict.INCONCLUSIVE, Verdict.SATURATING) == (falls.verdict, halves.verdict)
    assert Law.BOUNDED is halves.law


def test_a_rate_below_one_that_is_half_of_the_peak_saturates():
    assert Verdict.SATURATING is objects(1, 10, 151, 151).verdict


def test_what_still_grows_by_more_than_half_of_its_rate_is_neither_accused_nor_called_clean():
    verdict = objects(1, 10, 151, 152).verdict
    assert verdict in (Verdict.SATURATING, Verdict.INCONCLUSIVE)


@pytest.mark.parametrize("gained", [(1, 10, 139, 220), (1, 10, 141, 215), (1, 9, 139, 222)])
def test_a_container_that_fills_from_a_thousand_random_keys_is_never_accused(gained):
    # 1,000 keys drawn at random: 1, 0.92 and 0.73 new ones a call (limits.FALLING).
    assert objects(*gained).verdict not in ACCUSED


# -- slow leaks, ±1 object --------------------------------------------------------------------------------


def test_a_slow_leak_needs_fifteen_objects_in_n_calls_and_thirty_in_twice_as_many():
    assert Verdict.SLOW_LEAK is objects(0, 1, 15, 30).verdict
    assert objects(0, 1, 14, 30).verdict not in ACCUSED
    assert objects(0, 1, 15, 29).verdict not in ACCUSED


def test_the_two_rates_of_a_slow_leak_agree_within_a_factor_of_one_and_a_half():
    assert Verdict.SLOW_LEAK is objects(0, 2, 30, 89).verdict
    assert objects(0, 2, 30, 91).verdict not in ACCUSED
    assert objects(0, 2, 30, 39).verdict not in ACCUSED


@pytest.mark.parametrize("every", [2, 3, 5, 7, 10])
def test_one_object_every_few_calls_is_a_slow_leak(every):
    total, gained = 0, []
    for span in CONFIRMED:
        gained.append((total + span.iterations) // every - total // every)
        total += span.iterations
    assert Verdict.SLOW_LEAK is objects(*gained).verdict


@pytest.mark.parametrize("gained", [(0, 1, 20, 100), (0, 0, 16, 90)])
def test_growth_too_uneven_for_a_slow_leak_is_neither_accused_nor_called_clean(gained):
    assert Verdict.INCONCLUSIVE is objects(*gained).verdict


# -- what never accuses -----------------------------------------------------------------------------------


def test_what_only_the_first_round_leaves_is_initialisation():
    found = objects(951, 0, 0)
    assert (Verdict.ONE_TIME, Law.ONE_TIME, 0.0) == (found.verdict, found.law, found.rate)
    assert "only the first round grew" == found.reasons[-1]
    assert Verdict.ONE_TIME is objects(951, 0, 0, 0).verdict


def test_initialisation_is_at_least_twice_what_came_later():
    assert Verdict.ONE_TIME is objects(10, 5, 0, 0).verdict
    assert Verdict.ONE_TIME is not objects(10, 6, 0, 0).verdict


@pytest.mark.parametrize("gained", [(0, 0, 3, 0), (0, 0, 3, 3), (0, 0, 9, 0), (3, 0, 0, 3), (0, 1, 0, 1)])
def test_stray_objects_are_clean(gained):
    assert objects(*gained).verdict in (Verdict.CLEAN, Verdict.ONE_TIME)


def test_three_stray_objects_in_151_calls_are_clean():
    assert (Verdict.CLEAN, Law.FLAT) == (objects(0, 0, 3).verdict, objects(0, 0, 3).law)


def test_a_cache_of_128_entries_fills_within_n_and_stops():
    found = objects(1, 10, 117, 0)
    assert (Verdict.SATURATING, Law.BOUNDED) == (found.verdict, found.law)


@pytest.mark.parametrize("size", [2, 11, 12, 50, 100, 128, 160, 161])
def test_a_ring_buffer_that_is_full_before_the_confirming_round_is_never_accused(size):
    held, gained = 0, []
    for span in CONFIRMED:
        gained.append(min(size, held + span.iterations) - held)
        held += gained[-1]
    assert objects(*gained).verdict not in ACCUSED


@pytest.mark.parametrize("gained", [(-1, -10, -151, -302), (0, 10, 151, -302), (5, -5, -100, -1), (0, 0, 0, -464)])
def test_what_shrinks_is_never_accused(gained):
    assert objects(*gained).verdict not in ACCUSED


@pytest.mark.parametrize("gained", [(1, 10, 151, -162), (1, -1, 151, -151), (1, 10, -11, 90), (1, 9, 97, 48)])
def test_a_sawtooth_is_never_accused(gained):
    assert objects(*gained).verdict not in ACCUSED


@pytest.mark.parametrize("gained", [(1, 10, 151), (8, 71, 1058), (1, 100, 22_801), (952, 10, 151)])
def test_without_a_confirming_round_a_steady_rate_is_inconclusive(gained):
    found = objects(*gained)
    assert Verdict.INCONCLUSIVE is found.verdict
    assert "no confirming round was completed, so nobody is accused" == found.reasons[-1]


@pytest.mark.parametrize("gained", [(), (1,), (100_000,)])
def test_fewer_than_two_rounds_prove_nothing(gained):
    found = objects(*gained)
    assert (Verdict.CLEAN, Law.FLAT, 0.0, ()) == (found.verdict, found.law, found.rate, found.reasons)


def test_a_series_that_does_not_fit_its_rounds_is_not_judged():
    assert Verdict.CLEAN is judge((1, 10, 151), CONFIRMED, "objects", limits.STRICT_RATE).verdict


def test_nothing_gained_needs_no_reasons():
    assert () == objects(0, 0, 0, 0).reasons


# -- a confirming round cut short -------------------------------------------------------------------------


def test_a_confirming_round_cut_short_convicts_when_what_it_did_holds_the_rate():
    assert Verdict.LEAK is objects(1, 10, 151, 150, spans=(*PLAN, Span(150, True))).verdict


def test_a_confirming_round_cut_short_convicts_from_half_of_n_calls_on():
    assert Verdict.LEAK is objects(1, 10, 151, 76, spans=(*PLAN, Span(76, True))).verdict
    assert Verdict.INCONCLUSIVE is objects(1, 10, 151, 75, spans=(*PLAN, Span(75, True))).verdict


def test_a_confirming_round_cut_after_one_call_accuses_nobody():
    # A bound of 200 that cannot be read looks exactly so: one more call, one more entry.
    assert Verdict.INCONCLUSIVE is objects(1, 10, 151, 1, spans=(*PLAN, Span(1, True))).verdict


def test_a_confirming_round_of_one_call_that_gained_nothing_acquits_nobody():
    assert Verdict.INCONCLUSIVE is objects(1, 10, 151, 0, spans=(*PLAN, Span(1, True))).verdict


# -- properties -------------------------------------------------------------------------------------------


def test_nothing_is_ever_accused_without_a_confirming_round():
    chance = random.Random(1)
    for _ in range(2000):
        spans = tuple(Span(chance.choice((1, 2, 10, 151, 500)), False) for _ in range(chance.randint(0, 5)))
        scale = chance.choice((1, 10, 1000, 10**6))
        gained = [chance.randint(-scale // 4, scale) * span.iterations for span in spans]
        found = judge(gained, spans, "objects", limits.STRICT_RATE)
        assert found.verdict not in ACCUSED, (gained, spans)


def test_exactly_k_objects_a_call_give_exactly_the_rate_k_whatever_the_rounds():
    chance = random.Random(2)
    for _ in range(1000):
        k = chance.choice((1, 2, 7, 1000, chance.randint(1, 10**6)))
        spans = [Span(chance.randint(1, 2000), False) for _ in range(chance.randint(2, 4))]
        spans.append(Span(2 * spans[-1].iterations, True))
        found = judge([k * span.iterations for span in spans], spans, "objects", limits.STRICT_RATE)
        assert (Verdict.LEAK, Law.LINEAR, float(k)) == (found.verdict, found.law, found.rate)


def test_a_leak_times_k_stays_a_leak_with_k_times_the_rate():
    chance = random.Random(3)
    for _ in range(1000):
        gained = [span.iterations * 4 + chance.randint(0, span.iterations // 2) for span in CONFIRMED]
        once, k = objects(*gained), chance.randint(2, 1000)
        scaled = objects(*(k * gain for gain in gained))
        assert Verdict.LEAK is once.verdict
        assert (once.verdict, once.law) == (scaled.verdict, scaled.law)
        assert pytest.approx(k * once.rate) == scaled.rate


def test_noise_around_nothing_is_never_accused():
    chance = random.Random(4)
    for _ in range(5000):
        noise = [chance.randint(-limits.SLOW_LEAST + 1, limits.SLOW_LEAST - 1) for _ in CONFIRMED]
        assert objects(*noise).verdict not in ACCUSED, noise


def test_what_is_drawn_from_a_limited_set_of_keys_is_never_accused():
    chance = random.Random(5)
    for _ in range(300):
        keys = chance.randint(20, 400)
        seen: set[int] = set()
        gained = []
        for span in CONFIRMED:
            before = len(seen)
            seen.update(chance.randrange(keys) for _ in range(span.iterations))
            gained.append(len(seen) - before)
        assert objects(*gained).verdict not in ACCUSED, (keys, gained)


def test_any_series_is_judged_with_finite_numbers_and_words():
    chance = random.Random(6)
    for _ in range(2000):
        gained = [chance.choice((0, 1, -1, chance.randint(-(10**18), 10**18))) for _ in CONFIRMED]
        found = objects(*gained)
        assert found.verdict is Verdict.CLEAN or found.reasons
        assert gained[-1] / 302 == found.rate
