"""However a program ends, what it had completed is recorded, and the recording says how it ended."""

import os
import re
import signal
import subprocess

import pytest

from snapdiff.agent import spool

PLAN = ("--rounds", "1,3,20", "--trace", "off")
#: Rounds that a program of endings.py completes before its fatal call.
COMPLETED = [(1, 1), (3, 3)]


@pytest.fixture
def end(invoke, tmp_path, report_of):
    """Record a function of endings.py by command; return (the run, the report)."""

    def run(function, *options):
        output = tmp_path / "run.snapdiff"
        done = invoke("record", f"endings.py:{function}", "-o", output, *PLAN, *options)
        assert [output.name] == os.listdir(tmp_path)
        return done, report_of(output)

    return run


@pytest.fixture
def line_of(programs):
    """Return the number of the line of endings.py that contains a text."""
    lines = (programs / "endings.py").read_text(encoding="utf-8").splitlines()
    return lambda text: 1 + next(number for number, line in enumerate(lines) if text in line)


def completed(report):
    return [(each["iterations"], each["objects"]) for each in report["rounds"]]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("raises", "raised ValueError in call 7 of round 3"),
        ("raises_later", "raised ValueError in call 7 of round 3"),
        ("exits", "ended itself with sys.exit, status 5, in call 7 of round 3"),
        ("exits_at_once", "the process ended itself with status 6, in call 7 of round 3"),
        (
            "is_killed",
            "killed by SIGKILL, by kill -9 or by the kernel for lack of memory, in call 7 of round 3",
        ),
        ("crashes", "killed by SIGSEGV, in call 7 of round 3"),
        ("runs_out_of_memory", "raised MemoryError in call 7 of round 3"),
        ("interrupts_itself", "interrupted in call 7 of round 3"),
    ],
)
def test_a_program_that_ends_in_a_call_leaves_its_completed_rounds(end, function, expected):
    done, report = end(function)
    assert 3 == done.code
    assert (False, COMPLETED) == (report["complete"], completed(report))
    assert expected == report["ended"].split(" (")[0]
    assert expected in " ".join(done.told)


@pytest.mark.parametrize(
    ("function", "place", "statement"),
    [
        ("raises_later", "raises", "raise ValueError"),
        ("exits", "exits", "sys.exit(5)"),
        ("runs_out_of_memory", "runs_out_of_memory", "bytearray(1 << 62)"),
    ],
)
def test_the_innermost_line_of_the_program_is_named(measure, line_of, function, place, statement):
    ended = measure(f"endings.py:{function}")["ended"]
    assert ended.endswith(f"endings.py:{line_of(statement)} in {place})")


def test_the_place_of_an_error_is_relative_as_all_places_in_the_project_are(measure):
    assert "(endings.py:" in measure("endings.py:raises")["ended"]


def test_an_incomplete_recording_that_convicts_nobody_fails_the_check_as_incomplete(record, invoke):
    done = invoke("check", record("endings.py:raises"))
    assert 3 == done.code
    assert "raised ValueError in call 7 of round 3" in done.out


def test_an_incomplete_recording_whose_completed_rounds_convict_fails_the_check_as_a_leak(record, invoke):
    # All 3 planned calls and the confirming 4 are completed, then teardown raises.
    done = invoke("check", record("endings.py:count", rounds=(1, 2), teardown="fail"))
    assert 1 == done.code
    assert "raised RuntimeError in the teardown after the last round" in done.out


def test_the_traceback_of_an_error_is_the_programs_own(end, programs, line_of):
    done, _ = end("raises")
    lines = done.err.splitlines()
    start = lines.index("Traceback (most recent call last):")
    assert f'  File "{programs / "endings.py"}", line {line_of("raise ValueError")}, in raises' == lines[start + 1]
    assert "ValueError: SECRET-4711" in lines
    assert "boot.py" not in done.err
    assert "snapdiff/agent" not in done.err


def test_the_traceback_of_an_error_in_a_coroutine_shows_none_of_our_frames(end):
    done, _ = end("raises_later")
    assert "ValueError: SECRET-4711" in done.err
    assert "snapdiff/agent" not in done.err


def test_the_message_of_an_error_stays_on_the_programs_terminal(record, text_of):
    assert "SECRET-4711" not in text_of(record("endings.py:raises"))


def test_teardown_is_called_after_an_error(end):
    done, _ = end("raises", "--teardown", "teardown")
    assert "torn down\n" == done.out


@pytest.mark.parametrize("function", ["hangs", "hangs_for_good"])
def test_a_call_that_hangs_is_ended_by_the_timeout(measure, monkeypatch, function):
    # What a target gets after Ctrl-C, in seconds: not so long for one that ignores it.
    monkeypatch.setattr("snapdiff.record.supervisor._GRACE", 0.5)
    report = measure(f"endings.py:{function}", timeout=4.0)
    assert (False, "timed out in call 7 of round 3") == (report["complete"], report["ended"])
    assert COMPLETED == completed(report)


