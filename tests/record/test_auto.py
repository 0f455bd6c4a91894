"""`--trace auto`: the plan runs untraced, and once more traced only when something grew."""

import pytest

from snapdiff import api

#: Calls of the plan with its extra rounds, and of the second one with its confirming round.
UNTRACED, TRACED = 1 + 10 + 151 + 302 + 604 + 1208, 1 + 10 + 151 + 302


@pytest.fixture
def auto(invoke, tmp_path, report_of):
    """Record a workload of traced_when.py under `--trace auto`; return (what it told of its calls, the report)."""

    def run(function, *options):
        output = tmp_path / "run.snapdiff"
        place = f"traced_when.py:{function}"
        done = invoke("record", place, "-o", output, "--trace", "auto", "--teardown", "tell", "--force", *options)
        return done.out.strip(), report_of(output)

    return run


def rounds(report, name="rounds"):
    return [(each["iterations"], each["extra"]) for each in report[name]]


@pytest.mark.parametrize("function", ["quiet", "churn"])
def test_a_clean_program_is_never_traced_and_runs_the_plan_alone(auto, function):
    told, report = auto(function)
    assert "untraced 162 traced 0" == told
    assert ([(1, False), (10, False), (151, False)], []) == (rounds(report), report["traced_rounds"])
    assert ("auto", "nothing", []) == (report["method"]["trace"], report["method"]["traced"], report["lines"])
    assert (True, None) == (report["verdict"] in ("clean", "one-time"), report["control"]["blocks"])


def test_what_fills_up_before_the_end_is_not_traced(auto):
    told, report = auto("fill")
    assert "traced 0" == told[-8:]
    assert ("saturating", []) == (report["verdict"], report["traced_rounds"])


def test_a_leak_is_judged_untraced_and_its_lines_are_of_a_second_plan(auto, programs):
    told, report = auto("keep")
    # Three more calls show where it grows.
    assert f"untraced {UNTRACED + 3} traced {TRACED}" == told
    planned = [(1, False), (10, False), (151, False)]
    assert [*planned, (302, True), (604, True), (1208, True)] == rounds(report)
    assert [*planned, (302, True)] == rounds(report, "traced_rounds")
    assert "second plan" == report["method"]["traced"]
    assert {"objects": 0, "blocks": 0, "ran": True} == report["control"]
    finding = report["findings"][0]
    assert ("leak", [1, 10, 151, 302, 604, 1208], False) == (finding["verdict"], finding["growth"], finding["traced"])
    born = finding["born_at"][0]
    assert (1.0, TRACED, TRACED) == (born["share"], born["born"], born["alive"])
    lines = (programs / "traced_when.py").read_text(encoding="utf-8").splitlines()
    assert (["# born"], ["# grown"]) == tuple(
        [lines[row["line"] - 1][-7:].strip() for row in finding[name]] for name in ("born_at", "grown_at")
    )
    line = next(row for row in report["lines"] if row["line"] == born["line"])
    assert ([1, 10, 151, 302], "leak") == (line["blocks"], line["verdict"])


def test_memory_lost_in_c_raises_the_suspicion_and_is_found_in_the_second_plan(auto):
    told, report = auto("lose")
    assert f"untraced {UNTRACED} traced {TRACED}" == told
    assert all(each["objects"] < 3 for each in report["rounds"])
    finding = report["findings"][0]
    assert ("leak", None, "blocks", True) == (finding["verdict"], finding["type"], finding["unit"], finding["traced"])
    assert [1, 10, 151, 302] == finding["growth"]
    assert "traced_when.py" == finding["born_at"][0]["file"]


def test_memory_lost_in_c_is_accused_by_nobody_without_the_confirming_round_of_the_second_plan(auto):
    # No second is left for extra rounds, so each of them ends with its first call.
    _, report = auto("lose", "--max-time", "0")
    assert [(302, True)] != rounds(report, "traced_rounds")[-1:]
    assert report["verdict"] not in ("leak", "slow-leak")


def test_a_program_that_is_killed_in_the_second_plan_is_convicted_by_the_first(auto):
    told, report = auto("keep_until_traced")
    assert ("", False) == (told, report["complete"])
    ended = "killed by SIGKILL, by kill -9 or by the kernel for lack of memory, in call 4 of round 2 of the traced plan"
    assert ended == report["ended"]
    assert ("leak", [1, 10, 151, 302, 604, 1208]) == (report["verdict"], report["findings"][0]["growth"])
    assert [(1, False)] == rounds(report, "traced_rounds")
    assert [] == report["findings"][0]["born_at"]


def test_a_timeout_in_the_second_plan_leaves_the_verdict_of_the_first(auto):
    _, report = auto("wait_when_traced", "--timeout", "20")
    assert "timed out in call 4 of round 2 of the traced plan" == report["ended"]
    assert "leak" == report["verdict"]


def test_a_program_that_traces_itself_is_not_traced_a_second_time(auto):
    told, report = auto("keep_and_trace")
    assert "untraced 0" == told.partition(" traced")[0]
    assert ("leak", []) == (report["verdict"], report["traced_rounds"])


def test_a_program_that_traces_from_its_import_on_is_judged_as_with_every_round_traced(measure):
    report = measure("traces_itself.py:work", trace="auto")
    assert ["The program traces its allocations itself, 2 frames deep: its setting was kept."] == report["notes"]
    assert ("leak", "every round", []) == (report["verdict"], report["method"]["traced"], report["traced_rounds"])


def test_progress_names_the_series_of_the_second_plan(invoke, tmp_path):
    arguments = ("traced_when.py:keep", "-o", tmp_path / "run.snapdiff", "--trace", "auto", "--rounds", "1,3,20")
    told = [line.partition(":")[0] for line in invoke("record", *arguments).told]
    second = ["traced control", "traced control round 1", "traced", "traced round 1", "traced round 2"]
    assert [*second, "traced round 3", "traced confirming round 4"] == told[-8:-1]


def test_the_page_and_the_text_say_in_which_rounds_lines_were_traced(record):
    leak = api.analyze(record("traced_when.py:keep", trace="auto"))
    lost = api.analyze(record("traced_when.py:lose", trace="auto", rounds=(1, 10, 151)))
    clean = api.analyze(record("traced_when.py:quiet", trace="auto"))
    for form in ("html", "text"):
        said = " ".join(leak.render(form).split())
        assert "then called 1, 3, 20 and 40 more times, traced, from a baseline of its own" in said
        assert "Allocations were not traced: nothing was growing" in " ".join(clean.render(form).split())
        assert "traced round" in lost.render(form).lower()
        assert "traced round" not in leak.render(form).lower().replace("traced rounds;", "")


def test_what_replaces_memory_from_before_it_was_traced_is_not_lost(record, report_of):
    report = report_of(record("replaces.py:call", trace="auto", rounds=(1, 10, 151)))
    assert ("saturating", "second plan") == (report["verdict"], report["method"]["traced"])
    # The line gains traced blocks all the same.
    assert any(row["blocks_per_iteration"] == 1.0 for row in report["lines"])
