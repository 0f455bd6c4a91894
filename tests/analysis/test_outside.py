"""What is no object as findings: domain, line, words; and one leak is one finding."""

from __future__ import annotations

import pytest

from snapdiff.analysis.suppressions import parse

ONE = (1, 10, 151, 302)
HANDLE = ("app/codec.py", 12, "encode")
OPEN = ("app/spool.py", 30, "Spool.open")
FILES = ("module app.spool:module", ".FILES:list")
START = ("app/pool.py", 7, "Pool.start")
LOCK = ("/usr/lib/threading.py", 327, "Condition.wait")


def held(per_round, before=10):
    """A count at each checkpoint."""
    values = [before]
    for gained in per_round:
        values.append(values[-1] + gained)
    return values


def leaks(analysis):
    return [finding for finding in analysis.findings if finding.verdict in ("leak", "slow-leak")]


@pytest.fixture
def losing(program):
    """32 bytes of malloc a call, lost at one line."""
    return program().gains_outside("malloc", 32).outside_line("malloc", HANDLE, ("bench.py", 3, "run"), size=384)


@pytest.fixture
def opening(program):
    """A descriptor a call, opened at one line."""
    found = program().owns("fds", *held(ONE), unit="count").outside_line("fds", OPEN, ("bench.py", 3, "run"))
    return found.outside_kind("fds", "socket").outside_kind("fds", "pipe", 2)


# -- what is told -----------------------------------------------------------------------------------------


def test_memory_that_no_object_explains_is_a_native_leak_with_its_line(losing):
    (found,) = leaks(losing.analysis())
    assert ("native", "bytes", 32.0) == (found.domain, found.unit, found.bytes_per_iteration)
    assert ("app/codec.py", 12) == (found.born_at[0].frame.file, found.born_at[0].frame.line)
    expected = (
        "Leak: the process gains 32 B per call outside the Python heap, allocated at app/codec.py:12 in encode; "
        "no Python object that grows accounts for it."
    )
    assert expected == found.sentence
    assert (32, 320, 4832, 9664) == found.growth


def test_what_readings_are_off_by_around_an_empty_function_is_taken_off(program):
    assert 32.0 == leaks(program().gains_outside("malloc", 32, control=4000).analysis())[0].bytes_per_iteration


def test_a_line_is_told_only_where_the_vote_is_clear(losing):
    other = ("app/codec.py", 40, "decode")
    assert () == leaks(losing.outside_line("malloc", other, size=300).analysis())[0].born_at


def test_descriptors_are_told_with_their_kinds_and_the_line_that_opens_them(opening):
    (found,) = leaks(opening.analysis())
    expected = "Leak: 1 file descriptor per call (socket, pipe) is left open, opened at app/spool.py:30 in Spool.open."
    assert ("fd", "descriptors", expected) == (found.domain, found.unit, found.sentence)
    assert ONE == found.growth


def test_kinds_beyond_the_first_three_are_counted(opening):
    for kind in ("eventpoll", "timerfd", "file"):
        opening.outside_kind("fds", kind, 1)
    (found,) = leaks(opening.analysis())
    assert "(socket, pipe, eventpoll and 2 more) is left open" in found.sentence
    assert ("socket", "pipe", "eventpoll", "file", "timerfd") == found.kinds


def test_a_thread_is_told_with_the_place_where_it_waits(program):
    found = program().owns("threads", *held(ONE, 1), unit="count").outside_line("threads", START)
    found.outside_line("threads", LOCK, ("app/pool.py", 20, "Pool.work"), what="waits").outside_kind(
        "threads", "Thread-#"
    )
    (leak,) = leaks(found.analysis())
    expected = (
        "Leak: 1 thread per call (Thread-#) never ends, started at app/pool.py:7 in Pool.start, "
        "waiting at app/pool.py:20 in Pool.work."
    )
    assert ("thread", expected) == (leak.domain, leak.sentence)


