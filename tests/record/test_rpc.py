"""A worker behind JSON-RPC is asked by snapdiff, a request a call, and measured while it waits for the next."""

import json
import os
import re
import shlex
import subprocess
import sys
import zipfile

import jsonschema
import pytest

from snapdiff import api
from snapdiff.record import conversation, rpc, supervisor
from snapdiff.report import render
from snapdiff.report.redact import redacted
from snapdiff.report.schema import load_schema

PLAN = ("--rounds", "1,3,20", "--trace", "off")
#: Rounds that are complete when the third of three requests, taken in turn, ends the worker. Its loop still has the
#: last message, a dict of texts and a number, which the collector knows of since 3.14.
COMPLETED = [(1, 0 if sys.version_info < (3, 14) else 6)]


@pytest.fixture
def workers(programs):
    return programs / "workers"


@pytest.fixture
def ask(invoke, tmp_path, workers):
    """Record a worker by command; return (the run, the recording's path)."""

    def run(worker, requests, *options, python=sys.executable, plan=PLAN):
        file = tmp_path / "requests.jsonl"
        file.write_text("".join(json.dumps(each) + "\n" for each in requests), encoding="utf-8")
        output = tmp_path / "run.snapdiff"
        command = f"{shlex.quote(str(python))} {worker}"
        done = invoke(
            "record", "--rpc", command, "--request", file, "-o", output, "--force", *plan, *options, cwd=workers
        )
        return done, output

    return run


@pytest.fixture
def report(ask, report_of):
    """Record a worker; return its report."""

    def run(*arguments, **options):
        done, output = ask(*arguments, **options)
        assert 0 == done.code, done.err
        return report_of(output)

    return run


def manifest_of(output):
    with zipfile.ZipFile(output) as archive:
        return json.loads(archive.read("manifest.json"))


def notes(output):
    return " ".join(manifest_of(output)["notes"])


def method(name, **more):
    return {"method": name, **more}


# -- what grows ---------------------------------------------------------------------------------------------


def test_what_a_request_leaves_in_a_worker_is_found_with_its_container_and_its_lines(report):
    found = report("lines.py", [method("keep")], plan=("--rounds", "1,3,20"))
    leak = found["findings"][0]
    assert ("leak", "module __main__ → kept", "__main__.Item") == (
        leak["verdict"], leak["container"]["path"], leak["type"],
    )  # fmt: skip
    assert [1, 3, 20] == leak["growth"][:3]
    assert [("lines.py", "answer")] == [(each["file"], each["function"]) for each in leak["born_at"]]
    assert [("lines.py", "answer")] == [(each["file"], each["function"]) for each in leak["grown_at"]]
    assert {"objects": 0, "blocks": 0} == {key: found["control"][key] for key in ("objects", "blocks")}


def test_a_worker_that_keeps_nothing_is_clean_and_the_control_is_zero(report):
    found = report("lines.py", [method("nothing"), method("echo", params={"text": "ü" * 70_000})])
    assert ("clean", 0) == (found["verdict"], found["control"]["objects"])


def test_what_a_worker_does_after_its_reply_is_waited_for(report):
    leak = report("lines.py", [method("keep_afterwards")])["findings"][0]
    assert [1, 3, 20] == leak["growth"][:3]


def test_a_worker_that_is_never_idle_is_measured_and_the_recording_says_so(ask, report_of):
    done, output = ask("lines.py ticks", [method("keep")], plan=("--rounds", "1,3,10", "--trace", "off"))
    leak = report_of(output)["findings"][0]
    assert (0, "leak", [1, 3, 10]) == (done.code, leak["verdict"], leak["growth"][:3])
    assert "The worker was not idle at" in notes(output)


