"""Where what is no object is born: by what is there before and after each event, and still there at the end."""

import ctypes
import gc
import os
import socket
import sys
import threading
import time

import pytest

from snapdiff.agent import born, outside, resources
from snapdiff.agent.owners import allocators
from snapdiff.agent.resources import stack_of

LINE_A, LINE_B = (("a.py", 1, "a"),), (("b.py", 2, "b"),)


class Meter:
    """A number that a test sets, and what a trace function would say of where it changed."""

    def __init__(self):
        self.value = 0

    def read(self):
        return self.value

    def change(self, memory, by, where):
        self.value += by
        memory.look(lambda: where)


@pytest.fixture
def meter():
    return Meter()


@pytest.fixture
def memory(meter):
    return born.Memory("malloc", meter.read)


def told(memory):
    return [(stack, calls, size) for _, _, stack, calls, size in memory.rows()]


def calls_of(memory, times, *changes):
    """Make some calls of (bytes, line) changes."""
    for _ in range(times):
        memory.begin()
        for meter, by, where in changes:
            meter.change(memory, by, where)
        memory.end()


def test_memory_that_stays_is_told_with_its_line_and_its_calls(memory, meter):
    calls_of(memory, 12, (meter, 32, LINE_A))
    assert [(LINE_A, 12, 384)] == told(memory)
    assert memory.seen


def test_memory_that_is_given_back_is_not_told(memory, meter):
    calls_of(memory, 12, (meter, 32, LINE_A), (meter, 64, LINE_B), (meter, -32, LINE_B))
    assert [(LINE_B, 12, 768)] == told(memory)


def test_memory_that_is_given_back_in_the_next_call_is_not_told(memory, meter):
    """A buffer that is replaced: the new one comes first, then the old one goes."""
    calls_of(memory, 12, (meter, 100, LINE_A), (meter, 48, LINE_B), (meter, -100, LINE_A))
    assert [(LINE_B, 12, 576)] == told(memory)[:1]
    assert not [row for row in told(memory) if row[0] == LINE_A]


def test_several_blocks_of_one_line_may_be_given_back_one_by_one(memory, meter):
    calls_of(memory, 12, (meter, 160, LINE_A), (meter, -96, LINE_B), (meter, -64, LINE_B))
    assert [] == told(memory)
    assert not memory.seen


def test_what_a_thread_without_a_place_gains_is_not_told(memory, meter):
    calls_of(memory, 12, (meter, 32, None))
    assert [] == told(memory)


# -- descriptors, threads ---------------------------------------------------------------------------------


def watch(name):
    things = born.Things(resources.kinds()[name])
    things.begin()
    return things


def at(stack):
    return lambda: stack


def test_a_descriptor_that_stays_open_is_told_with_the_line_that_opened_it_and_no_path(tmp_path):
    things = watch("fds")
    opened = []
    try:
        for _ in range(5):
            passing = os.open(os.devnull, os.O_RDONLY)
            things.look(at(LINE_B))
            opened.append(os.open(tmp_path / "customer-bob.csv", os.O_CREAT | os.O_RDWR))
            things.look(at(LINE_A))
            os.close(passing)
            things.look(at(LINE_B))
            things.end()
        lines, kinds = things.rows()
    finally:
        for descriptor in opened:
            os.close(descriptor)
    assert things.seen
    assert [["fds", "born", LINE_A, 5, 0]] == lines
    assert [["fds", "regular file", 5]] == kinds


def test_both_descriptors_of_a_pair_are_told_with_the_line_that_made_it():
    things = watch("fds")
    pair = socket.socketpair()
    things.look(at(LINE_A))
    things.end()
    lines, kinds = things.rows()
    for end in pair:
        end.close()
    assert ([["fds", "born", LINE_A, 2, 0]], [["fds", "socket", 2]]) == (lines, kinds)


def test_a_thread_is_told_by_the_line_of_who_started_it_and_where_it_waits():
    things = watch("threads")
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="customer 4711")
    thread.start()
    # The thread itself has not made itself.
    seen_by_itself = threading.Thread(target=things.look, args=(at(LINE_B),))
    seen_by_itself.start()
    seen_by_itself.join()
    while seen_by_itself.native_id in resources.native_threads():
        time.sleep(0.001)
    things.look(at(LINE_A))
    things.end()
    lines, kinds = things.rows()
    done.set()
    thread.join()
    assert [["threads", "born", LINE_A, 1, 0]] == [line for line in lines if line[1] == "born"]
    waits = [line[2][0][2].rpartition(".")[2] for line in lines if line[1] == "waits"]
    assert ["wait"] == waits
    assert [["threads", "customer #", 1]] == kinds


