"""Everything that can be a target, and what is around it: setup, teardown, inputs, arguments."""

import json
import os
from pathlib import Path

import pytest

#: Rounds of a workload that keeps nothing: no confirming round follows.
PLAN = ("--rounds", "1,2", "--trace", "off", "--quiet")


@pytest.fixture
def run(invoke, tmp_path):
    """Record a target; return the lines it printed."""

    def go(target, *options, arguments=(), cwd=None):
        where = {} if cwd is None else {"cwd": cwd}
        done = invoke("record", target, "-o", tmp_path / "run.snapdiff", *PLAN, *options, "--", *arguments, **where)
        assert 0 == done.code, done.err
        return done.out.splitlines()

    return go


@pytest.mark.parametrize(
    "target",
    ["package/inner/work.py:keep", "./package/../package/inner/work.py:keep", "package.inner.work:keep"],
)
def test_a_file_in_a_package_is_imported_under_its_dotted_name(measure, target):
    report = measure(target)
    (finding,) = report["findings"]
    assert ("leak", "package.inner.work.Part") == (finding["verdict"], finding["type"])
    assert "module package.inner.work → kept" == finding["container"]["path"]


def test_a_file_in_a_package_is_found_from_any_folder(measure, programs, tmp_path):
    report = measure(str(programs / "package" / "inner" / "work.py") + ":keep", cwd=tmp_path)
    assert ["package.inner.work.Part"] == [finding["type"] for finding in report["findings"]]


@pytest.mark.parametrize(
    ("target", "options", "expected"),
    [
        ("machine.py:Machine.turn", ["--setup", "make"], ["made"] + ["turn from setup"] * 3),
        (
            "machine.py:Machine.turn",
            ["--setup", "make_later"],
            ["made later"] + ["turn from coroutine"] * 3,
        ),
        ("machine:Machine.turn_later", ["--setup", "make"], ["made"] + ["turn later from setup"] * 3),
        (
            "machine:Machine.turn_later",
            ["--setup", "machine:make_later"],
            ["made later"] + ["turn later from coroutine"] * 3,
        ),
        ("machine.py:Machine.static", [], ["static"] * 3),
        ("machine.py:Machine.Inner.static", [], ["inner static"] * 3),
        ("machine.py:Machine.of_class", [], ["of class class"] * 3),
        ("machine.py:given", [], ["say (1,) {'key': 2}"] * 3),
        ("machine.py:instance", [], ["called"] * 3),
        ("machine.py:Machine", [], []),
        (
            "machine.py:Machine.static",
            ["--setup", "machine.py:make", "--teardown", "teardown"],
            ["made", "static", "static", "static", "torn down"],
        ),
        (
            "machine.py:same_loop",
            ["--setup", "remember_setup_loop", "--teardown", "teardown_later"],
            ["torn down later 1"],
        ),
        (
            "machine.py:say",
            ["--inputs", "three"],
            ["inputs start", "say (1,) {}", "say (2, 'two') {}", "say () {}"],
        ),
        ("machine.py:say", ["--inputs", "generated"], ["say ('a',) {}", "say ('b',) {}", "say ('a',) {}"]),
    ],
)
def test_a_target_is_called_as_often_as_planned(run, target, options, expected):
    assert expected == run(target, *options)


def test_inputs_start_again_when_they_end(invoke, tmp_path):
    done = invoke(
        "record", "machine.py:say", "--inputs", "three", "-o", tmp_path / "run.snapdiff",
        "--rounds", "1,4", "--trace", "off", "--quiet",
    )  # fmt: skip
    once = ["inputs start", "say (1,) {}", "say (2, 'two') {}", "say () {}"]
    assert [*once, *once[:3]] == done.out.splitlines()


def test_callbacks_that_a_coroutine_leaves_behind_are_settled_before_a_checkpoint(measure):
    report = measure("machine.py:callbacks")
    assert [] == [row["type"] for row in report["types"] if row["type"] == "machine.Connection"]
    assert "clean" == report["verdict"]


def test_a_coroutine_that_keeps_nothing_has_a_control_of_zero(measure):
    report = measure("quiet.py:work_later", rounds=(1, 2, 3), trace="rounds", trace_depth=1)
    assert {"objects": 0, "blocks": 0, "ran": True} == report["control"]
    # It makes a cycle a call, which only the collector frees.
    assert ("cycle", [0, 0]) == (report["verdict"], [each["objects"] for each in report["rounds"]][1:])


def test_a_script_is_run_each_time_as_a_fresh_main_with_its_arguments(run):
    expected = [f"__main__ ['script.py', 'one', '--two'] {number} False True" for number in (1, 2, 3)]
    assert expected == run("script.py", arguments=["one", "--two"])


def test_the_namespace_of_a_script_is_dropped(measure):
    report = measure("script.py")
    # The first run imports a module.
    assert "one-time" == report["verdict"]
    assert [0, 0] == [each["objects"] for each in report["rounds"]][1:]
    assert [] == [row["type"] for row in report["types"] if row["type"] == "bytearray"]


def test_a_script_that_ends_with_a_status_ends_the_recording(measure):
    report = measure("script_fails.py")
    assert (False, "ended itself with sys.exit, status 9, in call 1 of round 3") == (
        report["complete"],
        report["ended"].split(" (")[0],
    )


def test_a_script_may_have_setup_and_teardown_of_another_file(run):
    out = run("script.py", "--setup", "machine.py:make", "--teardown", "machine:teardown")
    assert ("made", "torn down", 5) == (out[0], out[-1], len(out))


def test_arguments_of_a_function_target_follow_its_file_name(invoke, tmp_path):
    done = invoke("record", "says_argv.py:work", "-o", tmp_path / "run.snapdiff", *PLAN, "--", "-x", "y")
    assert ["['says_argv.py', '-x', 'y'] says_argv"] * 3 == done.out.splitlines()


def test_a_target_in_the_working_directory_is_found_by_module_name(run, tmp_path):
    (tmp_path / "here.py").write_text("def work():\n    print('here')\n", encoding="utf-8")
    assert ["here"] * 3 == run("here:work", cwd=tmp_path)


def test_a_program_whose_names_are_no_unicode_is_recorded(snapdiff, tmp_path):
    folder = os.fsencode(tmp_path / "caf") + b"\xe9"
    try:
        os.mkdir(folder)
    except OSError:
        pytest.skip("file names must be Unicode here")
    folder = os.fsdecode(folder)
    Path(folder, "names.py").write_text(
        "held = {'half a pair \\udce9': []}\n\n\ndef keep():\n    held['half a pair \\udce9'].append([1])\n"
    )
    plan = ("--rounds", "1,2,8", "--quiet")
    recorded = snapdiff("record", "names.py:keep", "-o", f"{folder}/run.snapdiff", *plan, cwd=folder)
    assert 0 == recorded.code, recorded.err
    assert 0 == snapdiff("report", "run.snapdiff", cwd=folder).code
    report = snapdiff("report", "run.snapdiff", "--format", "json", "-o", "-", cwd=folder)
    (finding,) = json.loads(report.out)["findings"]
    assert ("leak", "names.py") == (finding["verdict"], finding["born_at"][0]["file"])
    assert "caf\ufffd" in Path(folder, "run.html").read_text(encoding="utf-8")