@pytest.mark.parametrize(("asked", "container"), [("keep", ".pending"), ("buffer", ".output")])
def test_framing_by_length_is_seen_in_the_source_and_what_only_a_running_function_holds_has_a_name(
    ask, report_of, tmp_path, asked, container
):
    around = tmp_path / "around.jsonl"
    around.write_text('{"method": "initialize"}\n{"jsonrpc": "2.0", "method": "initialized"}\n')
    ending = tmp_path / "ending.jsonl"
    ending.write_text('{"method": "shutdown"}\n{"jsonrpc": "2.0", "method": "exit"}\n')
    requests = [method(asked, params={"text": "x"}), method("chat")]
    done, output = ask("length.py", requests, "--setup", around, "--teardown", ending)
    assert (0, "as planned") == (done.code, report_of(output)["ended"])
    leak = report_of(output)["findings"][0]
    assert "the Server object → " + container[1:] == leak["container"]["path"]
    assert ["length.py"] == [each["file"] for each in leak["grown_at"]]
    assert "JSON-RPC, framing content-length" in notes(output)
    assert "lines that are no message: 154" in notes(output)


def test_growth_in_a_thread_of_the_worker_has_its_line_or_a_word_of_warning(ask, report_of):
    done, output = ask("pool.py", [method("keep")])
    grown = [each["function"] for each in report_of(output)["findings"][0]["grown_at"]]
    traced = sys.version_info >= (3, 12)
    assert (0, ["keep"] if traced else []) == (done.code, grown)
    assert traced == ("threads that run already cannot be traced" not in notes(output))


def test_replies_of_an_event_loop_come_in_any_order(report):
    found = report("aio.py", [method("slow"), method("fast")], "--in-flight", "8")
    assert "as planned" == found["ended"]
    assert found["verdict"] in {"clean", "one-time", "saturating"}


def test_what_a_coroutine_keeps_is_named_by_its_local_variable(report):
    leak = report("aio.py", [method("keep")], "--in-flight", "8")["findings"][0]
    assert "the coroutine object → local variable desk of main().pending" == leak["container"]["path"]
    assert ["aio.py"] == [each["file"] for each in leak["grown_at"]]


@pytest.mark.parametrize("version", ["3.9", "3.12"])
def test_a_worker_can_run_in_an_interpreter_without_snapdiff(report, interpreters, version):
    if version not in interpreters:
        pytest.skip(f"Python {version} is not installed here")
    python = interpreters[version]
    leak = report("lines.py", [method("keep")], python=python)["findings"][0]
    assert ("leak", "module __main__ → kept") == (leak["verdict"], leak["container"]["path"])
    assert ["answer"] == [each["function"] for each in leak["grown_at"]]


# -- how it goes wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("fail", "because the worker answered request 3 (`fail`, line 3 of the file) with error -32000"),
        ("other_id", "because the worker replied with an id that no open request has (open: 3)"),
        ("id_as_text", "because the worker replied with an id that no open request has (open: 3)"),
        ("twice", "because the worker replied with an id that no open request has (open: "),
        (
            "no_version",
            'because the worker replied to request 3 (`no_version`, line 3 of the file) without "jsonrpc": "2.0"',
        ),
        (
            "no_result",
            "because the worker replied to request 3 (`no_result`, line 3 of the file) with neither result nor error",
        ),
        ("no_json", "because the worker wrote a message that is no JSON"),
        ("close", "because the worker closed its standard output"),
        ("raise", "raised ValueError"),
        ("exit", "ended itself with sys.exit, status 5,"),
        ("exit_at_once", "the process ended itself with status 6,"),
        ("kill", "killed by SIGKILL, by kill -9 or by the kernel for lack of memory,"),
    ],
)
def test_a_worker_that_does_not_answer_as_it_should_ends_the_recording_with_one_sentence(  # noqa: PLR0917
    ask, report_of, text_of, monkeypatch, fault, expected
):
    monkeypatch.setattr(rpc, "_MOMENT", 0.3)
    monkeypatch.setattr(rpc, "HANG_UP", 0.3)
    done, output = ask("lines.py", [method("nothing"), method("echo"), method(fault)])
    found = report_of(output)
    assert 3 == done.code
    assert (False, COMPLETED) == (
        found["complete"], [(each["iterations"], each["objects"]) for each in found["rounds"]],
    )  # fmt: skip
    assert found["ended"].startswith(expected)
    # The next request may be out already when a second reply comes.
    assert re.search(f"in call {'[23]' if fault == 'twice' else 2} of round 2", found["ended"])
    assert expected in " ".join(done.told)
    assert 1 == len(done.told) - sum("round" in line and "objects" in line for line in done.told) - 1 - 2
    assert "secret" not in text_of(output)