@pytest.mark.parametrize(
    ("owner", "domain", "words"),
    [
        ("children", "process", "1 child process per call is never waited for"),
        ("tasks", "task", "1 asyncio task per call never finishes"),
    ],
)
def test_children_and_tasks_have_a_domain_of_their_own(program, owner, domain, words):
    (found,) = leaks(program().owns(owner, *held(ONE, 0), unit="count").analysis())
    assert (domain, f"Leak: {words}.") == (found.domain, found.sentence)


def test_three_descriptors_a_call_are_many(program):
    (found,) = leaks(program().owns("fds", *held(3 * each for each in ONE), unit="count").analysis())
    assert "Leak: 3 file descriptors per call are left open." == found.sentence


def test_an_arrow_pool_that_grows_is_told_as_one(program):
    (found,) = leaks(program().owns("arrow.mimalloc", *held(4096 * each for each in ONE)).analysis())
    assert ("arrow", 4096.0) == (found.domain, found.bytes_per_iteration)


def test_an_arrow_pool_that_stands_still_is_not_told(program):
    assert [] == leaks(program().owns("arrow.mimalloc", 0, 9_000_000, 9_000_000, 9_000_000, 9_000_000).analysis())


def test_a_leak_of_what_is_no_object_can_be_suppressed_by_its_line_and_its_fingerprint(opening):
    finding = leaks(opening.analysis())[0]
    for pattern in ("app/spool.py:30", finding.fingerprint):
        analysis = opening.analysis(*parse([f"leak:{pattern}  # known"], "here"))
        assert ([], 1) == (leaks(analysis), len(analysis.suppressed))


def test_the_fingerprint_does_not_depend_on_the_line_number_or_the_rate(program):
    def fingerprint(line, times):
        found = program().owns("fds", *held(times * each for each in ONE), unit="count")
        return leaks(found.outside_line("fds", ("app/spool.py", line, "Spool.open")).analysis())[0].fingerprint

    assert fingerprint(30, 1) == fingerprint(31, 2)


# -- one leak, one finding --------------------------------------------------------------------------------


def test_bytes_that_growing_objects_account_for_are_no_second_finding(program, by_id):
    found = program().keeps(by_id, "bytes", *ONE, size=10_000).gains_outside("malloc", 10_016)
    assert ["python"] == [finding.domain for finding in leaks(found.analysis())]


def test_memory_lost_at_another_line_is_a_finding_beside_that_of_objects(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE, size=144).born("app.Item", ("app/cart.py", 41, "Cart.add"))
    found.gains_outside("malloc", 5144).outside_line("malloc", HANDLE, size=60_000)
    assert {"native": 5000.0, "python": 144.0} == {
        finding.domain: finding.bytes_per_iteration for finding in leaks(found.analysis())
    }


def test_memory_of_the_line_that_makes_the_objects_is_theirs(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE, size=144).born("app.Item", HANDLE)
    found.gains_outside("malloc", 5144).outside_line("malloc", HANDLE, size=60_000)
    (leak,) = leaks(found.analysis())
    assert ("native", 5144.0) == (leak.domain, leak.bytes_per_iteration)
    assert leak.container is not None


def test_memory_of_what_a_kept_generator_holds_is_told_with_the_generator(program, by_id):
    found = program().keeps(by_id, "generator", *ONE, size=144).born("generator", OPEN).born("_csv.reader", HANDLE)
    found.gains_outside("malloc", 5144).outside_line("malloc", READ, size=60_000)
    (leak,) = leaks(found.analysis())
    assert ("generator", 5144.0, OPEN[1]) == (leak.type, leak.bytes_per_iteration, leak.born_at[0].frame.line)


READ = ("app/codec.py", 14, "encode")


@pytest.fixture
def reading(program, by_id):
    """Objects of a type made at one line, and malloc's bytes taken at another: by default of the same function."""

    def make(kind, *frames, counts=ONE, size=5144):
        found = program().keeps(by_id, kind, *counts, size=144).born(kind, HANDLE, ("bench.py", 3, "run"))
        return found.gains_outside("malloc", size).outside_line("malloc", *(frames or (READ,)), size=60_000)

    return make


