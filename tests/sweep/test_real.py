"""Sweeps of real programs in processes of their own: laws, what stays, endings, older interpreters."""

from __future__ import annotations

import json
import signal
import struct
import subprocess
import time

import psutil
import pytest

from snapdiff import api
from snapdiff.agent import spool
from snapdiff.analysis.laws import VolumeLaw
from snapdiff.analysis.volume import Stays
from snapdiff.recording import read

pytestmark = pytest.mark.corpus

SIZES = "n=100,300,1000,3000,10000"


@pytest.fixture(scope="session")
def sweep(snapdiff, tmp_path_factory, programs):
    """Record a sweep of a function of sweeps.py once a session; return (what the command did, analysis)."""
    done = {}

    def run(name, *options, sizes=SIZES):
        key = (name, *options, sizes)
        if key not in done:
            output = tmp_path_factory.mktemp("sweep") / "run.snapdiff"
            command = ["record", f"sweeps.py:{name}", "--sweep", sizes, "-o", output, "--quiet", *options]
            ran = snapdiff(*command, cwd=programs)
            done[key] = ran, api.analyze(output).analysis if output.exists() else None, output
        return done[key]

    return run


def law(analysis, measure="peak"):
    return next(each.law for each in analysis.sweep.growths if each.measure == measure)


@pytest.mark.parametrize(
    ("name", "expected", "stays"),
    [
        ("constant", VolumeLaw.CONSTANT, Stays.NOTHING),
        ("linear", VolumeLaw.LINEAR, Stays.NOTHING),
        ("n_log_n", VolumeLaw.N_LOG_N, Stays.NOTHING),
        ("quadratic", VolumeLaw.QUADRATIC, Stays.NOTHING),
        ("threshold", VolumeLaw.THRESHOLD, Stays.NOTHING),
        ("awaited", VolumeLaw.LINEAR, Stays.NOTHING),
        ("last", VolumeLaw.LINEAR, Stays.LAST),
    ],
)
def test_the_law_of_the_peak_and_what_stays_are_named(sweep, name, expected, stays):
    ran, analysis, _ = sweep(name)
    assert (0, "", expected, stays) == (ran.code, ran.err[:0], law(analysis), analysis.sweep.stays)
    assert 0 == analysis.sweep.control_objects


def test_what_every_call_keeps_grows_in_proportion_and_is_a_suspicion(sweep):
    _, analysis, _ = sweep("kept")
    assert (Stays.EACH_CALL, VolumeLaw.LINEAR) == (analysis.sweep.stays, law(analysis, "kept"))
    assert [100, 300, 1000, 3000, 10_000] == [row.kept_objects for row in analysis.sweep.rows]


def test_a_cache_of_the_largest_size_is_no_leak(sweep):
    _, analysis, _ = sweep("cached")
    assert (Stays.LARGEST, "clean") == (analysis.sweep.stays, analysis.verdict)


def test_a_threshold_is_placed_between_the_sizes_around_it(sweep):
    _, analysis, _ = sweep("threshold")
    assert (1000, 3000) == next(each.threshold for each in analysis.sweep.growths if each.measure == "peak")


def test_check_and_report_speak_of_the_sweep(sweep, snapdiff):
    _, _, kept = sweep("kept")
    _, _, linear = sweep("linear")
    assert [3, 0] == [snapdiff("check", each).code for each in (kept, linear)]
    done = snapdiff("report", linear, "--format", "json", "--at", "102893")
    told = json.loads(done.out)["sweep"]
    assert (102_893, 102_893) == (told["at"], told["growths"][0]["forecast"]["size"])
    assert 73 * 102_893 == pytest.approx(told["growths"][0]["forecast"]["high"], rel=0.1)


def test_a_size_to_foretell_is_refused_of_rounds(snapdiff, programs, tmp_path):
    output = tmp_path / "run.snapdiff"
    snapdiff("record", "quiet.py:work", "-o", output, "--rounds", "1,2", "--quiet", cwd=programs)
    done = snapdiff("report", output, "--at", "5")
    expected = f"{output} is no sweep, so it foretells no size: leave --at out, or record with --sweep."
    assert (2, [expected]) == (done.code, done.told)


