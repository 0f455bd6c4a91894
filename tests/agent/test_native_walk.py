"""The native walker gives the same snapshots as Python, and the program goes on while a child takes them."""

import faulthandler
import importlib.util
import json
import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from snapdiff.agent import checkpoint, nativewalk, snapshots
from snapdiff.agent.book import Book
from snapdiff.agent.plan import Plan
from snapdiff.agent.untraced import not_ours
from snapdiff.recording import reader

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "corpus"
#: Programs that are walked together in one process: its own 7,000 paths are what takes the time.
TOGETHER = 10

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("snapdiff.agent._walker") is None and "CI" not in os.environ,
    reason="the native walker is not built here: no compiler",
)


def programs():
    """The programs of the corpus that need no package, some together; what a twin holds, its pair holds too."""
    paths = [path for path in CORPUS.glob("pairs/*.py") if not path.stem.endswith("_twin")]
    paths = sorted([*paths, *CORPUS.glob("clean/*.py")])
    groups = [paths[start : start + TOGETHER] for start in range(0, len(paths), TOGETHER)]
    return [pytest.param(group, id=f"{group[0].stem} to {group[-1].stem}") for group in groups]


def compare(*programs):
    """Compare both walks on programs in one process."""
    script = ROOT / "tests" / "agent" / "compare_walks.py"
    command = [sys.executable, script, os.pathsep.join(map(str, programs)), "iterate", "setup"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert 0 == done.returncode, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert [] == found["shown"]
    assert found["paths"] > 1000


@pytest.mark.parametrize("together", programs())
def test_the_native_walk_counts_what_python_counts(together):
    compare(*together)


def test_both_walks_agree_on_one_of_everything():
    compare(ROOT / "tests" / "programs" / "one_of_everything.py")


def test_without_the_walker_or_when_it_reads_wrong_the_walk_is_made_in_python(monkeypatch):
    assert "child" == snapshots.Snapshots(Book(), "auto").way
    with monkeypatch.context() as patched:
        patched.setattr(nativewalk, "_reads_right", lambda module: False)
        assert "python" == snapshots.Snapshots(Book(), "auto").way
    monkeypatch.setitem(sys.modules, "snapdiff.agent._walker", None)
    taken = snapshots.Snapshots(Book(), "auto")
    assert "python" == taken.way
    assert "slower" in taken.note


def test_a_subinterpreter_is_refused():
    script = """
import importlib, sys
name = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
interpreters = importlib.import_module(name)
made = interpreters.create()
code = "try:\\n import snapdiff.agent._walker\\nexcept ImportError as error:\\n print('refused:', error, flush=True)"
interpreters.run_string(made, code)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert "refused: " in done.stdout, done.stderr


@pytest.mark.parametrize("way", ["child", "in-place", "python"])
def test_a_recording_says_how_its_snapshots_were_taken(record, way):
    path = record("keeps_items.py:keep", rounds=(1, 3, 5), trace="off", snapshots=way)
    ways = set(reader.read(path).tables["checkpoints"].column("way").to_pylist())
    assert {way.replace("-", " ")} == ways


def test_all_ways_count_the_same(record):
    counted = []
    for way in ("child", "in-place", "python"):
        table = reader.read(record("keeps_items.py:keep", rounds=(1, 3, 5), trace="rounds", snapshots=way)).tables
        full = [row for row in table["checkpoints"].to_pylist() if not row["sub"] and row["series"] == "workload"]
        objects = [row["objects"] for row in full]
        counted.append([later - earlier for earlier, later in pairwise(objects)])
    assert counted[0] == counted[1] == counted[2]


GOES_ON = """
import sys
import threading
from snapdiff.agent import snapshots
from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state
from snapdiff.agent.untraced import _start_tracing_without_walker, not_ours, start_tracing

way, objects, begin = {
    "untraced": ("child", 50_000, lambda depth: not_ours()),
    "traced": ("child", 50_000, start_tracing),
    "traced without the walker": ("python", 5_000, _start_tracing_without_walker),
}[sys.argv[1]]
kept = [[number] for number in range(objects)]
untraced = begin(2)
taken = snapshots.Snapshots(Book(), way)
turns, ran, over = 0, [], threading.Event()

def turn():
    global turns
    while not over.is_set():
        turns += 1

def receive(*arguments, receive=snapshots._receive):
    before = turns
    message = receive(*arguments)
    ran.append(turns - before)
    return message

snapshots._receive = receive
thread = threading.Thread(target=turn)
thread.start()
# A busy machine may give the thread no processor while a child walks: only one that stands still never goes on.
for _ in range(100):
    taken.take(own_state([taken]), [], untraced, deep=True, paths=True, collect_seconds=1.0)
    if taken.way != "child" or sum(gone_on > 0 for gone_on in ran) == 3:
        break
over.set()
thread.join()
print(taken.way, taken.note, sum(gone_on > 0 for gone_on in ran), "walks beside the thread")
"""


@pytest.mark.parametrize("how", ["untraced", "traced", "traced without the walker"])
def test_a_thread_that_computes_neither_stands_still_while_a_child_walks_nor_stops_the_walk(how):
    """Where it had asked for the lock before our own work was no longer traced, it got it and never gave it back."""
    done = subprocess.run([sys.executable, "-c", GOES_ON, how], capture_output=True, text=True, timeout=60, check=False)
    expected = f"{'python None 0' if 'without' in how else 'child None 3'} walks beside the thread"
    assert expected == done.stdout.strip(), done.stderr


class FakeWalk:
    """A native walk whose child does what a test wants."""

    forks = True
    measured = {"types": {"here": [1, 1]}, "tracked_types": {}, "tracked": 1, "large_bytes": 0}  # noqa: RUF012

    def __init__(self, child):
        self.child = child

    def request(self, own, owners, deep, paths):
        return {}

    def fork(self, request, descriptor):
        pid = os.fork()
        if not pid:
            self.child(descriptor)
            os._exit(0)
        return pid

    def measure(self, own, owners, *, deep, paths):
        return dict(self.measured)


def taker(child, monkeypatch):
    """Snapshots whose child does something."""
    taken = snapshots.Snapshots.__new__(snapshots.Snapshots)
    taken._book, taken._native, taken.way, taken.note = None, FakeWalk(child), snapshots.CHILD, None
    monkeypatch.setattr(snapshots, "_LEAST_PATIENCE", 0.2)
    monkeypatch.setattr(snapshots, "_PATIENCE", 0.0)
    return taken


@pytest.mark.parametrize(
    "child",
    [
        lambda descriptor: __import__("time").sleep(60),
        lambda descriptor: None,
        lambda descriptor: os.write(descriptor, (1000).to_bytes(8, "little") + b"half"),
        lambda descriptor: os.kill(os.getpid(), 9),
    ],
    ids=["never ends", "says nothing", "says half of it", "is killed"],
)
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_that_does_not_finish_is_replaced_by_a_walk_in_place(child, monkeypatch):
    taken = taker(child, monkeypatch)
    found = taken.take(None, [], not_ours(), deep=True, paths=False, collect_seconds=0.0)
    assert {"here": [1, 1]} == found["types"]
    assert "in place" == found["snapshot"]["way"]
    assert "The child that walks the heap did not finish: walked in place." == found["snapshot"]["note"]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_after_a_crash_of_the_child_nothing_is_walked_natively_here(monkeypatch):
    taken = taker(lambda descriptor: (faulthandler.disable(), os.kill(os.getpid(), 11)), monkeypatch)
    monkeypatch.setattr(snapshots.Snapshots, "_here", lambda *_: {**FakeWalk.measured, "types": {"slow": [1, 1]}})
    found = taken.take(None, [], not_ours(), deep=True, paths=False, collect_seconds=0.0)
    assert {"slow": [1, 1]} == found["types"]
    assert ("python", None) == (found["snapshot"]["way"], taken._native)
    assert "crashed (signal 11)" in found["snapshot"]["note"]


def test_the_program_does_not_hear_of_the_child(record, tmp_path):
    noted = tmp_path / "noted.json"
    record("hears_children.py:listen", rounds=(1, 2, 3), snapshots="child", arguments=(str(noted),))
    assert {"signals": 0, "children": 0} == json.loads(noted.read_text())


@pytest.mark.lancedb
def test_children_walk_beside_the_threads_of_lancedb_and_pyarrow(record):
    if importlib.util.find_spec("lancedb") is None and "CI" not in os.environ:
        pytest.skip("needs the examples extra")
    path = record(
        "lancedb_worker/workload.py:search", cwd=ROOT / "examples", setup="setup", teardown="teardown",
        rounds=(1, 5, 10), snapshots="child",
    )  # fmt: skip
    recording = reader.read(path)
    assert {"child"} == set(recording.tables["checkpoints"].column("way").to_pylist())
    assert max(recording.tables["checkpoints"].column("threads").to_pylist()) > 2
    assert recording.manifest["complete"]


def test_children_walk_beside_the_threads_of_torch(record):
    pytest.importorskip("torch", reason="torch is not installed")
    path = record("uses_torch.py:keep_losses", rounds=(1, 2, 3), snapshots="child", trace="off")
    recording = reader.read(path)
    assert {"child"} == set(recording.tables["checkpoints"].column("way").to_pylist())
    whole = [row["id"] for row in recording.tables["checkpoints"].to_pylist() if not row["sub"]]
    rows = recording.tables["types"].to_pylist()
    tensors = {row["checkpoint"]: row["objects"] for row in rows if row["type"] == "torch.Tensor"}
    assert 24 == tensors[whole[-1]] - tensors[whole[-2]]
    assert recording.manifest["complete"]


NAMED = """
import sys
from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state
from snapdiff.agent.snapshots import Snapshots
from snapdiff.agent.untraced import not_ours

book = Book()
taken = Snapshots(book, sys.argv[1])
taken.take(own_state([taken]), [], not_ours(), deep=True, paths=True, collect_seconds=1.0)
for names in (book.edges, book.kinds):
    print(len(names) > 1000, len(set(map(id, names))) == len(set(names)))
print(book.knows(0, "no such edge", "no such type"), book.knows(book.parents[-1], book.edges[-1], book.kinds[-1]))
"""


@pytest.mark.parametrize("way", ["child", "in-place"])
def test_names_that_paths_share_are_one_object(way):
    """Each scattered among the program's own objects: a name for each path slowed a clean workload by 8 percent."""
    done = subprocess.run([sys.executable, "-c", NAMED, way], capture_output=True, text=True, timeout=60, check=False)
    assert ["True True", "True True", "False True"] == done.stdout.splitlines(), done.stderr


TRACED = """
import ctypes
import sys
from snapdiff.agent import traces
from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state
from snapdiff.agent.snapshots import Snapshots
from snapdiff.agent.untraced import start_tracing

untraced = start_tracing(3)
kept = [[str(number), bytearray(number)] for number in range(1000, 2000)]
track = ctypes.pythonapi.PyTraceMalloc_Track
for number in range(950): track(389047, ctypes.c_size_t(4096 + 16 * number), ctypes.c_size_t(100))  # numpy's domain
for number in range(3): track(2**32 - 1, ctypes.c_size_t(4096 + 16 * number), ctypes.c_size_t(number))
track(8, ctypes.c_size_t(4096), ctypes.c_size_t(1)); ctypes.pythonapi.PyTraceMalloc_Untrack(8, ctypes.c_size_t(4096))
taken = Snapshots(Book(), sys.argv[1])
native = taken.take(own_state([taken]), [], untraced, deep=True, paths=True, collect_seconds=1.0)["traces"]
with untraced:
    python = traces.aggregate()

def made(found):
    rows = ((list(stack), blocks, size) for stack, blocks, size in traces.stacks(found))
    return sorted(row for row in rows if found["files"][row[0][0]] == "<string>" and row[1] > 900)

def shape(found):
    return [[len(stack), stack[1], blocks, size] for stack, blocks, size in made(found)]

def sums(found):
    by_stack = [[blocks, size] for _, blocks, size in traces.stacks(found)]
    by_domain = [rest for _, *rest in traces.by_domain(found)]
    return [[sum(column) for column in zip(*rows)] for rows in (by_stack, by_domain)]

print(shape(native) == shape(python), any(950 <= blocks < 960 for _, blocks, _ in made(native)), taken.way, taken.note)
(python_own, *others), (_, *in_python) = traces.by_domain(native), traces.by_domain(python)
print([list(each) for each in others], others == in_python, python_own[0])
print(*(by_stack == by_domain for by_stack, by_domain in (sums(native), sums(python))))
"""


@pytest.mark.parametrize("way", ["child", "in-place"])
def test_traces_are_summed_up_natively_as_in_python(way):
    done = subprocess.run([sys.executable, "-c", TRACED, way], capture_output=True, text=True, timeout=60, check=False)
    expected = [
        f"True True {way.replace('-', ' ')} None",
        "[[389047, 950, 95000], [4294967295, 3, 3]] True 0",
        "True True",
    ]
    assert expected == done.stdout.splitlines(), done.stderr


ALIVE = """
import gc
import sys
from snapdiff.agent.births import Births
from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state
from snapdiff.agent.snapshots import Snapshots
from snapdiff.agent.untraced import start_tracing

class Plain:
    pass

class Slotted:
    __slots__ = ("value", "__weakref__")

class Text(str):
    pass

class Listed(list):
    pass

def made(kind, number):
    return kind(number)

MAKERS = [
    "Plain()", "Slotted()", "[n]", "{n: n}", "(n, [])[1]", "set([n])", "float(n)", "10**9 + n", "str(n) * 5",
    "bytes(n)", "bytearray(n)", "Text(n)", "Listed([n])", "(lambda: n)", "Exception()", "iter([n])",
    "type('Made', (), {})",
]
code = compile("".join(f"kept.append({maker})\\n" for maker in MAKERS), "makers.py", "exec")
taken = Snapshots(Book(), "child")
untraced = start_tracing(2)
kept = []
for n in range(1000, 1100):
    exec(code)
del kept[:len(MAKERS)]
if sys.argv[1] == "frozen":
    gc.freeze()
lines = [("makers.py", number + 1) for number in range(len(MAKERS))] + [("makers.py", 999), ("no such file", 1)]
own = own_state([taken, lines])
births = Births()
with untraced:
    # After a first walk in Python 81 tuples are gone on 3.13, as many as a free list has.
    births.alive_at(lines, own)
    expected = births.alive_at(lines, own)
found = taken.alive_at(lines, own.also(births, births.__dict__, expected), untraced)
print(taken.way, taken.note, expected == found, found)
"""


@pytest.mark.parametrize("heap", ["ordinary", "frozen"])
def test_a_child_counts_what_lives_of_each_line_as_python_does(heap):
    done = subprocess.run(
        [sys.executable, "-c", ALIVE, heap], capture_output=True, text=True, timeout=60, check=False
    )  # fmt: skip
    said, counts = done.stdout.split("[", 1) if "[" in done.stdout else (done.stdout, "")
    assert "child None True " == said, done.stdout + done.stderr
    *made, nowhere, in_no_file = json.loads("[" + counts)
    assert [0, 0] == [nowhere, in_no_file]
    # Lists, dicts and floats may come from a free list, whose blocks were traced where they were first needed.
    assert [99, 99] == made[:2]
    assert all(made), made


MANY_STACKS = """
import gc
import sys
from snapdiff.agent.book import Book
from snapdiff.agent.own import own_state
from snapdiff.agent.snapshots import Snapshots
from snapdiff.agent.untraced import start_tracing

lines = "".join(f"kept.append([{number}])\\n" for number in range(2000))
code = compile(lines, "many.py", "exec")
taken = Snapshots(Book(), sys.argv[1])
untraced = start_tracing(4)
kept = []
exec(code)
gc.collect()
gc.disable()
before = gc.get_count()[0]
found = taken.take(own_state([taken]), [], untraced, deep=True, paths=True, collect_seconds=1.0)
made = gc.get_count()[0] - before
print(len(found["traces"]["blocks"]) // 8 >= 2000, made < 1500, taken.way, taken.note)
"""


@pytest.mark.parametrize("way", ["child", "in-place"])
def test_a_snapshot_makes_no_objects_for_each_traceback(way):
    """The collector counts them: a tuple for each of 20,000 made it collect the heap while the frame was written."""
    done = subprocess.run(
        [sys.executable, "-c", MANY_STACKS, way], capture_output=True, text=True, timeout=60, check=False
    )
    assert f"True True {way.replace('-', ' ')} None" == done.stdout.strip(), done.stderr


@pytest.fixture
def measurer():
    fields = dict.fromkeys(("max_time", "subcheckpoints", "trace_depth", "debug"), 0)
    names = dict.fromkeys(("target", "setup", "teardown", "inputs", "sweep"))
    plan = {**fields, **names, "arguments": [], "rounds": [1], "trace": "off", "snapshots": "auto"}
    return checkpoint.Measurer(Plan({**plan, "ask_fd": -1, "answer_fd": -1}))


def test_while_traces_are_summed_up_in_the_program_it_stands_still(measurer, monkeypatch):
    monkeypatch.setattr(checkpoint.traces, "aggregate", lambda: time.sleep(0.5))
    assert 0.5 <= measurer.checkpoint(paths=False)["snapshot"]["pause_seconds"]


@pytest.mark.skipif(sys.platform != "linux", reason="a child walks on Linux only")
def test_while_others_run_before_the_child_is_made_it_does_not_stand_still(measurer, monkeypatch):
    yielded = []
    monkeypatch.setattr(snapshots, "_sleep", lambda seconds: yielded.append(time.sleep(0.5)))
    snapshot = measurer.checkpoint(paths=False)["snapshot"]
    assert ("child", 1) == (snapshot["way"], len(yielded))
    assert 0.5 > snapshot["pause_seconds"]
