"""Tests without a mark, for `pytest --snapdiff`."""

import pytest

kept = []


@pytest.fixture
def cart():
    return []


@pytest.fixture(scope="module")
def shop():
    return {"prices": {}}


def test_fills_its_cart(cart):
    cart.append(object())
    assert len(cart) == 1


def test_asks_for_a_price(shop):
    shop["prices"]["apple"] = 3


def test_leaks():
    kept.append({"a": object()})


def test_cannot_be_repeated():
    assert "done" not in vars(test_cannot_be_repeated)
    test_cannot_be_repeated.done = True


@pytest.mark.snapdiff(skip="it keeps on purpose")
def test_is_left_out():
    kept.append(bytearray(10))
