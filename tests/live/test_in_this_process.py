"""`snapdiff.record` and `snapdiff.watch`: exact in this very process, and gone without a trace."""

import json
import subprocess
import sys

import pytest

import snapdiff

PATIENCE = 500


@pytest.fixture(scope="module")
def told(programs, tmp_path_factory):
    """What the program that measures itself says, run once."""
    command = [sys.executable, "-W", "error", str(programs / "measures_itself.py"), str(tmp_path_factory.mktemp("out"))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def test_nothing_heavy_is_imported_before_the_measurement(told):
    assert [] == told["heavy"]


def test_a_clean_function_is_clean_exactly(told):
    assert ("clean", [0, 0, 0], 0, "as planned") == tuple(
        told["clean"][name] for name in ("verdict", "objects", "control", "ended")
    )


def test_a_method_that_keeps_is_accused_with_its_lines(told):
    row = told["method"]
    assert ("leak", "module __main__ → shop.sold", True, "Shop.sell") == (
        row["verdict"], row["path"], row["grown"], row["born"],
    )  # fmt: skip
    assert [1, 3, 20, 40, 80, 160] == row["objects"]


def test_a_coroutine_function_is_awaited(told):
    assert "leak" == told["coroutine"]["verdict"]


def test_arguments_are_given_from_inputs(told):
    assert ("clean", [0, 0]) == (told["inputs"]["verdict"], told["inputs"]["objects"][1:])


@pytest.mark.parametrize("name", ["loop", "auto"])
def test_a_loop_that_keeps_is_accused(told, name):
    row = told[name]
    assert ("leak", "module __main__ → kept", "loop", True) == (
        row["verdict"], row["path"], row["born"], row["complete"],
    )  # fmt: skip


def test_a_loop_that_keeps_nothing_is_clean_and_gets_all_items(told):
    row = told["quiet loop"]
    assert ("clean", [0, 0], 0) == (row["verdict"], row["objects"][1:], row["control"])
    assert 100 == told["seen"]


def test_a_loop_that_ends_early_is_recorded_as_far_as_it_came(told):
    assert ("inconclusive", False, 2) == (
        told["short"]["verdict"], told["short"]["complete"], len(told["short"]["objects"]),
    )  # fmt: skip
    assert "stopped in call 7 of round 3" == told["short"]["ended"]
    assert "stopped in call 3 of round 3" == told["left"]["ended"]
    assert told["broken"]["ended"].startswith("raised KeyError in call 5 of round 3")


def test_a_confirming_round_that_the_loop_cuts_short_counts_as_far_as_it_came(told):
    assert (True, "leak", [3, 20, 30]) == (
        told["cut"]["complete"], told["cut"]["verdict"], told["cut"]["objects"][1:],
    )  # fmt: skip


def test_all_settings_are_as_before(told):
    before, after = told["settings"]
    assert before == after


def test_what_cannot_be_measured_is_refused_with_a_sentence(told):
    refused = told["refused"]
    assert "OptionsError" == refused["nests"][0]
    assert "measuring in this process already" in refused["nests"][1]
    assert "wants arguments (number) and gets none" in refused["needs"][1]
    assert "exists. Choose another name" in refused["exists"][1]
    assert "an event loop runs in this thread already" in refused["running loop"][1]


def test_an_error_of_the_function_is_raised_and_what_was_complete_is_kept(told):
    kind, _, notes = told["refused"]["breaks"]
    assert "KeyError" == kind
    assert "what was complete until then is recorded in" in notes[0]
    assert told["broken file"].startswith("raised KeyError in call 5 of round 3")


def test_the_face_names_what_it_has():
    assert set(snapdiff.__all__) <= set(dir(snapdiff))
    assert all(getattr(snapdiff, name) is not None for name in snapdiff.__all__)


def test_the_room_of_the_same_name_does_not_hide_the_function():
    import snapdiff.record.options

    assert callable(snapdiff.record)
    with pytest.raises(snapdiff.OptionsError, match="one round"):
        snapdiff.record(len, rounds=(1,))
    assert (1, 10, 151) == snapdiff.record.options.DEFAULT_ROUNDS


def test_importing_the_package_imports_nothing_else():
    code = "import sys; before = set(sys.modules); import snapdiff; print(*(set(sys.modules) - before - {'snapdiff'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "" == done.stdout.strip()
