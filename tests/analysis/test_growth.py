"""The rules that accuse, at one object more and one less than each of their thresholds."""

from __future__ import annotations

import math
import random
from itertools import accumulate, pairwise

import pytest

from snapdiff.analysis import Verdict, limits
from snapdiff.analysis.growth import Judgement, Span, judge, rise
from snapdiff.analysis.model import Law

PLAN = (Span(1, False), Span(10, False), Span(151, False))
CONFIRMED = (*PLAN, Span(302, True))
#: All the windows there can be: N, 2N, 4N and 8N decide.
LONG = (*CONFIRMED, Span(604, True), Span(1208, True))
ACCUSED = (Verdict.LEAK, Verdict.SLOW_LEAK)


def objects(*gained: int, spans: tuple[Span, ...] = LONG, fall: int = 0) -> Judgement:
    """Judge so many rounds of the long plan."""
    return judge(gained, spans[: len(gained)], "objects", limits.STRICT_RATE, fall)


def size(*gained: int, least: float = limits.TYPE_BYTES_RATE, fall: int = 0) -> Judgement:
    return judge(gained, LONG[: len(gained)], "bytes", least, fall)


def rounds_of(curve, spans=LONG):
    """Return what each round gains of a curve: a function of the calls so far."""
    ends = accumulate((span.iterations for span in spans), initial=0)
    return [curve(end) - curve(start) for start, end in pairwise(ends)]


# -- what accuses -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [4, 5, 6])
def test_one_object_a_call_in_every_round_is_a_leak_with_the_rate_one(rounds):
    found = objects(*(1, 10, 151, 302, 604, 1208)[:rounds])
    assert (Verdict.LEAK, Law.LINEAR, 1.0) == (found.verdict, found.law, found.rate)


def test_seven_objects_a_call_and_one_more_is_a_leak_too():
    assert Verdict.LEAK is objects(8, 71, 1058, 2115).verdict


@pytest.mark.parametrize("once", [0, 1, 951, 100_000])
@pytest.mark.parametrize("rate", [1, 3, 40])
def test_initialisation_in_the_first_round_neither_hides_nor_changes_a_leak(once, rate):
    found = objects(once + rate, 10 * rate, 151 * rate, 302 * rate)
    assert (Verdict.LEAK, Law.LINEAR, float(rate)) == (found.verdict, found.law, found.rate)


@pytest.mark.parametrize("short_rounds", [(0, 0), (-400, 0), (1, 9), (951, -951), (0, 5000)])
def test_only_n_and_the_rounds_after_it_decide(short_rounds):
    assert Verdict.LEAK is objects(*short_rounds, 151, 302).verdict


def test_the_reasons_of_a_leak_name_every_number_that_convicts():
    assert (
        "gained 953, 10, 151, 302 objects in rounds of 1, 10, 151, 302 calls",
        "the rounds after it kept the rate: 1, 1 objects a call",
    ) == objects(953, 10, 151, 302).reasons


def test_large_rates_are_written_out():
    assert "the rounds after it kept the rate: 1,000, 1,000 bytes a call" == size(0, 0, 151_000, 302_000).reasons[-1]


def test_initialisation_may_reach_into_n_when_later_rounds_keep_their_rate():
    assert Verdict.LEAK is objects(500, 5000, 330, 302, 604, 1208).verdict


# -- the strict rate, ±1 object ---------------------------------------------------------------------------


@pytest.mark.parametrize("rounds", [4, 5, 6])
def test_one_object_less_than_the_calls_of_the_last_round_makes_a_leak_a_slow_one(rounds):
    gained = [1, 10, 151, 302, 604, 1208][:rounds]
    assert Verdict.LEAK is objects(*gained).verdict
    assert Verdict.SLOW_LEAK is objects(*gained[:-1], gained[-1] - 1).verdict


@pytest.mark.parametrize("least", [limits.LINE_BYTES_RATE, limits.TYPE_BYTES_RATE])
def test_bytes_are_judged_by_the_rate_of_their_own_limit(least):
    exact = [round(least * span.iterations) for span in LONG]
    assert (Verdict.LEAK, Law.LINEAR) == (size(*exact, least=least).verdict, size(*exact, least=least).law)
    assert Verdict.CLEAN is size(*exact[:-1], exact[-1] - 1, least=least).verdict


