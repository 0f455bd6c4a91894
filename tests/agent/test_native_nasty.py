"""The native walker on heaps that a walk could stumble over: no crash, and the same answer as the walk in Python."""

import importlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parents[1] / "programs"
PATIENCE = 180
COMPARE = PROGRAMS.parent / "agent" / "compare_walks.py"
NASTY = PROGRAMS / "nasty_heap.py"
SUBINTERPRETERS = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
IMPORT = """
try:
    import snapdiff.agent._walker
except ImportError as error:
    print("refused:", error, flush=True)
else:
    print("imported", flush=True)
"""


@pytest.fixture(autouse=True, scope="module")
def walker():
    try:
        return importlib.import_module("snapdiff.agent._walker")
    except ImportError as error:
        pytest.skip(f"the native walker is not built here: {error}")


def run(*arguments, path=None, preload=None):
    command = [sys.executable, "-X", "faulthandler", "-W", "ignore", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE, cwd=path,
                          env={**os.environ, "LD_PRELOAD": str(preload)} if preload else None)  # fmt: skip
    assert (0, "") == (done.returncode, done.stderr[-3000:] if done.returncode else "")
    return done.stdout


def compare(program, *functions):
    found = json.loads(run(COMPARE, program, *functions).splitlines()[-1])
    assert found["paths"] > 1000
    return found


@pytest.mark.parametrize(
    "function",
    [
        "collections_and_numbers",
        "attributes",
        "same_hash",
        "classes",
        "code",
        "contexts",
        "colliding",
        "libraries",
        "modules",
        "half_made",
    ],
)
def test_objects_of_every_sort_are_walked_as_in_python(function):
    assert [] == compare(NASTY, function)["shown"]


def test_arrays_of_objects_are_walked_as_in_python():
    pytest.importorskip("numpy")
    assert [] == compare(NASTY, "arrays")["shown"]


def test_a_frozen_heap_and_untracked_containers_are_walked_as_in_python():
    assert [] == compare(NASTY, "untracked", "freeze")["shown"]


FROZEN = """
import gc
from snapdiff.agent import nativewalk
from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state

kept = [[str(number), {"number": [number + 1000]}, (number + 0.5, [])] for number in range(20_000)]
taken, found = nativewalk.load(Book()), []
for freeze in (int, gc.freeze):
    gc.collect()
    freeze()
    found.append(taken.measure(own_state([taken, found]), [], deep=True, paths=True))
    print(found[-1]["references"], found[-1]["types"]["list"][0])
"""


def test_a_frozen_heap_is_gone_over_once():
    """3.12 begins with frozen objects of its own: there the census used to go over all that the paths had counted."""
    before, after = (tuple(map(int, line.split())) for line in run("-c", FROZEN).splitlines())
    assert after[0] < 1.2 * before[0]
    assert 60_000 <= after[1]


def test_deep_nesting_needs_no_stack():
    assert [] == compare(NASTY, "deeper", "nest")["shown"]


def test_a_class_in_the_place_of_a_library_type_is_not_taken_for_it():
    assert [] == compare(NASTY, "fake_arrays", "replace_libraries")["shown"]


def build(name, folder):
    if shutil.which("gcc") is None:
        pytest.skip(f"there is no gcc to build {name}.c with")
    source, library = PROGRAMS / f"{name}.c", folder / f"{name}.so"
    command = ["gcc", "-w", "-shared", "-fPIC", f"-I{sysconfig.get_path('include')}", str(source), "-o", str(library)]
    built = subprocess.run([*command, "-lpthread"], capture_output=True, text=True, check=False, timeout=PATIENCE)
    if built.returncode:
        pytest.skip(f"{name}.c cannot be built: {built.stderr[:200]}")
    return library


