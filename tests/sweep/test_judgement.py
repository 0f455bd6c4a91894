"""What a sweep says: laws, what stays, what is foretold, and what it does not dare to say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from snapdiff.analysis import analyze
from snapdiff.analysis.laws import VolumeLaw
from snapdiff.analysis.model import Verdict
from snapdiff.analysis.volume import Stays

MIB = 1024 * 1024


def law(analysis, measure="peak"):
    return next(each for each in analysis.sweep.growths if each.measure == measure)


def test_a_batch_that_goes_back_is_told_from_growth_that_stays(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n))
    found = (law(analysis).law, analysis.sweep.stays, analysis.verdict)
    assert (VolumeLaw.LINEAR, Stays.NOTHING, Verdict.CLEAN) == found
    assert (
        "Peak memory grows in proportion to n (72 B × n); it goes back after each call. "
        "At n = 100,000: 6.4 MiB to 7.3 MiB of Python memory at the peak, if the law holds."
    ) == analysis.sentence


def test_what_every_call_keeps_is_a_suspicion_and_no_proof(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, kept=lambda n: n))
    assert (Stays.EACH_CALL, Verdict.INCONCLUSIVE) == (analysis.sweep.stays, analysis.verdict)
    assert VolumeLaw.LINEAR is law(analysis, "kept").law
    assert "each call keeps 10,000 objects (625.0 KiB) at n = 10,000, which a leak would too" in analysis.sentence
    assert any("record it without --sweep" in remark for remark in analysis.sweep.remarks)


def test_what_the_largest_size_leaves_once_is_a_cache(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, cached=lambda n: n))
    assert (Stays.LARGEST, Verdict.CLEAN) == (analysis.sweep.stays, analysis.verdict)
    assert VolumeLaw.LINEAR is law(analysis, "level").law


def test_what_the_next_call_replaces_is_neither(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, last=lambda n: n))
    assert (Stays.LAST, Verdict.CLEAN) == (analysis.sweep.stays, analysis.verdict)
    assert "stay until the next call replaces them" in analysis.sentence


def test_one_call_a_size_says_nothing_of_what_stays(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, kept=lambda n: n, repeats=1, down=False))
    assert Stays.UNKNOWN is analysis.sweep.stays


def test_initialisation_in_the_warm_up_is_not_taken_for_growth(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, warm_up=50_000))
    assert Stays.NOTHING is analysis.sweep.stays


def test_a_control_that_grows_makes_everything_that_stays_doubtful(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, kept=lambda n: n, control=3))
    assert (Stays.UNKNOWN, Verdict.INCONCLUSIVE) == (analysis.sweep.stays, analysis.verdict)
    check = analysis.audit[0]
    assert ("control", False, "3 objects") == (check.name, check.passed, check.value)


def test_memory_outside_python_is_what_the_sentence_is_about_where_it_is_most(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, native=lambda n: n * n))
    assert "peak resident" == analysis.sweep.growths[0].measure
    assert VolumeLaw.QUADRATIC is analysis.sweep.growths[0].law
    assert analysis.sentence.startswith("Peak resident memory grows with the square of n (")


def test_resident_memory_that_stays_without_objects_is_said(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, native=lambda n: 3000 * n, retained=1.0))
    assert 30_000_000 == analysis.sweep.retained
    assert "its objects go back after each call, but 28.6 MiB stay resident" in analysis.sentence


def test_python_objects_that_stay_are_not_counted_as_the_next_sizes_peak(recorded):
    analysis = analyze(recorded(peak=lambda n: 0 * n, kept=lambda n: 50 * n, native=lambda n: 0 * n))
    assert law(analysis, "peak resident").is_below_floor


@pytest.mark.parametrize(("at", "expected"), [(None, 100_000), (102_893, 102_893)])
def test_the_size_that_is_foretold_can_be_chosen(recorded, at, expected):
    analysis = analyze(recorded(peak=lambda n: 72 * n), at=at)
    assert (expected, expected) == (analysis.sweep.at, law(analysis).forecast.size)


def test_the_size_that_the_recording_asks_for_is_foretold(recorded):
    assert 50_000 == analyze(recorded(peak=lambda n: 72 * n, at=50_000)).sweep.at


def test_a_threshold_below_the_last_size_is_not_foretold_from(recorded):
    analysis = analyze(recorded(peak=lambda n: 100_000 + (9_000_000 if n > 5000 else 0)))
    found = law(analysis)
    assert (VolumeLaw.THRESHOLD, (3000, 10_000), None) == (found.law, found.threshold, found.forecast)
    assert "only one size lies above the threshold" in found.why
    assert "At n =" not in analysis.sentence


def test_a_size_inside_the_gap_of_a_threshold_may_lie_on_either_side(recorded):
    told = law(analyze(recorded(peak=lambda n: 100_000 + (9_000_000 if n > 2000 else 0)), at=2000)).forecast
    assert told.low < 110_000
    assert told.high > 9_000_000


def test_three_sizes_are_said_to_be_few(recorded):
    analysis = analyze(recorded(peak=lambda n: n * n, sizes=(100, 1000, 10_000)))
    assert VolumeLaw.UNDECIDED is law(analysis).law
    assert "With 3 sizes a threshold cannot be told from a curve" in analysis.sweep.remarks[0]


def test_sizes_that_were_not_reached_are_said_and_fewer_than_three_are_no_law(recorded, swept):
    frames = [each for each in swept(peak=lambda n: 72 * n) if each.get("size", 0) <= 300 or each["kind"] != "sweep"]
    analysis = analyze(recorded(frames=frames, ended="killed"))
    assert (Verdict.INCONCLUSIVE, False, ()) == (analysis.verdict, analysis.complete, analysis.sweep.growths)
    assert "2 of 5 sizes were measured: too few to say by what law it grows." in analysis.sentence
    assert "2 of 5 reached" == next(row.value for row in analysis.audit if row.name == "sizes")


def test_nothing_was_called_at_all(recorded, swept):
    frames = [each for each in swept(peak=lambda n: 72 * n) if each["kind"] != "sweep"]
    analysis = analyze(recorded(frames=frames, ended="killed"))
    assert (Verdict.INCONCLUSIVE, ()) == (analysis.verdict, analysis.sweep.rows)


def test_without_tracing_resident_memory_is_judged(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, native=lambda n: 4000 * n, traced=False))
    assert ["peak resident", "time", "processor time"] == [each.measure for each in analysis.sweep.growths]
    assert VolumeLaw.LINEAR is analysis.sweep.growths[0].law


def test_peaks_are_sampled_from_outside_where_the_target_cannot_read_them(recorded):
    analysis = analyze(recorded(peak=lambda n: 72 * n, native=lambda n: 4000 * n, readable=False))
    assert analysis.sweep.sampled
    assert 40_000_000 == pytest.approx(analysis.sweep.rows[-1].peak_rss, rel=0.05)


def test_equal_recordings_give_equal_analyses_whatever_the_order_of_rows(recorded):
    recording = recorded(peak=lambda n: 72 * n, kept=lambda n: n)
    table = recording.tables["sweep"]
    turned = replace(recording, tables={**recording.tables, "sweep": table.take(list(range(table.num_rows))[::-1])})
    assert analyze(recording) == analyze(turned)


def test_a_recording_with_rounds_is_no_sweep(recorded):
    whole = recorded(peak=lambda n: 72 * n)
    options = {**whole.manifest["options"], "sweep": None}
    assert analyze(replace(whole, manifest={**whole.manifest, "options": options})).sweep is None


def test_all_sizes_are_there_in_order(recorded):
    assert [100, 300, 1000, 3000, 10_000] == [row.size for row in analyze(recorded(peak=lambda n: 72 * n)).sweep.rows]
