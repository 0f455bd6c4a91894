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