@pytest.mark.parametrize("kind", ["_csv.reader", "lxml.etree.iterparse"])
def test_memory_that_objects_made_in_c_take_in_the_function_that_makes_them_is_theirs(reading, kind):
    """A csv.reader gets its buffer when it is first read from: the headline was that no object accounts for it."""
    (leak,) = leaks(reading(kind).analysis())
    expected = (
        f"Leak: `module app → Cart.by_id` gains 1 `{kind}` per call (5.0 KiB), born at app/codec.py:12 in encode."
    )
    assert ("native", 5144.0, expected) == (leak.domain, leak.bytes_per_iteration, leak.sentence)
    beside = (
        "with it: 4.9 KiB per call of native memory, allocated at app/codec.py:14 in encode, where kept objects are "
        "made; probably theirs"
    )
    assert beside in leak.reasons


@pytest.mark.parametrize("kind", ["app.Item", "dict", "str"])
def test_memory_lost_in_the_function_that_makes_objects_of_python_s_own_or_the_program_s_is_a_leak_beside_them(
    reading, kind
):
    assert ["native", "python"] == [finding.domain for finding in leaks(reading(kind).analysis())]


def test_memory_lost_in_a_function_that_makes_nothing_is_a_leak_beside(reading):
    found = reading("_csv.reader", ("app/codec.py", 40, "decode")).analysis()
    assert ["native", "python"] == [finding.domain for finding in leaks(found)]


def test_memory_that_a_constructor_takes_is_of_what_it_makes(reading):
    (leak,) = leaks(reading("app.Handle", ("app/handles.py", 5, "Handle.__init__"), HANDLE).analysis())
    assert ("app.Handle", 5144.0, HANDLE[1]) == (leak.type, leak.bytes_per_iteration, leak.born_at[0].frame.line)


def test_memory_that_grows_out_of_proportion_to_the_objects_made_there_is_a_leak_beside_them(reading):
    # 1.3 objects a call, and then 2.5.
    found = reading("_csv.reader", counts=(2, 15, 200, 755)).analysis()
    assert ["native", "python"] == [finding.domain for finding in leaks(found)]


def test_memory_without_a_line_is_that_of_the_objects_that_grow(program, by_id):
    found = program().keeps(by_id, "app.Item", *ONE, size=144).born("app.Item", HANDLE).gains_outside("malloc", 5144)
    assert ["native"] == [finding.domain for finding in leaks(found.analysis())]


def test_objects_of_an_extension_have_the_memory_that_was_made_elsewhere(program, by_id):
    found = program().keeps(by_id, "pyarrow.lib.Table", *ONE, size=64).born("pyarrow.lib.Table", OPEN)
    found.owns("arrow.mimalloc", *held(65_536 * each for each in ONE)).outside_line(
        "arrow.mimalloc", HANDLE, size=900_000
    )
    (leak,) = leaks(found.analysis())
    assert ("arrow", 65_600.0, HANDLE[0]) == (leak.domain, leak.bytes_per_iteration, leak.born_at[0].frame.file)
    assert leak.sentence.endswith("(64.1 KiB), its memory allocated at app/codec.py:12 in encode.")


def test_one_holder_has_memory_of_two_sorts(program, by_id):
    """Answers that a list kept held memory of Arrow and, made at another line, of malloc: a second leak was told."""
    found = program().keeps(by_id, "pyarrow.lib.Table", *ONE, size=64).born("pyarrow.lib.Table", OPEN)
    found.owns("arrow.mimalloc", *held(704 * each for each in ONE)).outside_line("arrow.mimalloc", OPEN, size=9000)
    found.gains_outside("malloc", 35_000).outside_line("malloc", HANDLE, size=900_000)
    (leak,) = leaks(found.analysis())
    assert 64 + 704 < leak.bytes_per_iteration
    assert leak.container is not None