def test_a_worker_that_gives_no_reply_is_waited_for_as_long_as_was_said(ask, report_of, monkeypatch):
    monkeypatch.setattr(rpc, "HANG_UP", 0.3)
    done, output = ask("lines.py", [method("hang")], "--reply-timeout", "0.5")
    assert 3 == done.code
    assert "gave no reply to request 1 (`hang`, line 1 of the file) within 0.5 s" in report_of(output)["ended"]
    assert "--framing lines, the other is content-length" in report_of(output)["ended"]


def test_a_worker_that_takes_too_long_is_ended_when_the_time_of_the_run_is_up(ask, report_of):
    done, output = ask("lines.py", [method("hang")], "--timeout", "2")
    assert (3, "timed out in call 1 of round 1") == (done.code, report_of(output)["ended"])


def test_a_worker_that_cannot_start_leaves_no_recording(ask, tmp_path):
    done, output = ask("-c 'import nowhere_to_be_found'", [method("nothing")])
    assert (2, False) == (done.code, output.exists())
    assert ["Nothing could be recorded: the target raised ModuleNotFoundError before the first round (<string>:1 in "
            "<module>)."] == done.told  # fmt: skip
    assert "agent" not in done.err


def test_requests_of_setup_that_fail_leave_no_recording(ask, tmp_path):
    before = tmp_path / "before.jsonl"
    before.write_text('{"method": "fail"}\n')
    done, output = ask("lines.py", [method("nothing")], "--setup", before)
    assert (2, False) == (done.code, output.exists())
    assert "answered request 1 (`fail`, line 1 of the file) with error -32000" in done.told[-1]


@pytest.mark.parametrize(
    ("ending", "expected"),
    [
        ("", None),
        ("status", "After the recording the worker ended (status 4)"),
        ("stays", "the worker did not end when its standard input was closed, and was terminated (signal 15)"),
        ("ignores", "the worker did not end when its standard input was closed, and was terminated (signal 9)"),
    ],
)
def test_a_worker_ends_when_its_input_is_closed_or_is_made_to(ask, monkeypatch, ending, expected):
    monkeypatch.setattr(rpc, "HANG_UP", 0.5)
    monkeypatch.setattr(supervisor, "_LINGER", 1.0)
    done, output = ask(f"lines.py {ending}", [method("nothing")], plan=("--rounds", "1,2", "--trace", "off"))
    assert 0 == done.code
    assert (expected or "") in notes(output)
    assert (expected is None) == ("After the recording" not in notes(output))


# -- what passes between them -------------------------------------------------------------------------------


def test_log_lines_notifications_and_requests_of_the_worker_are_passed_over_and_counted(ask):
    done, output = ask("lines.py", [method("chat")], plan=("--rounds", "1,2", "--trace", "off"))
    assert 0 == done.code
    assert "lines that are no message: 6, notifications: 3, requests of its own: 3" in notes(output)


def test_requests_are_sent_in_turn_with_ids_of_our_own_and_notifications_without(ask, tmp_path):
    seen = tmp_path / "seen"
    whole = {"jsonrpc": "2.0", "id": "ours", "method": "b", "params": [1.5, "ü", None]}
    done, _ = ask(f"mirror.py {seen}", [method("a"), whole], plan=("--rounds", "1,2", "--trace", "off"))
    assert 0 == done.code
    *lines, _ = [json.loads(line) for line in seen.read_text(encoding="utf-8").splitlines()]
    first, second = {"jsonrpc": "2.0", "method": "a"}, {**whole}
    assert [{**first, "id": 1}, {**second, "id": 2}, {**first, "id": 3}] == lines