def test_a_method_is_swept_on_the_instance_that_setup_returns(sweep):
    ran, analysis, _ = sweep("Worker.add", "--setup", "make")
    assert (0, VolumeLaw.LINEAR) == (ran.code, law(analysis))


def test_without_tracing_python_has_no_peak_and_the_rest_is_there(sweep):
    ran, analysis, _ = sweep("quadratic", "--trace", "off", sizes="n=500,1000,2000,4000,8000")
    assert (0, {None}) == (ran.code, {row.peak for row in analysis.sweep.rows})
    assert "peak resident" == analysis.sweep.growths[0].measure
    assert VolumeLaw.QUADRATIC is law(analysis, "peak resident")


def test_a_call_that_raises_ends_the_sweep_and_keeps_the_sizes_before(sweep):
    ran, analysis, _ = sweep("fails_above", sizes="n=10,100,1000,3000")
    assert 3 == ran.code
    assert [10, 100, 1000] == [row.size for row in analysis.sweep.rows]
    assert "raised ValueError in a call with size 3,000 (sweeps.py:" in analysis.ended


def test_sizes_that_do_not_fit_in_the_time_are_left_out_and_said(sweep):
    ran, analysis, _ = sweep("slow", "--max-time", "2", sizes="n=100,300,3000,30000")
    assert 0 == ran.code
    assert [100, 300] == [row.size for row in analysis.sweep.rows]
    assert any(note.startswith("n = 3,000 and above was not called: ") for note in analysis.notes)
    assert ("sizes", False) == next((row.name, row.passed) for row in analysis.audit if row.name == "sizes")


@pytest.fixture
def calling(command, programs, tmp_path):
    """Start a sweep that is in a long call when this returns; return (process, recording, spool)."""
    output, part = tmp_path / "run.snapdiff", tmp_path / "run.snapdiff.part"
    # Calls of 1, 3, 10 ms; the last one would take a minute.
    arguments = ["record", "sweeps.py:slow", "--sweep", "n=1,3,10,60000", "-o", output, "--quiet", "--max-time", "9999"]
    process = subprocess.Popen([*command, *map(str, arguments)], cwd=programs)
    while not _is_calling(part / spool.STATE_FILE, 60_000):
        assert process.poll() is None
        time.sleep(0.05)
    yield process, output, part
    process.kill()
    process.wait()


def _is_calling(state, size):
    if not state.exists() or len(data := state.read_bytes()) < 64:
        return False
    slots = struct.unpack("8q", data)
    return (spool.CALLING, size) == (slots[spool.PHASE], slots[spool.ROUND])


def test_an_interrupt_in_a_long_call_keeps_what_there_was(calling):
    process, output, _ = calling
    process.send_signal(signal.SIGINT)
    assert 3 == process.wait()
    analysis = api.analyze(output).analysis
    assert [1, 3, 10] == [row.size for row in analysis.sweep.rows]
    assert "interrupted in a call with size 60,000" == analysis.ended


def test_a_killed_supervisor_leaves_a_sweep_that_can_be_sealed(calling, snapdiff):
    process, output, part = calling
    target = next(iter(psutil.Process(process.pid).children()))
    process.kill()
    process.wait()
    target.kill()
    assert 0 == snapdiff("seal", part).code
    assert {0, 1, 3, 10} == {row["size"] for row in read(output).tables["sweep"].to_pylist()}
    assert [1, 3, 10] == [row.size for row in api.analyze(output).analysis.sweep.rows]


@pytest.mark.parametrize("version", ["3.9", "3.13"])
def test_other_interpreters_sweep_too(sweep, interpreters, version):
    if version not in interpreters:
        pytest.skip(f"Python {version} is not installed here")
    ran, analysis, _ = sweep("linear", "--python", interpreters[version])
    assert (0, VolumeLaw.LINEAR, Stays.NOTHING) == (ran.code, law(analysis), analysis.sweep.stays)
    assert 0 == analysis.sweep.control_objects