def test_a_file_that_a_list_keeps_is_one_leak_with_its_holder(opening):
    opening.keeps(FILES, "_io.FileIO", *ONE, size=200, edge="[*]").born("_io.FileIO", OPEN)
    (found,) = leaks(opening.analysis())
    assert ("fd", "_io.FileIO", "descriptors") == (found.domain, found.type, found.unit)
    assert found.container is not None
    assert found.sentence.endswith(f"held by `{found.container.path}`.")


def test_a_list_that_grows_at_another_line_is_another_leak_than_descriptors(opening, by_id):
    opening.keeps(by_id, "app.Item", *ONE, size=144).born("app.Item", ("app/cart.py", 41, "Cart.add"))
    assert {"fd", "python"} == {finding.domain for finding in leaks(opening.analysis())}


def test_a_list_that_grows_at_that_line_at_another_rate_is_another_leak_than_descriptors(opening, by_id):
    rates = (3, 20, 227, 453)
    opening.keeps(by_id, "app.Item", *rates, size=144).born("app.Item", OPEN)
    assert {"fd", "python"} == {finding.domain for finding in leaks(opening.analysis())}


def test_pipes_that_come_with_child_processes_are_told_with_them(opening):
    opening.owns("children", *held(ONE, 0), unit="count").outside_line("children", OPEN)
    (found,) = leaks(opening.analysis())
    assert "process" == found.domain
    assert "with it: 1 file descriptor per call (socket, pipe)" in found.reasons


def test_threads_explain_their_stacks(program):
    found = program().owns("threads", *held(ONE, 1), unit="count").outside_line("threads", START)
    found.gains_outside("mapped", 8_392_704).outside_line("mapped", START, size=90_000_000)
    assert ["thread"] == [finding.domain for finding in leaks(found.analysis())]


def test_a_run_whose_threads_leak_is_not_doubted_because_of_its_threads(program):
    found = program().owns("threads", *held(ONE, 1), unit="count").checkpoints(python_threads=(1, 2, 12, 163, 465))
    assert [] == [row for row in found.analysis().audit if row.name == "threads" and not row.passed]


# -- what is not ------------------------------------------------------------------------------------------


def test_nothing_is_told_of_an_old_recording(program):
    assert () == program().analysis().findings


def test_a_pool_of_descriptors_that_fills_is_no_leak(program):
    found = program().owns("fds", *held((1, 10, 53, 0)), unit="count").analysis()
    expected = "Not a leak: the number of file descriptors grew and then stopped growing or nearly so."
    assert ("saturating", expected) == (found.findings[0].verdict, found.findings[0].sentence)


def test_a_pool_of_threads_that_fills_is_not_told_since_runtimes_of_libraries_do_so(program):
    assert () == program().owns("threads", *held((1, 10, 53, 0), 1), unit="count").analysis().findings


def test_a_control_that_opens_descriptors_too_withdraws_them(program):
    found = program().owns("fds", *held(ONE), unit="count", control=(10, 11, 21, 172))
    assert ["inconclusive"] == [finding.verdict for finding in found.analysis().findings]


# -- what is only kept ------------------------------------------------------------------------------------

MIB = 1024 * 1024
POOL = "release_unused() of Arrow's mimalloc pool"


def test_memory_that_a_pool_keeps_and_gives_back_when_asked_is_no_leak_and_says_how(program):
    found = program().owns("resident", *(size * MIB for size in (100, 140, 150, 152, 152)))
    found.owns("mimalloc.resident", *(size * MIB for size in (10, 40, 55, 60, 60)))
    found.owns("arrow.mimalloc", *(size * MIB for size in (4, 5, 10, 12, 12)))
    analysis = found.gave_back("gc.collect()", 152 * MIB, 152 * MIB).gave_back(POOL, 152 * MIB, 108 * MIB).analysis()
    assert (
        "Not a leak: Arrow's memory pool keeps 42.0 MiB that the calls have freed; "
        "`pyarrow.default_memory_pool().release_unused()` gives them back."
    ) == analysis.findings[0].sentence
    assert (29 * MIB, 10 * MIB, 3 * MIB, 0) == analysis.findings[0].growth
    assert ("saturating", "arrow") == (analysis.verdict, analysis.findings[0].domain)
    assert "Clean: nothing grows with the calls (464 calls); Arrow's memory pool keeps 42.0 MiB" in analysis.sentence