def test_notifications_are_calls_that_nobody_replies_to(ask):
    told = {"jsonrpc": "2.0", "method": "note"}
    done, output = ask("lines.py", [told, method("nothing")])
    assert 0 == done.code
    sent, replies = re.search(r"(\d+) requests were sent, (\d+) replies came", notes(output)).groups()
    assert int(sent) == 2 * int(replies) >= 24


@pytest.mark.parametrize("flags", ["-O -u", "-I", "-P"])
def test_a_worker_sees_of_itself_what_it_sees_without_snapdiff(ask, tmp_path, workers, flags):
    plain, recorded = tmp_path / "plain", tmp_path / "recorded"
    command = [sys.executable, *flags.split(), "mirror.py"]
    subprocess.run(
        [*command, plain, "x y"], cwd=workers, input='{"id": 1}\n', text=True, check=True, capture_output=True
    )
    done, _ = ask(f"{flags} mirror.py {recorded} 'x y'", [method("a")], plan=("--rounds", "1,2"))
    assert 0 == done.code

    def seen(file):
        facts = json.loads(file.read_text().splitlines()[-1])
        return {**facts, "argv": facts["argv"][1:]}

    assert seen(plain) == seen(recorded)
    assert ["x y"] == seen(recorded)["argv"]


@pytest.mark.parametrize("way", ["module", "console script", "code"])
def test_a_worker_is_a_script_a_module_a_console_script_or_code(invoke, workers, tmp_path, report_of, way):
    requests = tmp_path / "requests.jsonl"
    requests.write_text('{"method": "keep"}\n')
    script = tmp_path / "worker"
    script.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(workers)!r})\nimport lines\nlines.main()\n"
    )
    script.chmod(0o755)
    command, module = {
        "module": (f"{sys.executable} -m lines", "__main__"),
        "console script": (str(script), "lines"),
        "code": (f"{sys.executable} -c 'import lines; lines.main()'", "lines"),
    }[way]
    output = tmp_path / "run.snapdiff"
    done = invoke("record", "--rpc", command, "--request", requests, "-o", output, *PLAN, cwd=workers)
    assert 0 == done.code, done.err
    assert f"module {module} → kept" == report_of(output)["findings"][0]["container"]["path"]


def test_the_recording_names_the_worker_and_how_to_record_it_again(ask, report_of, workers, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["snapdiff", "record", "--rpc", "python lines.py", "--request", "x y.jsonl"])
    done, output = ask("lines.py", [method("keep")])
    assert 0 == done.code
    options = manifest_of(output)["options"]
    command = f"{shlex.quote(sys.executable)} lines.py"
    assert ("lines.py", command) == (options["target"], options["rpc"]["command"])
    # A report that is given away has neither the command nor its arguments.
    assert sys.executable not in render(redacted(api.analyze(output).analysis), "json")
    jsonschema.validate(report_of(output), load_schema())
    page = api.analyze(output).render("html")
    assert "snapdiff record --rpc &#39;python lines.py&#39; --request &#39;x y.jsonl&#39;" in page


# -- between a worker and its real parent -------------------------------------------------------------------


@pytest.fixture
def relay(command, workers, tmp_path):
    """Be the parent that starts snapdiff in the worker's place; return (what it did, the replies, the recording)."""

    def run(requests, worker="lines.py"):
        output = tmp_path / "run.snapdiff"
        done = subprocess.run(
            [*command, "record", "--rpc", f"{sys.executable} {worker}", "--request", "-", "-o", output, *PLAN],
            cwd=workers, input="".join(json.dumps(each) + "\n" for each in requests), text=True, capture_output=True,
            timeout=120, check=False,
        )  # fmt: skip
        return done, [json.loads(line) for line in done.stdout.splitlines()], output

    return run


