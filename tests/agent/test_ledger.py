"""What is in use is found again in the ledger, under the owner that holds it."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import platform
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from snapdiff.agent import allocators, libraries, mappings
from snapdiff.agent.giving_back import give_back
from snapdiff.agent.owners import HighWater
from snapdiff.agent.probes import Probes
from snapdiff.agent.resources import unfinished_tasks

MIB = 1024 * 1024
PROGRAM = "owners_of_memory.py"

#: MiB that `everything` in that program takes, by part. A small list of one number takes 112 bytes in three blocks of
#: pymalloc's, and a pointer in a large list.
TAKEN = {
    "python.large": 64 + 1,
    "native": 40 + 24 + 4,
    "malloc.kept": 48,
    "shared": 16,
    "stacks": 16,
    "unexplained": 32,
}
SMALL_OBJECTS = 100_000 * 112 / MIB

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="owners are asked on Linux only")


@pytest.fixture
def taken(measure):
    """Return how many MiB more a program holds that takes some of every kind than one that takes nothing, by part."""

    def run(**options):
        found = []
        for setup in (None, "everything"):
            report = measure(f"{PROGRAM}:nothing", rounds=(1, 2), setup=setup, **options)
            rows = {row["owner"]: row for row in report["ledger"]}
            for at, total in enumerate(rows["resident"]["bytes"]):
                assert total == sum(row["bytes"][at] for row in rows.values() if row["kind"] == "part")
            assert (0, True) == (report["control"]["objects"], report["control"]["ran"])
            # What was not traced is not known, and not nothing.
            assert (options.get("trace") == "rounds") == (report["domains"] is not None)
            found.append({owner: row["bytes"][-1] / MIB for owner, row in rows.items()})
        without, having = found
        return {owner: having[owner] - without.get(owner, 0) for owner in having}

    return run


def assert_found_again(found, chunks_are_found=True):
    differences = {owner: found.get(owner, 0) - size for owner, size in TAKEN.items()}
    if not chunks_are_found:
        # How much of the chunks is resident is then not known: 512 MiB of them were never touched.
        assert found["chunks"] >= 40 + 32 - 4
        for owner in ("native", "unexplained"):
            differences.pop(owner)
    assert {} == {owner: off for owner, off in differences.items() if abs(off) > 4}
    assert found["python.small"] == pytest.approx(SMALL_OBJECTS, abs=1)
    assert found["sqlite"] == pytest.approx(4, abs=1)


#: There the guard of a stack is no mapping of its own, and malloc counts what it has mapped in another way.
_later_glibc = pytest.mark.skipif(
    tuple(map(int, platform.libc_ver()[1].split(".")[:2] or (0,))) >= (2, 42), reason="of glibc before 2.42"
)


@_later_glibc
def test_memory_of_every_kind_is_found_under_its_owner(taken):
    assert_found_again(taken())


@_later_glibc
def test_memory_of_every_kind_is_found_under_its_owner_while_everything_is_traced(taken):
    assert_found_again(taken(trace="rounds"))


def test_an_interpreter_without_the_walker_asks_through_ctypes(taken, interpreters):
    if "3.9" not in interpreters:
        pytest.skip("Python 3.9 is not installed here")
    assert_found_again(taken(python=interpreters["3.9"]), chunks_are_found=False)


@pytest.mark.skipif(importlib.util.find_spec("numpy") is None, reason="numpy is not installed here")
@pytest.mark.parametrize("snapshots", ["child", "python"])
def test_what_numpy_allocates_is_told_from_what_python_does(measure, snapshots):
    report = measure("arrays.py:own", rounds=(1, 2, 3), trace="rounds", snapshots=snapshots)
    found = {domain["number"]: domain for domain in report["domains"]}
    assert {0, 389047} == found.keys()
    assert "NumPy’s array data" == found[389047]["name"]
    # Three numbers of eight bytes a call; the last round is confirming.
    calls = [0, 1, 3, 6, 12]
    assert calls == found[389047]["blocks"][: len(calls)]
    assert [24 * number for number in calls] == found[389047]["bytes"][: len(calls)]
    assert (0, 0) == (report["control"]["objects"], report["control"]["blocks"])


# -- what comes and goes ----------------------------------------------------------------------------------


def test_a_call_that_takes_memory_and_gives_it_back_is_shown_in_its_round(measure):
    report = measure(f"{PROGRAM}:takes_and_gives_back", rounds=(1, 2))
    first, second = report["peaks"]
    assert first["exact"]
    # The kernel counts the pages of each processor apart, and adds them up now and then.
    assert first["peak"] - max(first["before"], first["after"]) >= 255 * MIB
    # The kernel's mark may rise no more: then only samples can tell of the second round, and it is not called exact.
    assert second["peak"] >= 255 * MIB or not second["exact"]


def test_what_malloc_has_kept_comes_back_when_asked(measure):
    steps = measure(f"{PROGRAM}:nothing", rounds=(1, 2), setup="freed")["given_back"]
    assert ["gc.collect()", "malloc_trim(0)"] == [step["action"] for step in steps]
    assert steps[-1]["before"] - steps[-1]["after"] >= 40 * MIB


def test_a_step_that_fails_gives_nothing_back_and_the_others_are_tried(monkeypatch):
    class Pool:
        def release_unused(self):
            raise RuntimeError

    monkeypatch.setattr(libraries, "arrow_pools", lambda: iter([("broken", Pool())]))
    actions = [step[0] for step in give_back(allocators.load())]
    assert ["gc.collect()", "release_unused() of Arrow's broken pool", "malloc_trim(0)"] == actions


def test_a_mark_that_has_not_risen_says_nothing():
    mark = HighWater()
    mark.start()
    mark.stop()
    assert mark.take() is None
    mark._mark = 0
    mark.stop()
    assert mark.take() > MIB
    assert mark.take() is None


# -- allocators -------------------------------------------------------------------------------------------


def test_both_ways_to_ask_the_allocators_say_the_same():
    native, other = allocators.load(), allocators.ThroughCtypes()
    assert not isinstance(native, allocators.ThroughCtypes)
    expected, actual = (allocators.pymalloc(each.pymalloc_text()) for each in (native, other))
    assert expected[0] == actual[0]
    assert expected[1] == pytest.approx(actual[1], rel=0.01)
    for one, another in zip(native.malloc_state(), other.malloc_state(), strict=True):
        assert one == pytest.approx(another, rel=0.05, abs=MIB)


@pytest.mark.parametrize(
    "text",
    [b"", b"nonsense", b"3 arenas * 1048576 bytes/arena = 3,145,728", b"# bytes in allocated blocks = x", b"= 5"],
)
def test_what_pymalloc_does_not_say_is_not_known(text):
    assert allocators.pymalloc(text) is None


def test_chunks_that_are_not_all_found_are_not_known():
    native = allocators.load()
    found = mappings.divide(mappings.read(), mappings.stack_pointers())
    _, _, size, chunks = native.malloc_state()
    assert native.mapped_chunks(found.anonymous, chunks + 1, size) is None
    assert native.mapped_chunks([], chunks + 1, size) is None
    assert 0 == native.mapped_chunks(found.anonymous, 0, 0)


def test_a_library_that_is_not_loaded_is_not_loaded_by_asking():
    for way in (allocators.load(), allocators.ThroughCtypes()):
        assert way.ask_library("libnobody-has-this.so", "anything", 0) is None
        assert way.ask_library("libc.so.6", "no_such_function", 0) is None


# -- mappings ---------------------------------------------------------------------------------------------

HEAP = 64 * MIB


def smaps(*rows):
    """The text of smaps: (start, size, access, name, resident KiB)."""
    return "".join(
        f"{start:x}-{start + size:x} {access} 0000 00:00 0 {name:>30}\nSize: 4 kB\nRss: {resident:8} kB\nVmFlags: rd\n"
        for start, size, access, name, resident in rows
    ).encode()


def test_every_resident_page_is_in_one_kind_of_mapping():
    base = 0x7F0000000000
    text = smaps(
        (0x5000000, MIB, "r-xp", "/usr/bin/python3.11", 100),
        (0x9000000, MIB, "rw-p", "[heap]", 200),
        (4 << 40, 1024 * MIB, "rw-p", "", 300),
        (base, MIB, "rw-p", "", 400),
        (base + MIB, HEAP - MIB, "---p", "", 0),
        (base + 2 * HEAP, MIB, "rw-p", "", 500),
        (base + 3 * HEAP, 4096, "---p", "", 0),
        (base + 3 * HEAP + 4096, 8 * MIB, "rw-p", "", 600),
        (base + 4 * HEAP, 4096, "---p", "", 0),
        (base + 4 * HEAP + 4096, 8 * MIB, "rw-p", "", 700),
        (base + 5 * HEAP, MIB, "rw-s", "/memfd:x (deleted)", 800),
        (base + 6 * HEAP, MIB, "rw-p", "[stack]", 900),
        (base + 7 * HEAP, MIB, "r--p", "[vvar]", 1000),
    )
    words = {base: base + 0x30}
    found = mappings.divide(text, [base + 3 * HEAP + 8 * MIB], lambda address: words.get(address, 0))
    assert {
        "resident": 5500, "files": 100, "shared": 800, "stacks": 600 + 700 + 900, "malloc": 200 + 400, "mimalloc": 300,
    } == {name: size // 1024 for name, size in vars(found).items() if name != "anonymous"}  # fmt: skip
    # What is aligned like a heap and is none.
    assert [base + 2 * HEAP, base + 2 * HEAP + MIB] == found.anonymous


def test_heaps_of_one_arena_may_be_one_mapping():
    base = 0x7F0000000000
    text = smaps((base, 2 * HEAP + MIB, "rw-p", "", 1000))
    arena = base + 0x30
    full = {base: arena, base + HEAP: arena, base + 2 * HEAP: arena}
    assert 1000 * 1024 == mappings.divide(text, [], lambda address: full.get(address, 0)).malloc
    full[base + HEAP] = 12345
    assert 0 == mappings.divide(text, [], lambda address: full.get(address, 0)).malloc


def test_memory_that_cannot_be_read_is_no_heap():
    assert 0 == mappings.word_at(0)
    assert 0 == mappings.word_at(2**64)


# -- tasks and probes -------------------------------------------------------------------------------------


def test_tasks_that_are_not_done_are_counted():
    async def run():
        waiting = [asyncio.create_task(asyncio.sleep(60)) for _ in range(3)]
        await asyncio.create_task(asyncio.sleep(0))
        found = len(unfinished_tasks() or ())
        for task in waiting:
            task.cancel()
        return found

    # Another loop may run in this thread already: a browser's, of other tests.
    before = len(unfinished_tasks() or ())
    with ThreadPoolExecutor(1) as pool:
        assert 3 + 1 == pool.submit(asyncio.run, run()).result() - before


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Install a package of one module, with probes, for this process and those that it starts."""

    def install(name, source, probes):
        (tmp_path / f"{name}.py").write_text(source)
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        lines = "".join(f"{probe} = {place}\n" for probe, place in probes.items())
        (info / "entry_points.txt").write_text(
            f"[console_scripts]\nx = y:z\n\n[snapdiff.probes]\n{lines}\n[other]\na = b:c\n"
        )
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return install