@pytest.mark.parametrize("after", [115, 149])
def test_what_came_back_is_told_where_it_is_most_of_what_the_calls_made_resident(program, after):
    found = program().owns("resident", *(size * MIB for size in (100, 140, 150, 152, 152)))
    found.owns("malloc.free", *(size * MIB for size in (2, 40, 45, 47, 47)))
    told = found.gave_back("malloc_trim(0)", 152 * MIB, after * MIB).analysis().findings
    assert (after == 115) == bool(told)


def test_what_malloc_kept_before_the_calls_is_not_told_as_theirs(program):
    found = program().owns("resident", *(size * MIB for size in (100, 140, 150, 152, 152)))
    found.owns("malloc.free", *(size * MIB for size in (40, 41, 42, 43, 44)))
    assert () == found.gave_back("malloc_trim(0)", 152 * MIB, 110 * MIB).analysis().findings


def test_memory_that_was_there_before_the_calls_is_not_told_as_kept(program):
    found = program().owns("resident", *(size * MIB for size in (200, 201, 201, 201, 201)))
    found.owns("malloc.free", *(size * MIB for size in (90, 90, 90, 90, 90)))
    assert () == found.gave_back("malloc_trim(0)", 201 * MIB, 120 * MIB).analysis().findings


def test_a_tensor_that_becomes_longer_is_told_as_what_it_is(program):
    found = program().owns("torch.cpu", *[sum((1, 10, 151, 302)[:at]) * 4096 for at in range(5)]).analysis()
    (leak,) = found.findings
    assert ("native", "bytes", (4096, 40_960, 618_496, 1_236_992)) == (leak.domain, leak.unit, leak.growth)
    assert "Leak: memory of torch tensors on the CPU gains 4.0 KiB per call outside the Python heap." == found.sentence
    assert "counted: memory of torch tensors on the CPU" == leak.reasons[0]


def test_kept_tensors_and_their_memory_are_one_cause(program, by_id):
    found = program().keeps(by_id, "torch.Tensor", 1, 10, 151, 302, size=80)
    found.owns("torch.cpu", *[sum((1, 10, 151, 302)[:at]) * 4096 for at in range(5)])
    (leak,) = found.analysis().findings
    assert ("torch.Tensor", 4096 + 80) == (leak.type, round(leak.bytes_per_iteration))


def test_one_object_that_gets_longer_has_its_memory_outside_the_heap_in_its_rounds_too(program):
    """The headline of a table that each call made longer had 136 B a call, its rounds 8."""
    array = ("module app:module", ".table:lib.Table", ".values:lib.Array")
    found = program().path(*array, objects=(1, 0, 0, 0), sizes=(8, 80, 1208, 2416)).looked_at(*array)
    found.owns("arrow.mimalloc", *held(128 * each for each in ONE)).outside_line("arrow.mimalloc", HANDLE, size=900)
    (leak,) = leaks(found.analysis())
    expected = (
        "Leak: `module app → table.values` gains 136 B per call in one `lib.Array` and outside the Python heap, its "
        "memory allocated at app/codec.py:12 in encode."
    )
    assert (expected, tuple(136 * each for each in ONE)) == (leak.sentence, leak.growth)
    assert ((0, 0), (1, 136), (11, 1496), (162, 22_032), (464, 63_104)) == leak.curve


def test_tensors_whose_memory_stands_still_are_no_finding(program):
    assert () == program().owns("torch.cpu", 264_196, 528_392, 528_392, 528_392, 528_392).analysis().findings
