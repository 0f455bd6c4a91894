"""On every Python, one leak and one coroutine test: the suites of the other files are run on one."""


def test_a_leak_fails_its_test_and_a_coroutine_is_called_again(run_pytest, project):
    suite = project("marked")
    (suite / "test_async.py").write_text((project("async") / "test_async.py").read_text(encoding="utf-8"))
    run = run_pytest(suite, "-k", "test_keeps_in_its_fixture or test_anyio", plugins=["anyio"])
    assert {"test_keeps_in_its_fixture": "FAILED", "test_anyio": "PASSED"} == run.outcomes
    # The other is clean, or a cycle: event loops leave some behind.
    assert run.section[0] in {"2 tests measured: 1 leak, 1 clean", "2 tests measured: 1 leak, 1 cycle"}
    assert "leak" == run.verdicts["test_keeps_in_its_fixture"][0]
