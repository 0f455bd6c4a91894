"""What tracing costs the calls is measured where it took long, and nowhere else."""

from types import SimpleNamespace

import pytest

from snapdiff.agent import pace
from snapdiff.agent.driver import Driver


@pytest.fixture
def program(monkeypatch):
    """A program whose calls take so many seconds of a clock of ours."""
    made = SimpleNamespace(now=50.0, calls=0, seconds=0.2, answer=1)
    monkeypatch.setattr(pace.time, "perf_counter", lambda: made.now)

    def call():
        made.calls += 1
        made.now += made.seconds
        return made.answer

    made.call = call
    return made


def test_calls_that_took_long_are_compared_with_a_few_untraced_ones(program):
    found = pace.compare(program.call, 2.0, 162)
    assert (2.0, pytest.approx(0.2), 5) == (found["traced"], found["untraced"], program.calls)


def test_of_slow_calls_one_is_enough(program):
    program.seconds = 3.0
    assert (3.0, 1) == (pace.compare(program.call, 9.0, 162)["untraced"], program.calls)


@pytest.mark.parametrize(("seconds", "calls"), [(0.1, 162), (60.0, 3)])
def test_no_call_is_made_where_little_time_was_spent_or_in_few_calls(program, seconds, calls):
    assert (None, 0) == (pace.compare(program.call, seconds, calls), program.calls)


def test_a_program_that_makes_no_further_call_is_not_compared(program):
    program.answer = 0
    assert pace.compare(program.call, 2.0, 162) is None


@pytest.fixture
def written(program):
    """Let a driver compare after rounds of 162 calls of two seconds; return the frames that it writes."""

    def compare(run, **changes):
        frames = []
        driver = Driver.__new__(Driver)
        values = {
            "plan": SimpleNamespace(trace="rounds"), "started_tracing": True, "sweep": None, "seconds_per_call": 2.0,
            "total": 162, "writer": SimpleNamespace(write=frames.append),
        }  # fmt: skip
        driver.__dict__.update(values | changes)
        driver._compare_pace(SimpleNamespace(run=run))
        return frames

    return compare


def fails(count, done, deadline):
    raise ValueError("no more")


def test_the_driver_writes_what_tracing_cost(program, written):
    frames = written(lambda count, done, deadline: program.call())
    assert [("pace", 2.0)] == [(frame["kind"], frame["traced"]) for frame in frames]


def test_a_call_that_fails_when_all_is_measured_is_not_the_runs_error(written):
    assert [] == written(fails)


@pytest.mark.parametrize("changes", [{"plan": SimpleNamespace(trace="auto")}, {"started_tracing": False}])
def test_no_call_is_made_where_calls_were_not_all_traced_by_us(program, written, changes):
    assert ([], 0) == (written(lambda *_: program.call(), **changes), program.calls)