def test_stray_bytes_are_never_a_slow_leak_of_bytes():
    assert Verdict.CLEAN is size(0, 0, limits.SLOW_LEAST, 2 * limits.SLOW_LEAST).verdict


# -- the factor between rates, ±1 object ------------------------------------------------------------------


def test_rates_within_a_factor_of_two_are_one_rate_and_a_jump_beyond_it_is_inconclusive():
    # 2N, 4N and 8N: the rate of the last is twice that of the first, and one more.
    within, beyond = objects(2, 20, 302, 302, 906, 2416), objects(2, 20, 302, 302, 906, 2417)
    assert (Verdict.LEAK, Verdict.INCONCLUSIVE) == (within.verdict, beyond.verdict)
    assert "it grew in the last round, but at another rate than before" == beyond.reasons[-1]


def test_a_rate_that_more_than_doubles_from_n_to_2n_was_a_leak_already_and_is_superlinear():
    within, beyond = objects(0, 0, 151, 604), objects(0, 0, 151, 605)
    assert (Verdict.LEAK, Verdict.LEAK) == (within.verdict, beyond.verdict)
    assert Law.SUPERLINEAR is beyond.law


def test_a_rate_that_more_than_doubles_from_less_than_one_is_inconclusive():
    assert Verdict.INCONCLUSIVE is objects(0, 0, 150, 605).verdict


def test_rates_below_one_agree_within_a_factor_of_one_and_a_half():
    # (93 would be three steps of 31.)
    within, beyond = objects(0, 2, 31, 92), objects(0, 2, 31, 94)
    assert (Verdict.SLOW_LEAK, Verdict.INCONCLUSIVE) == (within.verdict, beyond.verdict)


# -- superlinear ------------------------------------------------------------------------------------------


def test_growth_with_the_square_of_the_calls_is_a_superlinear_leak():
    found = objects(*rounds_of(lambda calls: calls * calls))
    assert (Verdict.LEAK, Law.SUPERLINEAR) == (found.verdict, found.law)
    assert found.reasons[-1].startswith("the rate rises with the calls: ")


def test_a_rate_that_rises_by_a_fifth_from_each_window_to_the_next_is_superlinear():
    # 10, 12.0033 and 14.40397 a call: the last rises by 1.2 and one object more, or not quite.
    rises, hardly = objects(10, 100, 1510, 3625, 8701), objects(10, 100, 1510, 3625, 8700)
    assert 8701 / 604 > limits.RISING * 3625 / 302 >= 8700 / 604
    assert [(Verdict.LEAK, Law.SUPERLINEAR), (Verdict.LEAK, Law.LINEAR)] == [
        (each.verdict, each.law) for each in (rises, hardly)
    ]


def test_a_rate_that_rises_once_and_stays_is_linear():
    assert Law.LINEAR is objects(1, 10, 151, 460, 921, 1843).law


# -- ever more --------------------------------------------------------------------------------------------

FIVE = (Span(1, False), Span(10, False), Span(151, False), Span(302, True), Span(604, True))


@pytest.mark.parametrize(
    ("gained", "rates"),
    [
        ((1, 10, 151, 604, 2416), (1.0, 4.0)),
        # 1.2 times as much in each window is a rise, 1.19 is none; twice in all is told, less is not.
        ((0, 0, 151, 604, 1456), (1.0, 1456 / 604)),
        ((0, 0, 151, 604, 1440), None),
        ((0, 0, 151, 426, 1208), (1.0, 2.0)),
        ((0, 0, 151, 426, 1207), None),
        ((0, 0, 0, 604, 2416), None),
        ((1, 10, 151, 302, 604), None),
    ],
)
def test_what_gains_ever_more_is_told_with_where_it_began_and_ended(gained, rates):
    assert rates == rise(gained, FIVE)


def test_two_windows_show_no_rise():
    assert rise((1, 10, 151, 900), FIVE[:4]) is None


# -- falling and saturated, ±1 object ---------------------------------------------------------------------


