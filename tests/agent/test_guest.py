"""The agent is a guest in the program: it runs none of its code and changes none of its settings."""

import importlib.util
import subprocess
import sys

import pytest

PLAN = ("--rounds", "1,3,20", "--quiet")

needs_objgraph = pytest.mark.skipif(
    importlib.util.find_spec("objgraph") is None, reason="objgraph is not installed here"
)


@pytest.fixture
def told_by(invoke, tmp_path):
    """Record a program by command; return (what it printed as {first word: rest}, the recording)."""

    def run(target, *options):
        output = tmp_path / "run.snapdiff"
        done = invoke("record", target, "-o", output, *PLAN, *options)
        assert (0, 1) == (done.code, len(done.err.splitlines())), done.err
        return done.out, output

    return run


def test_no_method_of_a_kept_object_is_called(told_by, report_of):
    out, path = told_by("hostile.py:keep", "--trace-depth", "1", "--teardown", "teardown")
    assert "touched []\n" == out
    report = report_of(path)
    rows = {row["type"]: row["objects_per_iteration"] for row in report["types"] if row["objects_per_iteration"]}
    # Python 3.11 and later keep attributes of an instance outside of any dict.
    expected = {"Guarded": 1, "Loose": 1, "ListLike": 1, "DictLike": 1, "TextLike": 1, "dict": 1, "str": 3}
    assert expected == {name.removeprefix("hostile."): rate for name, rate in rows.items()}
    assert {"objects": 0, "blocks": 0, "ran": True} == report["control"]


def test_no_method_of_a_kept_object_is_called_in_other_interpreters(told_by, python):
    out, _ = told_by("hostile.py:keep", "--trace", "off", "--teardown", "teardown", "--python", python)
    assert "touched []\n" == out


def test_no_method_of_a_metaclass_is_called_when_classes_are_told_apart(measure):
    report = measure("unhashable.py:keep")
    assert [1, 3, 20, 40, 80, 160] == next(
        row["objects"] for row in report["types"] if row["type"] == "unhashable.Part"
    )


def test_data_appears_nowhere_in_a_recording_or_a_report(record, text_of):
    from snapdiff import api

    path = record("hostile.py:keep", trace="rounds", trace_depth=1)
    report = api.analyze(path)
    assert "hostile → held" in text_of(path)
    for text in (text_of(path), *(report.render(form) for form in ("html", "json", "text"))):
        assert "QZXJV" not in text


@needs_objgraph
def test_the_process_is_left_as_it_was(told_by):
    out, _ = told_by("guest.py:work", "--trace-depth", "1", "--", "one", "two")
    expected = [
        # 304 in rounds, and three that show where it grows.
        "calls 307",
        "differences []",
        "with dict 0",
        "tracing False",
        "argv ['guest.py', 'one', 'two']",
        "main None None",
        "agent on path []",
        "objgraph True",
    ]
    assert expected == out.splitlines()


def test_a_program_that_traces_itself_keeps_its_setting(told_by, report_of):
    out, path = told_by("traces_itself.py:work")
    assert "tracing True 2\n" == out
    report = report_of(path)
    assert ["The program traces its allocations itself, 2 frames deep: its setting was kept."] == report["notes"]
    assert {"objects": 0, "blocks": 0, "ran": True} == report["control"]
    assert "leak" == report["verdict"]


def test_a_collector_that_is_off_stays_off(told_by, report_of):
    out, path = told_by("collector_off.py:work", "--trace", "off")
    assert "enabled {False} False\n" == out
    # What each call leaves is a cycle, and with the collector off only our collections free it.
    assert "cycle" == report_of(path)["verdict"]


@pytest.mark.parametrize("target", ["spawns.py:work", "spawns.py"])
def test_a_target_can_spawn_processes(invoke, report_of, tmp_path, target):
    output = tmp_path / "run.snapdiff"
    done = invoke("record", target, "-o", output, "--rounds", "1,2", "--trace", "off", "--quiet")
    assert 0 == done.code
    calls = sum(each["iterations"] for each in report_of(output)["rounds"])
    # More calls than the rounds' may follow, to see what the collector frees.
    assert ["answer 42"] * calls == done.out.splitlines()[:calls]
    assert {"answer 42"} == set(done.out.splitlines())


def test_the_agent_loads_no_library_into_the_program(told_by):
    out, _ = told_by("modules.py:work", "--trace-depth", "1")
    loaded = set(out.split())
    plain = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    added = loaded - set(plain.stdout.split())
    agent = {name for name in added if name.partition(".")[0] == "_snapdiff_agent"}
    heavy = (
        "snapdiff pandas pyarrow numpy psutil click rich jinja2 objgraph asyncio inspect pickle tracemalloc ctypes "
        "traceback logging subprocess multiprocessing"
    )
    assert set() == loaded & set(heavy.split())
    # functools, json, struct, mmap, select and what they import, on 3.11 to 3.13: 33 to 45 modules.
    assert len(added - agent) <= 60


def test_a_clean_program_that_is_traced_only_when_something_grows_gets_no_ctypes(told_by):
    out, _ = told_by("modules.py:work", "--trace", "auto")
    assert "_snapdiff_agent.driver" in out.split()
    assert "ctypes" not in out.split()
