"""Since when it leaks, how the rate of each cause went, and what no run can tell."""

from dataclasses import replace

import pytest

from snapdiff.analysis.model import Frame, Verdict
from snapdiff.analysis.past import day
from snapdiff.analysis.recall import in_common
from snapdiff.analysis.trend import State, trend, workloads


@pytest.fixture
def unsure(past):
    """A run of a day that cannot tell."""

    def run(day):
        return past.run(day, verdict=Verdict.INCONCLUSIVE, tells_absence=False, complete=False, ended="killed")

    return run


def test_a_leak_is_dated_by_the_first_run_of_its_stretch_and_the_last_without_it(past):
    leak = past.finding()
    runs = [past.run(1, leak), past.run(2), past.run(3), past.run(4, leak), past.run(5, leak, changed=True)]
    found = trend(runs, (), 10)
    assert (
        "Leaks since the run of 4 November 2026 (commit 4000000000); "
        "the run of 3 November 2026 (commit 3000000000) did not leak."
    ) == found.sentence
    assert (1, 3) == found.turns
    assert Verdict.LEAK == found.verdict


def test_a_run_that_cannot_tell_neither_begins_nor_ends_a_stretch(past, unsure):
    leak = past.finding()
    found = trend([past.run(1), unsure(2), past.run(3, leak), unsure(4), past.run(5, leak), unsure(6)], (), 10)
    assert (2,) == found.turns
    assert found.sentence.startswith("Leaks since the run of 3 November 2026 (commit 3000000000); the run of 1 ")
    assert found.sentence.endswith("did not leak. The latest run cannot tell.")


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ("c", "Does not leak in the run of 1 November 2026 (commit 1000000000), the only one that can tell."),
        ("ccc", "Does not leak in all 3 runs."),
        ("lll", "Leaks in all 3 runs."),
        ("l?l", "Leaks in all 2 runs that can tell."),
        ("?", "The only run is inconclusive or incomplete."),
        ("??", "No run can tell: all 2 are inconclusive or incomplete."),
        ("cl??", "Leaks since the run of 2 November 2026 (commit 2000000000); the run of 1 November 2026 "
                 "(commit 1000000000) did not leak. The latest 2 runs cannot tell."),
        ("lc", "Does not leak since the run of 2 November 2026 (commit 2000000000); the run of 1 November 2026 "
               "(commit 1000000000) leaked."),
    ],
)  # fmt: skip
def test_the_sentence_says_what_the_runs_can_tell(past, unsure, days, sentence):
    make = {"c": past.run, "l": lambda day: past.run(day, past.finding()), "?": unsure}
    assert sentence == trend([make[sign](day) for day, sign in enumerate(days, 1)], (), 10).sentence


def test_runs_of_one_day_are_told_apart_by_their_time(past):
    later = replace(past.run(1, past.finding()), started="2026-11-01T14:05:00+00:00", id="later")
    said = trend([later, past.run(1)], (), 10).sentence
    assert said.startswith("Leaks since the run of 1 November 2026, 14:05 UTC (commit")
    assert "; the run of 1 November 2026, 09:30 UTC (commit" in said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-03T09:30:00+00:00", "3 November 2026"),
        ("2026-01-31T00:00:00Z", "31 January 2026"),
        ("2026-13-03T09:30:00", "2026-13-03T09:30:00"),
        ("yesterday", "yesterday"),
        ("", ""),
    ],
)
def test_a_day_is_written_as_people_do_and_anything_else_as_it_is(moment, said):
    assert said == day(moment)


def test_a_rate_is_zero_only_where_the_run_would_have_found_it(past, unsure):
    leak = past.finding()
    runs = [past.run(1), past.run(2, leak), unsure(3), past.run(4, suppressed=(leak.fingerprint,)), past.run(5)]
    (course,) = trend(runs, (), 10).courses
    assert (0.0, 1.0, None, None, 0.0) == course.rates
    assert (State.GONE, 1, 1, 1) == (course.state, course.first, course.last, course.times)