def test_a_rate_that_falls_to_less_than_four_fifths_is_inconclusive():
    kept, falls = objects(5, 50, 755, 1208), objects(5, 50, 755, 1207)
    assert (Verdict.LEAK, Law.LINEAR) == (kept.verdict, kept.law)
    assert (Verdict.INCONCLUSIVE, Law.BOUNDED) == (falls.verdict, falls.law)
    assert "the rate falls: this may fill up and stop" == falls.reasons[-1] == falls.doubt
    assert "" == kept.doubt


def test_a_rate_that_falls_to_half_saturates():
    falls, halves = objects(4, 40, 604, 605), objects(4, 40, 604, 604)
    assert (Verdict.INCONCLUSIVE, Verdict.SATURATING) == (falls.verdict, halves.verdict)
    assert Law.BOUNDED is halves.law
    assert "the rate fell to less than half: it fills up" == halves.reasons[-1]


def test_a_rate_that_falls_steadily_by_a_tenth_in_all_is_inconclusive():
    # 10, 9.7, 9.4 and 9.0 a call, and one object more.
    falls, kept = objects(10, 100, 1510, 2929, 5677, 10_872), objects(10, 100, 1510, 2929, 5677, 10_873)
    assert [(Verdict.INCONCLUSIVE, Law.BOUNDED), (Verdict.LEAK, Law.LINEAR)] == [
        (each.verdict, each.law) for each in (falls, kept)
    ]


def test_a_rate_that_falls_by_a_tenth_and_rises_on_the_way_falls_not_steadily():
    assert Verdict.LEAK is objects(10, 100, 1510, 2718, 5677, 10_872).verdict


def test_a_collection_of_coupons_is_inconclusive():
    # 5,000 keys drawn at random give 0.98, 0.94, 0.87 and 0.74 a call (limits.FALLING_STEADILY).
    gained = [round(rate * calls) for rate, calls in ((0.98, 151), (0.94, 302), (0.87, 604), (0.74, 1208))]
    found = objects(1, 10, *gained)
    assert (Verdict.INCONCLUSIVE, Law.BOUNDED) == (found.verdict, found.law)
    assert "the rate falls: this may fill up and stop" == found.reasons[-1]


@pytest.mark.parametrize("gained", [(1, 10, 139, 220), (1, 10, 141, 215), (1, 9, 139, 222)])
def test_a_container_that_fills_from_a_thousand_random_keys_is_never_accused(gained):
    # 1,000 keys drawn at random: 1, 0.92 and 0.73 new ones a call (limits.FALLING).
    assert objects(*gained).verdict not in ACCUSED


def test_a_cache_of_128_entries_fills_within_n_and_stops():
    found = objects(1, 10, 117, 0)
    assert (Verdict.SATURATING, Law.BOUNDED) == (found.verdict, found.law)
    assert "it grew, and no more in the last round" == found.reasons[-1]


def test_what_grew_and_then_hardly_any_more_saturates():
    found = objects(1, 10, 117, 0, 0, 3)
    assert (Verdict.SATURATING, Law.BOUNDED) == (found.verdict, found.law)


@pytest.mark.parametrize("bound", [2, 11, 12, 50, 100, 128, 160, 161, 162, 300, 463, 464, 700, 1067, 1068, 2000, 2275])
def test_a_ring_buffer_that_fills_up_before_the_last_call_is_never_accused(bound):
    for rounds in (4, 5, 6):
        if bound < sum(span.iterations for span in LONG[:rounds]) * 0.8:
            gained = rounds_of(lambda calls: min(bound, calls), LONG[:rounds])
            assert objects(*gained).verdict not in ACCUSED, gained


# -- slow leaks, ±1 object --------------------------------------------------------------------------------


def test_a_slow_leak_needs_fifteen_objects_in_the_last_window_and_thirty_in_all():
    assert Verdict.SLOW_LEAK is objects(0, 1, 10, 20).verdict
    assert Verdict.INCONCLUSIVE is objects(0, 1, 10, 19).verdict
    equal = (*PLAN, Span(151, True), Span(151, True))
    assert Verdict.SLOW_LEAK is objects(0, 1, 16, 16, 15, spans=equal).verdict
    assert Verdict.INCONCLUSIVE is objects(0, 1, 17, 16, 14, spans=equal).verdict