def test_a_timeout_before_the_first_checkpoint_leaves_nothing(invoke, tmp_path):
    done = invoke("record", "slow_import.py:work", "-o", tmp_path / "x.snapdiff", "--timeout", "0.5")
    assert 2 == done.code
    assert ["Nothing could be recorded: the target timed out before the first round."] == done.told
    assert [] == os.listdir(tmp_path)


def test_a_thread_that_never_ends_does_not_keep_a_recording_from_ending(measure, monkeypatch):
    # What a target gets after its last frame, in seconds.
    monkeypatch.setattr("snapdiff.record.supervisor._LINGER", 0.5)
    report = measure("endings.py:leaves_thread")
    assert (True, "as planned") == (report["complete"], report["ended"])
    assert [1, 3, 20, 40, 80, 160] == [each["iterations"] for each in report["rounds"]]


@pytest.fixture
def started(command, programs, tmp_path):
    """Start recording a slow program; return (process, output) once its third round runs."""
    processes = []

    def start(function="waits"):
        output = tmp_path / "run.snapdiff"
        process = subprocess.Popen(
            [*command, "record", f"endings.py:{function}", "-o", output, "--rounds", "1,3,100", "--trace", "off"],
            cwd=programs,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        seen = []
        while not (seen and seen[-1].startswith("snapdiff: round 2:")):
            line = process.stderr.readline()
            assert line, seen
            seen.append(line)
        return process, output

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_an_interrupted_recording_is_sealed(started, report_of, tmp_path, number):
    process, output = started()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert 3 == process.returncode
    report = report_of(output)
    assert "interrupted in call" == report["ended"][:19]
    assert report["ended"].endswith("of round 3")
    assert COMPLETED == completed(report)
    assert "Traceback" not in err.replace("KeyboardInterrupt", "")
    assert [output.name] == os.listdir(tmp_path)


def test_a_recording_whose_supervisor_was_killed_can_be_sealed(started, invoke, report_of, tmp_path):
    process, output = started()
    target = int(subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(process.pid)], text=True))
    process.kill()
    process.wait()
    os.kill(target, signal.SIGKILL)
    part = tmp_path / "run.snapdiff.part"
    assert [part.name] == os.listdir(tmp_path)

    done = invoke("check", output)
    assert 2 == done.code
    assert f"seal it with `snapdiff seal {part}`" in done.told[0]

    output.write_bytes(b"an older recording")
    done = invoke("seal", part)
    assert (2, [f"{output} exists. Move it away, or overwrite it with --force."]) == (done.code, done.told)
    assert b"an older recording" == output.read_bytes()

    done = invoke("seal", part, "--force")
    assert (0, "") == (done.code, done.err)
    assert [output.name] == os.listdir(tmp_path)
    report = report_of(output)
    assert (False, "killed together with its supervisor") == (report["complete"], report["ended"])
    assert COMPLETED == completed(report)
    assert 3 == invoke("check", output).code


def test_an_unfinished_recording_is_not_thrown_away_by_the_next_one(invoke, tmp_path):
    part = tmp_path / "run.snapdiff.part"
    part.mkdir()
    spool.create(str(part), {})
    writer = spool.Writer(str(part))
    writer.write({"kind": "checkpoint"})
    writer.close()
    done = invoke("record", "endings.py:no_such_function", "-o", tmp_path / "run.snapdiff", "-q")
    assert 2 == done.code
    assert [{"kind": "checkpoint"}] == [frame for frame, _ in spool.read(str(part))]


def test_a_folder_that_is_no_spool_is_not_sealed(invoke, tmp_path):
    done = invoke("seal", tmp_path)
    assert (2, [f"{tmp_path} is not the .part folder of an unfinished recording."]) == (done.code, done.told)
    assert tmp_path.is_dir()


def test_the_exit_code_of_a_check_is_that_of_the_worst_file(record, invoke, tmp_path):
    clean = record("quiet.py:work", name="clean.snapdiff")
    leak = record("endings.py:count", name="leak.snapdiff")
    incomplete = record("endings.py:exits", name="incomplete.snapdiff")
    missing = tmp_path / "missing.snapdiff"
    expected = [
        (0, [clean]),
        (1, [leak]),
        (3, [incomplete]),
        (2, [missing]),
        (3, [clean, incomplete]),
        (1, [incomplete, leak, clean]),
        (2, [missing, leak, incomplete, clean]),
    ]
    for code, files in expected:
        done = invoke("check", *files)
        lines = (done.out + done.err).splitlines()
        beside = [line for line in lines if re.search(r"\.snapdiff: (why: |grown )", line)]
        assert (code, len(files)) == (done.code, len(lines) - len(beside))


def test_a_call_that_raises_while_lines_are_sought_loses_nothing_that_was_found(record, report_of):
    finding = report_of(record("endings.py:wants_its_collector", rounds=(1, 2, 5), trace="rounds"))["findings"][0]
    assert ("leak", "module endings → kept", ["wants_its_collector"], []) == (
        finding["verdict"], finding["container"]["path"], [born["function"] for born in finding["born_at"]],
        finding["grown_at"],
    )  # fmt: skip