@pytest.mark.parametrize(
    ("last", "state"),
    [("there", State.THERE), ("clean", State.GONE), ("unsure", State.UNKNOWN), ("accepted", State.ACCEPTED)],
)
def test_the_state_of_a_cause_is_what_the_latest_run_says(past, unsure, last, state):
    leak = past.finding()
    runs = {
        "there": past.run(2, leak),
        "clean": past.run(2),
        "unsure": unsure(2),
        "accepted": past.run(2, suppressed=(leak.fingerprint,)),
    }
    assert [state] == [course.state for course in trend([past.run(1, leak), runs[last]], (), 10).courses]


def test_what_happens_once_or_fills_up_has_no_course(past):
    harmless = [past.finding(verdict=verdict) for verdict in (Verdict.ONE_TIME, Verdict.SATURATING)]
    assert () == trend([past.run(1, harmless[0]), past.run(2, harmless[1])], (), 10).courses


def test_a_rate_in_another_unit_is_no_point_of_the_curve(past):
    runs = [past.run(1, past.finding(unit="bytes", rate=70.0)), past.run(2, past.finding())]
    assert [(None, 1.0)] == [course.rates for course in trend(runs, (), 10).courses]


def test_only_the_latest_runs_are_shown_and_the_others_counted(past):
    found = trend([past.run(day) for day in range(1, 8)], (), 3)
    assert (4, ["2026-11-05", "2026-11-06", "2026-11-07"]) == (found.older, [run.started[:10] for run in found.runs])


def test_causes_that_are_there_come_before_those_that_are_gone(past):
    gone, slow, leak = (
        past.finding(fingerprint="gone"),
        past.finding(fingerprint="slow", verdict=Verdict.SLOW_LEAK),
        past.finding(fingerprint="leak"),
    )
    found = trend([past.run(1, gone), past.run(2, leak, slow)], (), 10)
    assert ["leak", "slow", "gone"] == [course.finding.fingerprint for course in found.courses]


def test_workloads_are_listed_with_their_latest_run(past):
    runs = [past.run(2), past.run(1), past.run(3, target="a.py:f")]
    assert [("a.py:f", 1, "03"), ("bench.py:checkout", 2, "02")] == [
        (each.target, each.runs, each.latest.started[8:10]) for each in workloads(runs)
    ]


def test_a_trend_needs_a_run():
    with pytest.raises(ValueError, match="needs a run"):
        trend([], (), 10)


def test_what_two_causes_have_in_common_is_said_in_words(past):
    one = past.finding()
    moved = past.finding(container="module app → Basket.by_id", type="app.Product", born_at=(), other_types=("str",))
    assert (
        "the same container, `module app → Cart.by_id`",
        "the same type, `app.Item`",
        "grown at the same place, app/cart.py in add",
        "born at the same place, app/cart.py in add",
        "other types that grow with it: `str`, `float`",
    ) == in_common(one, one)
    assert (
        "the same way to it: module app .Cart .by_id",
        "grown at the same place, app/cart.py in add",
        "other types that grow with it: `str`",
        "a `dict` in both",
    ) == in_common(one, moved)


def test_threads_that_wait_at_one_place_are_alike(past):
    bare = {"type": None, "container": None, "chain": (), "born_at": (), "grown_at": (), "other_types": ()}
    one = past.finding(**bare, domain="thread", kinds=("poller",), waits_at=(Frame("app/poll.py", 7, "run"),))
    moved = replace(one, waits_at=(Frame("app/poll.py", 9, "run"),))
    assert ("waiting at the same place, app/poll.py in run", "poller in both") == in_common(one, moved)
    assert () == in_common(one, replace(one, waits_at=()))


def test_a_builtin_type_alone_is_nothing_in_common(past):
    one = past.finding(type="dict")
    other = past.finding(
        container="module logs → lines", type="dict", chain=(), born_at=(), grown_at=(), other_types=("str",)
    )
    assert () == in_common(one, other)
    assert "`dict` in both" in in_common(one, one)