def test_what_was_gained_too_seldom_for_a_slow_leak_asks_for_more_calls():
    assert "give it more calls with --rounds" in objects(0, 1, 10, 19).reasons[-1]


@pytest.mark.parametrize("every", [2, 3, 5, 7, 10])
def test_one_object_every_few_calls_is_a_slow_leak(every):
    gained = rounds_of(lambda calls: calls // every, CONFIRMED)
    assert Verdict.SLOW_LEAK is objects(*gained).verdict


@pytest.mark.parametrize("every", [20, 50, 70])
def test_one_object_every_fifty_calls_is_a_slow_leak_after_long_rounds(every):
    assert Verdict.SLOW_LEAK is objects(*rounds_of(lambda calls: calls // every)).verdict


def test_nothing_is_said_about_less_than_one_object_in_a_hundred_calls():
    # 22 and 23 objects in the 2,265 calls of the windows that decide.
    assert objects(0, 0, 1, 3, 6, 12).verdict is Verdict.CLEAN
    assert objects(0, 0, 1, 3, 6, 13).verdict is not Verdict.CLEAN


def test_growth_too_uneven_for_a_slow_leak_is_neither_accused_nor_called_clean():
    assert Verdict.INCONCLUSIVE is objects(0, 0, 16, 90).verdict


# -- late, and in steps -----------------------------------------------------------------------------------


def test_growth_that_begins_after_n_and_stays_is_a_leak():
    found = objects(0, 0, 0, 302, 604, 1208)
    assert (Verdict.LEAK, Law.LINEAR) == (found.verdict, found.law)
    assert "it started late and stayed: 0, 1, 1, 1 objects a call" == found.reasons[-1]


def test_growth_that_begins_late_keeps_its_rate_within_a_quarter():
    within, beyond = objects(0, 0, 0, 0, 605, 1512), objects(0, 0, 0, 0, 605, 1513)
    assert (Verdict.LEAK, Verdict.INCONCLUSIVE) == (within.verdict, beyond.verdict)
    assert within.reasons[-1].startswith("it started late and stayed: 0, 0, 1, 1.25")


def test_growth_that_begins_late_and_ends_is_no_leak():
    assert Verdict.SATURATING is objects(0, 0, 0, 302, 604, 0).verdict


@pytest.mark.parametrize("jump", [15, 23, 151, 1208, 100_000])
@pytest.mark.parametrize("rounds", [4, 5, 6])
def test_a_single_jump_in_the_last_round_is_no_leak(jump, rounds):
    assert objects(*(0,) * (rounds - 1), jump).verdict not in ACCUSED


def test_equal_batches_so_rare_that_windows_hold_a_few_are_a_leak_in_steps():
    # A thousand objects every 190 calls.
    gained = rounds_of(lambda calls: calls // 190 * 1000)
    assert [0, 0, 0, 2000, 3000, 6000] == gained
    assert (Verdict.LEAK, Law.STEP) == (objects(*gained).verdict, objects(*gained).law)


def test_up_to_six_equal_steps_in_the_last_window_explain_another_rate():
    six, seven = objects(0, 0, 1000, 2000, 5000, 6000), objects(0, 0, 1000, 2000, 5000, 7000)
    assert (Verdict.LEAK, Law.STEP) == (six.verdict, six.law)
    assert Verdict.INCONCLUSIVE is seven.verdict


def test_one_step_in_the_last_window_is_no_rate():
    assert objects(0, 0, 1000, 1000, 1000, 1000).verdict not in ACCUSED
    assert objects(0, 0, 1000, 1000, 1000, 2000).verdict in ACCUSED


def test_steps_that_fall_by_more_than_one_of_them_explain_fill_up():
    # Five batches, then two in twice the calls.
    assert objects(0, 0, 0, 1000, 5000, 2000).verdict not in ACCUSED


def test_a_rate_of_rare_steps_may_halve_and_may_jump():
    for gained in ((0, 0, 1000, 1000, 2000, 2000), (0, 0, 1000, 2000, 1000, 4000)):
        assert (Verdict.LEAK, Law.STEP) == (objects(*gained).verdict, objects(*gained).law)
    assert objects(0, 0, 1000, 1000, 2000, 1999).verdict not in ACCUSED
    assert objects(0, 0, 1000, 2000, 1000, 3999).verdict not in ACCUSED


def test_uneven_batches_are_no_steps():
    assert objects(0, 0, 1000, 2000, 5000, 6001).verdict not in ACCUSED


def test_equal_rates_are_no_steps_even_where_their_numbers_have_a_divisor():
    assert [Law.LINEAR] * 3 == [objects(*[3 * span.iterations for span in LONG[:n]]).law for n in (4, 5, 6)]


# -- what shrinks -----------------------------------------------------------------------------------------


def test_a_buffer_that_is_emptied_again_and_again_is_clean_however_steady_it_looks():
    # 12, 14, 18 and 26 things after 162, 464, 1,068 and 2,276 calls (limits.DRAWDOWN).
    found = objects(1, 10, 1, 2, 4, 8, fall=30)
    assert (Verdict.CLEAN, Law.FLAT) == (found.verdict, found.law)
    # With ten a call there is enough of it to accuse, but for the fall.
    assert Verdict.SLOW_LEAK is objects(10, 100, 10, 20, 40, 80).verdict
    found = objects(10, 100, 10, 20, 40, 80, fall=300)
    assert (Verdict.CLEAN, Law.FLAT) == (found.verdict, found.law)
    assert "it shrinks again and again" == found.reasons[-1]


def test_a_leak_may_lose_a_tenth_of_its_growth_again():
    assert Verdict.SLOW_LEAK is objects(10, 100, 10, 20, 40, 80, fall=15).verdict
    assert Verdict.CLEAN is objects(10, 100, 10, 20, 40, 80, fall=16).verdict


def test_a_round_that_shrinks_is_a_fall():
    # A net growth of 1,000: a hundred may be lost, not a hundred and one.
    assert "it shrinks again and again" not in objects(0, 0, 500, -100, 200, 400).reasons
    assert "it shrinks again and again" == objects(0, 0, 501, -101, 200, 400).reasons[-1]


def test_bytes_that_fall_again_and_again_are_clean():
    rising = [10 * span.iterations for span in LONG]
    assert Verdict.LEAK is size(*rising, fall=2265).verdict
    assert Verdict.CLEAN is size(*rising, fall=2266).verdict


@pytest.mark.parametrize("gained", [(-1, -10, -151, -302), (0, 10, 151, -302), (5, -5, -100, -1), (0, 0, 0, -464)])
def test_what_shrinks_is_never_accused(gained):
    assert objects(*gained).verdict not in ACCUSED


@pytest.mark.parametrize("gained", [(1, 10, 151, -162), (1, -1, 151, -151), (1, 10, -11, 90), (1, 9, 97, 48)])
def test_a_sawtooth_is_never_accused(gained):
    assert objects(*gained).verdict not in ACCUSED


# -- what never accuses -----------------------------------------------------------------------------------


def test_what_only_the_first_round_leaves_is_initialisation():
    found = objects(951, 0, 0)
    assert (Verdict.ONE_TIME, Law.ONE_TIME, 0.0) == (found.verdict, found.law, found.rate)
    assert "only the first round grew" == found.reasons[-1]
    assert Verdict.ONE_TIME is objects(951, 0, 0, 0).verdict


def test_initialisation_is_at_least_twice_what_came_later():
    assert [Verdict.ONE_TIME, Verdict.CLEAN] == [objects(10, 5, 0).verdict, objects(10, 6, 0).verdict]
    assert [Verdict.ONE_TIME, Verdict.CLEAN] == [objects(10, 0, 5, 0).verdict, objects(10, 0, 6, 0).verdict]


@pytest.mark.parametrize(
    "gained", [(0, 0, 3, 0), (0, 0, 3, 3), (0, 0, 9, 0), (3, 0, 0, 3), (0, 1, 0, 1), (0, 0, 0, 14), (0, 0, 9, 5)]
)
def test_stray_objects_are_clean(gained):
    assert objects(*gained).verdict in (Verdict.CLEAN, Verdict.ONE_TIME)


def test_three_stray_objects_in_151_calls_are_clean():
    assert (Verdict.CLEAN, Law.FLAT) == (objects(0, 0, 3).verdict, objects(0, 0, 3).law)


@pytest.mark.parametrize("gained", [(1, 10, 151), (8, 71, 1058), (1, 100, 22_801), (952, 10, 151), (0, 0, 15)])
def test_without_a_confirming_round_a_steady_rate_is_inconclusive(gained):
    found = objects(*gained)
    assert Verdict.INCONCLUSIVE is found.verdict
    assert "no confirming round was completed, so nobody is accused" == found.reasons[-1]


def test_without_a_confirming_round_fourteen_objects_are_too_few_to_say_anything():
    assert Verdict.CLEAN is objects(0, 0, 14).verdict


def test_without_a_confirming_round_a_rate_that_halves_saturates():
    assert Verdict.SATURATING is objects(1, 10, 75).verdict
    assert Verdict.INCONCLUSIVE is objects(1, 10, 76).verdict


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


@pytest.mark.parametrize("gained", [0, 5, 75, 500])
def test_a_further_round_cut_short_leaves_the_verdict_of_those_before(gained):
    found = objects(1, 10, 151, 302, gained, spans=(*CONFIRMED, Span(75, True)))
    assert objects(1, 10, 151, 302) == found


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
        # With N of 15 calls the rounds that decide are long enough to tell anything.
        spans = [Span(chance.randint(1, 2000), False) for _ in range(chance.randint(1, 3))]
        spans.append(Span(chance.randint(limits.SLOW_LEAST, 2000), False))
        n = spans[-1].iterations
        spans += [Span(n * factor, True) for factor in (2, 4, 8)[: chance.randint(1, 3)]]
        found = judge([k * span.iterations for span in spans], spans, "objects", limits.STRICT_RATE)
        assert (Verdict.LEAK, Law.LINEAR, float(k)) == (found.verdict, found.law, found.rate), (k, spans)


def test_a_leak_times_k_stays_a_leak_with_k_times_the_rate():
    chance = random.Random(3)
    for _ in range(1000):
        gained = [span.iterations * 4 + chance.randint(0, span.iterations // 2) for span in CONFIRMED]
        once, k = objects(*gained), chance.randint(2, 1000)
        scaled = objects(*(k * gain for gain in gained))
        assert Verdict.LEAK is once.verdict
        assert Verdict.LEAK is scaled.verdict
        assert pytest.approx(k * once.rate) == scaled.rate


@pytest.mark.parametrize("spans", [CONFIRMED, LONG], ids=["2N", "8N"])
def test_noise_around_nothing_is_never_accused(spans):
    chance = random.Random(4)
    for _ in range(5000):
        noise = [chance.randint(-limits.SLOW_LEAST + 1, limits.SLOW_LEAST - 1) for _ in spans]
        assert objects(*noise).verdict not in ACCUSED, noise


def test_what_is_drawn_from_a_limited_set_of_keys_is_never_accused():
    chance = random.Random(5)
    for _ in range(200):
        keys = chance.randint(20, 400)
        seen: set[int] = set()
        gained = []
        for span in CONFIRMED:
            before = len(seen)
            seen.update(chance.randrange(keys) for _ in range(span.iterations))
            gained.append(len(seen) - before)
        assert objects(*gained).verdict not in ACCUSED, (keys, gained)


@pytest.mark.parametrize("keys", range(500, 5001, 250))
def test_what_is_drawn_from_up_to_five_thousand_keys_is_not_accused_after_long_rounds(keys):
    gained = rounds_of(lambda calls: round(keys * (1 - math.exp(-calls / keys))))
    assert objects(*gained).verdict not in ACCUSED, gained


def test_any_series_is_judged_with_finite_numbers_and_words():
    chance = random.Random(6)
    for _ in range(2000):
        spans = LONG[: chance.randint(4, 6)]
        gained = [chance.choice((0, 1, -1, chance.randint(-(10**18), 10**18))) for _ in spans]
        found = objects(*gained, fall=chance.choice((0, 10**6)))
        assert found.verdict is Verdict.CLEAN or found.reasons
        assert gained[-1] / spans[-1].iterations == found.rate
