"""Coroutine tests are called by the plugin that runs them."""

import pytest


def test_coroutine_tests_are_measured(run_pytest, project):
    pytest.importorskip("pytest_asyncio")
    pytest.importorskip("anyio")
    options = ("-o", "asyncio_default_fixture_loop_scope=function")
    run = run_pytest(project("async"), *options, plugins=["pytest_asyncio", "anyio"])
    assert 0 == run.code, run.out
    assert ["4 tests measured: 4 clean"] == run.section