PROBES = """
import threading
def tiles(): return 12345
def fails(): raise KeyError("secret")
def words(): return "many"
def negative(): return -1
def yes(): return True
class Store:
    def size(): return 7
"""


def test_probes_of_loaded_modules_are_asked_and_the_others_are_not_imported(installed):
    installed("probed_module", PROBES, {"tiles": "probed_module:tiles", "inner": "probed_module:Store.size [extra]"})
    assert [] == list(Probes().read())
    assert "probed_module" not in sys.modules
    __import__("probed_module")
    try:
        expected = [("probe.tiles", 12345, "probed_module:tiles"), ("probe.inner", 7, "probed_module:Store.size")]
        assert expected == list(Probes().read())
    finally:
        del sys.modules["probed_module"]


def test_a_probe_that_raises_or_talks_nonsense_is_noted_once_and_dropped(installed):
    names = ("fails", "words", "negative", "yes", "absent")
    installed("probed_badly", PROBES, {name: f"probed_badly:{name}" for name in names})
    __import__("probed_badly")
    try:
        probes = Probes()
        assert [] == list(probes.read()) + list(probes.read())
    finally:
        del sys.modules["probed_badly"]
    notes = probes.take_notes()
    assert [] == probes.take_notes()
    assert len(names) == len(notes)
    assert "The probe fails (probed_badly:fails) raised KeyError and was not asked again." == notes[0]
    assert all("returned no number of bytes" in note for note in notes[1:4])
    assert "secret" not in "".join(notes)


def test_a_recording_has_what_probes_say_and_the_notes_on_those_that_failed(installed, measure, tmp_path):
    source = PROBES + "def work(): pass\n"
    installed("probed_program", source, {"tiles": "probed_program:tiles", "fails": "probed_program:fails"})
    report = measure("probed_program:work", rounds=(1, 2), cwd=tmp_path)
    (row,) = [row for row in report["ledger"] if row["owner"] == "probe.tiles"]
    assert ([12345] * 3, "within", "probed_program:tiles") == (row["bytes"], row["kind"], row["source"])
    assert [True] == ["The probe fails" in note for note in report["notes"]]
    assert (0, True) == (report["control"]["objects"], os.path.exists(tmp_path))
