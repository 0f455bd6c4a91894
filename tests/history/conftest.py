"""One rule for what needs LanceDB: skipped where it is not installed, but never in CI."""

import importlib.util
import os

import pytest

from snapdiff.history import Store

PRESENT = importlib.util.find_spec("lancedb") is not None


def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("lancedb") and not PRESENT and not os.environ.get("CI"):
            item.add_marker(pytest.mark.skip(reason="needs an extra: pip install 'snapdiff-leaks[history]'"))


@pytest.fixture
def place(tmp_path):
    """Where a history is, which is not made yet."""
    return str(tmp_path / "history")


@pytest.fixture
def store(place):
    """An empty history."""
    return Store(place)
