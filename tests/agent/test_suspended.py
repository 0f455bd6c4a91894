"""Where a suspended coroutine or generator waits: in the innermost frame, found without running the program's code."""

import asyncio
import types

import pytest

from snapdiff.agent import resources, suspended


@types.coroutine
def switch():
    yield "waits"


async def inner():
    await switch()


async def outer():
    await inner()


async def stream():
    await inner()
    yield 1


async def reads_stream():
    async for _ in stream():
        pass


async def asks_for_the_next():
    await anext(stream(), None)


async def through_an_await_method():
    await Handle()


async def waits_for_a_stranger():
    await Stranger()


def leaves():
    yield 1


def delegates():
    yield from leaves()


class Handle:
    """Waits for a coroutine, as handles of tasks do."""

    def __await__(self):
        return inner().__await__()


class Watchful(type):
    """A metaclass that must never be asked."""

    def __eq__(cls, other):
        raise AssertionError("asked for equality")

    def __hash__(cls):
        raise AssertionError("asked for a hash")

    @property
    def __flags__(cls):
        raise AssertionError("asked for flags")


class Stranger(metaclass=Watchful):
    """An awaitable that looks like a coroutine and must not be touched."""

    cr_await = cr_frame = gi_frame = gi_yieldfrom = property(lambda self: pytest.fail("a property was read"))

    def __await__(self):
        return self

    def __next__(self):
        return None

    def __iter__(self):
        return self

    def close(self):
        """End."""


def waiting(start):
    """Run it to its first wait; return the names of the frames that it waits in, the innermost first."""
    started = start()
    step = getattr(started, "send", None) or started.asend
    found = step(None)
    try:
        if isinstance(started, types.AsyncGeneratorType):
            found.send(None)
        return [frame.f_code.co_name for frame in suspended.frames(started)]
    finally:
        if isinstance(started, types.AsyncGeneratorType):
            found.close()
        else:
            started.close()


def test_the_innermost_frame_of_a_coroutine_comes_first():
    assert ["switch", "inner", "outer"] == waiting(outer)


def test_a_generator_is_followed_through_what_it_delegates_to():
    assert ["leaves", "delegates"] == waiting(delegates)


def test_an_asynchronous_generator_that_waits_is_followed():
    assert ["switch", "inner", "stream"] == waiting(stream)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (reads_stream, ["switch", "inner", "stream", "reads_stream"]),
        (asks_for_the_next, ["switch", "inner", "stream", "asks_for_the_next"]),
        (through_an_await_method, ["switch", "inner", "through_an_await_method"]),
    ],
)
def test_what_python_puts_between_two_of_them_is_seen_through(start, expected):
    assert expected == waiting(start)


def test_an_awaitable_of_the_programs_own_is_not_looked_into():
    assert ["waits_for_a_stranger"] == waiting(waits_for_a_stranger)


def test_what_has_ended_and_what_is_none_of_it_wait_nowhere():
    ended = leaves()
    list(ended)
    assert ([], [], []) == (suspended.frames(ended), suspended.frames(None), suspended.frames(Stranger()))


def test_a_recursion_of_waits_is_followed_for_a_while():
    async def deeper(levels):
        if levels:
            await deeper(levels - 1)
        else:
            await switch()

    assert ["deeper"] * suspended._DEEPEST == waiting(lambda: deeper(suspended._DEEPEST + 50))


async def listen(queue):
    await queue.get()


async def client(queue):
    while True:
        await listen(queue)


async def as_a_library_does(work):
    await work


def test_a_task_is_called_by_the_programs_own_and_waits_at_its_innermost_line(monkeypatch):
    """A library's wrapper says nothing of which of the program's coroutines it is, nor of where that waits."""
    wrapper = as_a_library_does.__code__.replace(co_filename="/venv/lib/site-packages/wraps.py")
    monkeypatch.setattr(as_a_library_does, "__code__", wrapper)
    things = resources.kinds()["tasks"]

    async def look():
        before = set(things.present())
        task = asyncio.get_running_loop().create_task(as_a_library_does(client(asyncio.Queue())))
        await asyncio.sleep(0)
        described = resources.describe(things, set(things.present()) - before)
        task.cancel()
        return described

    names, waits = asyncio.run(look())
    (stack,) = waits
    functions = [function.rpartition(".")[2] for _, _, function in stack]
    assert ({"client": 1}, ["get", "listen", "client", "as_a_library_does"]) == (names, functions)
    assert [False, True, True] == [file == __file__ for file, _, _ in stack[:3]]
    assert {1} == set(waits.values())


def test_a_recording_names_kept_generators_and_the_line_at_which_they_wait(measure, programs):
    finding = measure("cursors.py:keep")["findings"][0]
    source = (programs / "cursors.py").read_text(encoding="utf-8").splitlines()
    (waits,) = finding["waits_at"]
    assert ("generator", True) == (finding["type"], "cursors.Reader" in finding["other_types"])
    assert ("cursors.py", "lines") == (waits["file"], waits["function"])
    assert "# waits" in source[waits["line"] - 1]
    assert ["rows"] == [caller["function"] for caller in waits["callers"]]