@pytest.fixture(scope="module")
def broken_heap(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    shutil.copy(PROGRAMS / "broken_heap.py", folder)
    build("broken_types", folder)
    return folder / "broken_heap.py"


def test_types_with_a_broken_or_missing_traversal_are_named_by_path_as_in_python(broken_heap):
    shown = compare(broken_heap, "keep")["shown"]
    assert [] == [row for row in shown if row[0] != "type"]
    # What a type keeps from the collector is found by the attribute's name: the census in Python never meets it.
    assert [] == [row for row in shown if row[2][0] > row[3][0]]


def test_walks_in_place_and_in_children_survive_threads_that_never_pause():
    found = json.loads(run(PROGRAMS / "busy_threads.py", 50))
    assert {"in_place": 50, "in_children": 50, "threads": 4} == found


@pytest.mark.skipif(sys.platform != "linux", reason="the tables of traces are read on Linux")
@pytest.mark.parametrize("way", ["child", "in-place"])
def test_traces_are_read_while_threads_free_traced_memory_without_the_lock(way, tmp_path):
    found = json.loads(run(PROGRAMS / "raw_threads.py", way, build("raw_threads", tmp_path), 15))
    assert {"kept": 1_000, "traced": 15, "way": way.replace("-", " "), "note": None} == found


@pytest.mark.skipif(sys.platform != "linux", reason="the tables of traces are read on Linux")
def test_a_child_is_made_while_nobody_can_change_the_tables_of_traces(tmp_path):
    found = json.loads(run(PROGRAMS / "watched_child.py", preload=build("watched_child", tmp_path)))
    assert {"untraced": 0, "traced": True, "way": "child"} == found


def test_a_subinterpreter_is_refused():
    made = "create()" if sys.version_info < (3, 13) else 'create("isolated")'
    said = run("-c", f"import {SUBINTERPRETERS} as each; each.run_string(each.{made}, {IMPORT!r})")
    assert said.startswith("refused: ")
    assert "interpreter" in said


def test_a_subinterpreter_that_shares_the_lock_is_refused_too():
    made = {11: "create(isolated=False)", 12: "create(isolated=False)"}.get(sys.version_info[1], 'create("legacy")')
    said = run("-c", f"import {SUBINTERPRETERS} as each; each.run_string(each.{made}, {IMPORT!r})")
    assert "refused: the native walker works in the main interpreter only\n" == said


def load(prepare):
    program = f"import sys\n{prepare}\nfrom snapdiff.agent import book, nativewalk\nprint(nativewalk.load(book.Book()))"
    return run("-c", program)


def test_without_the_module_there_is_no_native_walk():
    assert "None\n" == load("sys.modules['snapdiff.agent._walker'] = None")


@pytest.mark.parametrize(
    "wrong",
    ["attributes = lambda each: {}", "count_tracked = lambda: 7", "find_cache_dict = lambda cache, dict: False"],
)
def test_a_walker_that_reads_wrongly_is_not_used(wrong):
    assert "None\n" == load(f"import snapdiff.agent._walker as walker\nwalker.{wrong}")


def test_a_walker_that_reads_rightly_is_used():
    assert load("").startswith("<snapdiff.agent.nativewalk.NativeWalk object at ")


def test_the_collector_is_as_before_after_a_walk():
    program = """
import gc
from snapdiff.agent import book, nativewalk, own
for enabled in (True, False):
    gc.enable() if enabled else gc.disable()
    walker = nativewalk.load(book.Book())
    walker.measure(own.own_state([]), [], deep=True, paths=True)
    print(gc.isenabled())
"""
    assert "True\nFalse\n" == run("-c", program)


def test_a_walker_that_was_never_initialised_says_so():
    program = """
from snapdiff.agent import _walker
try:
    _walker.Walker.__new__(_walker.Walker).read(b"")
except RuntimeError as error:
    print(error)
"""
    assert "the walker was never initialised\n" == run("-c", program)


@pytest.mark.parametrize("message", ["b''", "b'x' * 1000", "b'\\xff' * 4096"])
def test_a_message_that_is_not_one_is_refused(message):
    program = f"""
from snapdiff.agent import book, nativewalk
try:
    nativewalk.load(book.Book()).read({message})
except ValueError as error:
    print(error)
"""
    assert "the walk's message is not complete\n" == run("-c", program)