def test_everything_that_parent_and_worker_say_to_each_other_is_passed_on(relay, report_of):
    requests = [{"jsonrpc": "2.0", "id": f"number {n}", "method": "echo", "params": [n]} for n in range(10, 60)]
    # The program's own errors are its parent's business.
    requests[7]["method"] = "fail"
    requests.insert(9, {"jsonrpc": "2.0", "method": "told"})
    done, replies, output = relay(requests)
    assert 0 == done.returncode, done.stderr
    assert [each["id"] for each in requests if "id" in each] == [each["id"] for each in replies]
    assert -32000 == replies[7]["error"]["code"]
    assert {"params": [59]} == replies[49]["result"]
    assert ("as planned", [1, 3, 20]) == (
        report_of(output)["ended"], [each["iterations"] for each in report_of(output)["rounds"]],
    )  # fmt: skip
    assert "50 requests were sent, 50 replies came" in notes(output)
    assert re.search(r"The parent had [\d.]+, [\d.]+, [\d.]+, [\d.]+ MB resident", notes(output))


def test_a_worker_of_a_real_parent_that_leaks_is_told_with_its_lines(relay, report_of):
    done, replies, output = relay([{"jsonrpc": "2.0", "id": n, "method": "keep"} for n in range(400)])
    leak = report_of(output)["findings"][0]
    assert (0, 400) == (done.returncode, len(replies)), done.stderr
    assert ("leak", "module __main__ → kept") == (leak["verdict"], leak["container"]["path"])
    assert ["answer"] == [each["function"] for each in leak["grown_at"]]


def test_a_parent_that_asks_too_little_leaves_the_rounds_that_are_complete(relay, report_of):
    done, replies, output = relay([{"jsonrpc": "2.0", "id": n, "method": "echo"} for n in range(10)])
    assert (3, 10) == (done.returncode, len(replies))
    expected = "because the worker was asked no more: its parent closed the connection after 10 requests"
    assert report_of(output)["ended"].startswith(expected)
    assert [1, 3] == [each["iterations"] for each in report_of(output)["rounds"]]


# -- wrong usage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "line 2 is not JSON"),
        ("[]", "line 2 is not an object"),
        ('{"params": {}}', "line 2 has no method"),
        ('{"method": 1}', "line 2 has no method"),
        ('{"method": "a", "params": 1}', "line 2 has params that are neither an object nor an array"),
        ('{"method": "a", "params": [NaN]}', "line 2 is not JSON (NaN is no number of JSON's)"),
        ('{"method": "a", "id": null}', "line 2 has an id that is neither a text nor a number"),
        ('{"jsonrpc": "1.0", "method": "a"}', 'line 2 has another version than "jsonrpc": "2.0"'),
    ],
)
def test_a_line_that_is_no_request_is_named(invoke, tmp_path, line, expected):
    requests = tmp_path / "requests.jsonl"
    requests.write_text('{"method": "a"}\n' + line + "\n")
    done = invoke("record", "--rpc", f"{sys.executable} lines.py", "--request", requests, cwd=tmp_path.parent)
    assert 2 == done.code
    assert 1 == len(done.told)
    assert expected in done.told[0] or "There is no file lines.py" in done.told[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--rpc", "python lines.py"], "--rpc needs the requests to make"),
        (["--request", "x"], "--request needs the worker that is to be asked"),
        (["kept.py:x", "--rpc", "python a.py", "--request", "x"], "With --rpc there is no TARGET"),
        (["--rpc", "nowhere_to_be_found", "--request", "x"], "There is no command nowhere_to_be_found"),
        (["--rpc", "cat x", "--request", "x"], "It cannot be seen which Python cat runs"),
        (["--rpc", "python3", "--request", "x"], "the interpreter is given no program"),
        (["--rpc", "python3 nowhere.py", "--request", "x"], "There is no file nowhere.py"),
        (["--rpc", "python3 'a", "--request", "x"], "Write the command as in a shell"),
        (["--rpc", "python3 -c 1", "--request", "nowhere.jsonl"], "There is no file of requests nowhere.jsonl"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(invoke, arguments, expected):
    done = invoke("record", *arguments)
    assert (2, 1) == (done.code, len(done.told))
    assert expected in done.told[0]


def test_bytes_that_wait_in_a_pipe_are_counted():
    reading, writing = os.pipe()
    try:
        os.write(writing, b"12345")
        assert (5, 5) == (conversation.waiting(reading), conversation.waiting(writing))
    finally:
        os.close(reading)
        os.close(writing)
