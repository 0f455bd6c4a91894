"""Coroutine tests, by pytest-asyncio and by anyio, and methods of a class."""

import asyncio

import pytest

pytestmark = pytest.mark.snapdiff(rounds=(1, 3, 20))


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.asyncio
@pytest.mark.snapdiff(rounds=(1, 3, 20), fixtures="fresh")
async def test_asyncio():
    await asyncio.sleep(0)


@pytest.mark.anyio
async def test_anyio():
    await asyncio.sleep(0)


class TestOfAClass:
    seen = 0

    @pytest.mark.asyncio
    @pytest.mark.parametrize("number", [7])
    async def test_method(self, number):
        await asyncio.sleep(0)
        TestOfAClass.seen += 1
        assert number == 7


def test_all_calls_were_made():
    # A plain call, 2 of rehearsal for nobody, 1, 3 and 20.
    assert TestOfAClass.seen >= 25
