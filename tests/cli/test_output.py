"""What is seen while a recording goes on: the program's output untouched, and progress on standard error."""

import os
import re
import select
import subprocess
from types import SimpleNamespace

import pytest

from snapdiff.agent import spool
from snapdiff.cli import progress
from snapdiff.record import Options
from snapdiff.record import record as supervise

PLAN = ("--rounds", "1,3,20", "--trace", "off")
ONE_CALL = "text é without an end".encode() + b"\x00\xff raw\r\n\x1b[31mbuffered\n"


def test_what_the_program_prints_passes_through_byte_for_byte(command, programs, tmp_path):
    done = subprocess.run(
        [*command, "record", "prints.py:work", "-o", tmp_path / "run.snapdiff", *PLAN],
        cwd=programs,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    # The calls of three rounds, in the order in which the program wrote.
    assert ONE_CALL * 24 == done.stdout
    assert 24 == done.stderr.count(b"to standard error\n")


def test_a_program_can_read_standard_input(command, programs, tmp_path):
    done = subprocess.run(
        [*command, "record", "prints.py:reads", "-o", tmp_path / "run.snapdiff", "--rounds", "1,2", "--trace", "off"],
        cwd=programs,
        input="first\nsecond\n",
        capture_output=True,
        text=True,
        check=True,
    )
    assert ["read 'first\\n'", "read 'second\\n'", "read ''"] == done.stdout.splitlines()


def test_progress_is_a_line_a_checkpoint_where_standard_error_is_no_terminal(snapdiff, tmp_path):
    output = tmp_path / "run.snapdiff"
    done = snapdiff("record", "endings.py:count", "-o", output, *PLAN)
    assert (0, "") == (done.code, done.out)
    masked = [re.sub(r"[\d,]+ (objects, )?(MB|KB|objects)", "N", line) for line in done.told]
    left = [line.split(" objects")[0] for line in done.told]
    assert [
        "control round 1: 1 call left +0",
        "control round 2: 3 calls left +0",
        "control round 3: 20 calls left +0",
        "round 1: 1 call left +1",
        "round 2: 3 calls left +3",
        "round 3: 20 calls left +20",
        "confirming round 4: 40 calls left +40",
        "further round 5: 80 calls left +80",
        "further round 6: 160 calls left +160",
    ] == [line for line in left if " left " in line]
    assert ["control: starts with N, N resident", "workload: starts with N, N resident"] == [
        line for line in masked if "starts with" in line
    ]
    assert f"recorded {output} (N). Next: snapdiff report {output}" == masked[-1]
    assert 12 == len(done.err.splitlines())
    assert "\x1b" not in done.err


def test_quiet_leaves_only_where_the_recording_is(invoke, tmp_path):
    done = invoke("record", "quiet.py:work", "-o", tmp_path / "run.snapdiff", *PLAN, "--quiet")
    assert (0, "", 1) == (done.code, done.out, len(done.err.splitlines()))
    assert done.told[0].startswith(f"recorded {tmp_path / 'run.snapdiff'} (")


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there are no pseudo-terminals here")
def test_on_a_terminal_there_is_a_status_and_a_line_a_round(command, programs, tmp_path):
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [
            *command,
            "record",
            "prints.py:terminal",
            "-o",
            tmp_path / "run.snapdiff",
            "--rounds",
            "1,2",
            "--trace",
            "off",
        ],
        cwd=programs,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "200", "LINES": "40"},
    )
    os.close(theirs)
    shown = bytearray()
    while True:
        ready, _, _ = select.select([ours], [], [], 120)
        assert ready
        try:
            data = os.read(ours, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    os.close(ours)
    assert 0 == process.wait()
    text = shown.decode()
    assert "MB resident" in text
    assert "\x1b[?25l" in text, "the cursor is hidden while the status is redrawn"
    assert "\x1b[?25h" in text, "and shown again"
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    assert "control round 1: 1 call left +0 objects" in plain
    assert "round 2: 2 calls left +0 objects" in plain
    # The program is on the terminal too, and says so.
    assert 3 == plain.count("tty True")


def test_the_default_name_of_a_recording_is_the_target_and_the_time(invoke, tmp_path):
    (tmp_path / "app.py").write_text("def work():\n    pass\n", encoding="utf-8")
    done = invoke("record", "app.py:work", "--rounds", "1,2", "--trace", "off", "-q", cwd=tmp_path)
    assert 0 == done.code
    (name,) = (name for name in os.listdir(tmp_path) if name not in ("app.py", "__pycache__"))
    assert re.fullmatch(r"app-work-\d{8}-\d{6}\.snapdiff", name)


def test_a_report_says_where_the_page_is_and_what_it_says(record, invoke, tmp_path):
    path = record("endings.py:count")
    done = invoke("report", path)
    assert 0 == done.code
    sentence, page = done.out.splitlines()
    assert sentence.startswith("Leak: `module endings → kept` gains 1 `object` per call")
    assert str(path.with_suffix(".html")) == page
    assert path.with_suffix(".html").read_text(encoding="utf-8").startswith("<!")


@pytest.mark.parametrize("form", ["json", "text"])
def test_json_and_text_go_to_standard_output(record, invoke, form):
    from snapdiff import api

    path = record("quiet.py:work", rounds=(1, 2))
    done = invoke("report", path, "--format", form)
    assert (0, "") == (done.code, done.err)
    assert api.analyze(path).render(form).rstrip("\n") == done.out.rstrip("\n")


def test_a_check_prints_a_line_a_file_and_one_with_the_lines_of_each_leak(record, invoke):
    path = record("endings.py:count", trace="rounds")
    done = invoke("check", path)
    assert 1 == done.code
    sentence, places = done.out.splitlines()
    assert sentence.startswith(f"{path}: leak: Leak: `module endings → kept` gains 1 `object` per call")
    assert re.fullmatch(rf"{re.escape(str(path))}: grown and born at endings\.py:\d+ in count", places)


class Watching:
    """A progress that remembers which steps it saw, and lets a teardown go that waits for it."""

    def __init__(self, let_go):
        self.let_go = let_go
        self.steps = []

    def tick(self, state, rss):
        if self.steps[-1:] != [state[spool.STEP]]:
            self.steps.append(state[spool.STEP])
        if state[spool.STEP] == spool.TEARDOWN:
            self.let_go.touch()

    def checkpoint(self, frame, rss):
        """Ignore."""


def test_whoever_watches_is_told_of_the_teardown_and_of_the_writing(programs, tmp_path, monkeypatch):
    watching = Watching(tmp_path / "go")
    monkeypatch.setenv("LET_GO", str(watching.let_go))
    monkeypatch.chdir(programs)
    supervise(
        Options(
            target="endings.py:count", output=tmp_path / "run.snapdiff", rounds=(1, 2), trace="off",
            teardown="waits_for_a_file", timeout=120.0,
        ),
        watching,
    )  # fmt: skip
    # What takes no time may be seen or not.
    seen = [step for step in watching.steps if step in (spool.TEARDOWN, spool.SEALING)]
    assert [spool.TEARDOWN, spool.SEALING] == seen


def state(step, phase=spool.HOLDING):
    values = [0] * 8
    values[spool.PHASE], values[spool.SERIES], values[spool.ROUND], values[spool.STEP] = phase, spool.WORKLOAD, 6, step
    return values


def test_every_step_has_words_and_every_phase():
    assert (spool.SEALING + 1, len(spool.PHASES)) == (len(progress._STEPS), len(progress._PHASES))
    assert spool.STEP == progress._STEP


def test_the_status_line_says_what_is_done_after_the_rounds():
    shown = []
    line = progress._Status(SimpleNamespace(update=shown.append), None)
    for step in (0, spool.GROWING, spool.TEARDOWN):
        line.tick(state(step), 33_000_000)
    line.tick(state(spool.SEALING), 0)
    line.tick(state(99), 0)
    assert [
        "round 6, call 0 of 0 looking for holders, +0 objects so far, 33 MB resident",
        "after the rounds: calling to see at which line it grows, 33 MB resident",
        "after the rounds: running the teardown, 33 MB resident",
        "after the rounds: writing the recording",
        "round 6, call 0 of 0 looking for holders, +0 objects so far",
    ] == shown


def test_a_log_says_once_in_which_step_a_run_is_that_takes_long(monkeypatch, capsys):
    now = [1000.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    lines = progress._Lines()
    for step, seconds in ((0, 100), (spool.GROWING, 10), (spool.TEARDOWN, 20), (spool.TEARDOWN, 20), (3, 100)):
        lines.tick(state(step), 0)
        now[0] += seconds
        lines.tick(state(step), 0)
    err = capsys.readouterr().err
    told = ["snapdiff: running the teardown", "snapdiff: calling, traced deeper, to see who asked for it"]
    assert told == err.splitlines()


SLOWED = (
    "Traced, a call took 1.2 s, untraced 0.12 s. "
    "With --trace auto the rounds run untraced, and are traced only when something grows."
)


@pytest.mark.parametrize(
    ("pace", "options", "expected"),
    [
        ((1.24, 0.12), (), [SLOWED]),
        ((1.24, 0.12), ("--quiet",), []),
        ((0.3, 0.12), (), []),
        (None, (), []),
    ],
)
def test_whoever_was_slowed_by_tracing_is_told_what_it_cost(invoke, monkeypatch, pace, options, expected):
    ended = SimpleNamespace(complete=True)
    outcome = SimpleNamespace(path="run.snapdiff", size=1000, ended=ended, refused=None, pace=pace)
    monkeypatch.setattr("snapdiff.record.record", lambda options, progress: outcome)
    done = invoke("record", "quiet.py:work", "-o", outcome.path, *options)
    assert (0, expected) == (done.code, done.told[1:])