def test_names_that_are_no_plain_text_are_not_shown():
    assert ("worker #", "other") == (resources._shown("worker 12"), resources._shown("bob@example.org"))


def test_a_child_process_is_listed_until_somebody_waits_for_it():
    before = set(resources.children())
    process = os.posix_spawn("/bin/true", ["true"], {})
    assert process in resources.children()
    os.waitpid(process, 0)
    assert before == set(resources.children())


# -- readings ---------------------------------------------------------------------------------------------


@pytest.fixture
def libc():
    found = ctypes.CDLL(None)
    found.malloc.restype, found.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    found.free.argtypes = [ctypes.c_void_p]
    found.malloc_usable_size.restype, found.malloc_usable_size.argtypes = ctypes.c_size_t, [ctypes.c_void_p]
    return found


@pytest.mark.parametrize("size", [16, 200, 5000])
def test_a_block_of_malloc_is_seen_to_the_byte_also_when_it_comes_from_a_cache(libc, size):
    walker = pytest.importorskip("snapdiff.agent._walker")
    if walker.malloc_held() is None:
        pytest.skip("no glibc")
    # Of each size some wait in the thread's own cache, where mallinfo2 takes them for used.
    for block in [libc.malloc(size) for _ in range(5)]:
        libc.free(block)
    blocks, came, went = [], [], []
    for _ in range(12):
        before = walker.malloc_held()[0]
        blocks.append(libc.malloc(size))
        came.append(walker.malloc_held()[0] - before)
    # A chunk has its size before it, and may be larger than was asked for where the rest would be too small for one.
    taken = [libc.malloc_usable_size(block) + 8 for block in blocks]
    for block in blocks:
        before = walker.malloc_held()[0]
        libc.free(block)
        went.append(before - walker.malloc_held()[0])
    assert (taken, taken) == (came, went)


def test_what_is_read_around_calls_is_what_they_gained(libc):
    found = outside.Outside(allocators.load())
    found.reset()
    found.begin()
    block = libc.malloc(1_000_000)
    gained = found.end()
    if gained is None:
        pytest.skip("no glibc")
    assert 1_000_000 <= gained["malloc"] < 1_010_000
    between = libc.malloc(500_000)
    found.begin()
    libc.free(block)
    assert -10_000 < found.end()["malloc"] < 10_000
    libc.free(between)


def test_an_empty_function_gains_next_to_nothing_outside_the_heap(record):
    from snapdiff.recording import read

    tables = read(record("quiet.py:work")).tables
    control = {row["id"] for row in tables["checkpoints"].to_pylist() if row["series"] == "control"}
    gained = [abs(row["gained"]) for row in tables["outside"].to_pylist() if row["checkpoint"] in control]
    if not gained:
        pytest.skip("no glibc")
    assert max(gained) <= 2048


@pytest.mark.parametrize("frozen", [False, True])
def test_free_lists_are_emptied_before_a_reading_also_where_objects_are_frozen(frozen):
    """3.12 begins with frozen objects of its own: there each reading of a traced program was 770 bytes short."""
    gc.collect()
    before = gc.get_freeze_count()
    if frozen:
        gc.freeze()
    freed = [(float(number),) for number in range(2000)]
    count = gc.get_freeze_count()
    del freed
    blocks = sys.getallocatedblocks()
    outside._clear_free_lists()
    assert blocks - 1500 > sys.getallocatedblocks()
    assert count == gc.get_freeze_count()
    if frozen and not before:
        gc.unfreeze()


def test_a_stack_goes_on_to_the_program_however_deep_in_libraries_it_begins():
    """A query of LanceDB's allocated "in asyncio", eight frames of libraries away from who asked."""
    source = "def ask(deep, tell): return tell() if deep == 0 else ask(deep - 1, tell)"
    namespace = {}
    exec(compile(source, "/opt/site-packages/store.py", "exec"), namespace)

    def tell():
        return stack_of(sys._getframe(1), 1)

    def work(deep):
        return namespace["ask"](deep, tell)

    assert [11, 8] == [len(work(9)), len(work(3))]
    assert (__file__, "work") == (work(9)[-1][0], work(9)[-1][2].rpartition(".")[2])
    assert 40 == len(work(200))
