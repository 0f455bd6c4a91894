"""What the agent does with a checkpoint after it was taken."""

import pytest

from snapdiff.agent import spool
from snapdiff.agent.driver import Driver
from snapdiff.agent.plan import Plan


class Watched:
    """A context that knows whether it is entered."""

    entered = False

    def __enter__(self):
        self.entered = True

    def __exit__(self, *error):
        self.entered = False


@pytest.fixture
def driver(tmp_path):
    """A driver in this process, at the end of its last planned round."""
    plan = {
        "target": "", "arguments": [], "setup": None, "teardown": None, "inputs": None, "rounds": [1], "trace": "off",
        "trace_depth": 1, "max_time": 0.0, "subcheckpoints": 0, "debug": False, "snapshots": "in-place", "ask_fd": -1,
        "answer_fd": -1, "sweep": None,
    }  # fmt: skip
    spool.create(str(tmp_path), plan)
    made = Driver(Plan(plan), str(tmp_path))
    made.state[spool.SERIES], made.number = spool.WORKLOAD, 1
    made.measurer.untraced = Watched()
    return made


@pytest.mark.parametrize("full", [True, False], ids=["checkpoint", "sub-checkpoint"])
def test_paths_are_compared_outside_of_tracing(driver, monkeypatch, full):
    seen = {}

    def watch(owner, name):
        function = getattr(owner, name)

        def watched(*arguments):
            seen[name] = driver.measurer.untraced.entered
            return function(*arguments)

        monkeypatch.setattr(owner, name, watched)

    for owner, name in ((driver.measurer.book, "follow"), (driver.pathrows, "take"), (driver.screen, "update")):
        watch(owner, name)
    if full:
        driver._checkpoint(1, True, 0.0, type("Calls", (), {"settle": lambda _: None})())
    else:
        driver._subcheckpoint(1, True)
    assert ({"follow": True, "take": True, "update": True} if full else {"follow": True}) == seen


def test_the_control_is_zero_where_the_interpreter_gives_code_a_cache_when_it_has_run_often(measure, interpreters):
    """Before 3.11 it does in the 1,024th run, and an event loop's functions run several times a call."""
    old = next((interpreters[version] for version in ("3.9", "3.10") if version in interpreters), None)
    if old is None:
        pytest.skip("neither Python 3.9 nor 3.10 is installed here")
    report = measure("cursors.py:keep_on_a_loop", python=old, trace="rounds", rounds=(1, 10, 151), max_time=0.0)
    assert {"objects": 0, "blocks": 0, "ran": True} == report["control"]
