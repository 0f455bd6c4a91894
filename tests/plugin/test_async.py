"""Coroutine tests are called by the plugin that runs them."""

import pytest

pytestmark = pytest.mark.corpus


def test_coroutine_tests_are_measured(run_pytest, project):
    pytest.importorskip("pytest_asyncio")
    pytest.importorskip("anyio")
    options = ("-o", "asyncio_default_fixture_loop_scope=function")
    run = run_pytest(project("async"), *options, plugins=["pytest_asyncio.plugin", "anyio"])
    assert 0 == run.code, run.out
    # Event loops leave cycles behind, which are no leak and are counted only.
    assert run.section[0].startswith("4 tests measured: ")
    assert "leak" not in run.section[0]
    assert "not measured" not in run.section[0]
