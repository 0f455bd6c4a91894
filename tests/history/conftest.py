"""Histories in folders of their own."""

import pytest

from snapdiff.history import Store


@pytest.fixture
def place(tmp_path):
    """Where a history is, which is not made yet."""
    return str(tmp_path / "history")


@pytest.fixture
def store(place):
    """An empty history."""
    return Store(place)
