"""Things that a program has open and that are no objects: descriptors, threads, asyncio tasks, child processes.

Each kind can say which there are (`present`), and cheaply whether that may have changed since it was last asked
(`signal`), so that a trace function can ask at every event. What they are is said in words that hold none of the
program's data: a descriptor's kind and never its path, names of threads with their digits masked.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import types

from . import suspended
from .own import FOLDER
from .tracked import tracked_of, with_subclasses

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable, Iterator

    Stack = tuple[tuple[str, int, str], ...]

FDS, THREADS, TASKS, CHILDREN = "fds", "threads", "tasks", "children"
#: Things of one kind of which it is said what they are.
_MOST_DESCRIBED = 200
#: Frames of a stack: so many, and on to the first of the program's own, which is the one to blame. A query of LanceDB
#: is ten frames of libraries away from who asked.
_MOST_FRAMES = 8
_FARTHEST = 40
#: What is of a library, by its file.
_STDLIB = (os.path.dirname(os.path.abspath(os.__file__)) + os.sep, "<frozen")
_PACKAGES = ("site-packages", "dist-packages")
_LONGEST_NAME = 60
_DIGITS = re.compile(r"\d+")
#: What a name may hold to be shown: others may be the program's data.
_PLAIN = re.compile(r"[\w .,:()<>#/-]+", re.ASCII)


class Kind:
    """A kind of resource: `signal` is any value that changes when one comes; `present` are their identities."""

    def __init__(
        self,
        name: str,
        signal: Callable[[], Any],
        present: Callable[[], Iterable[int]],
        describe: Callable[[list[int]], tuple[list[str], list[Stack]]],
    ) -> None:
        self.name = name
        self.signal = signal
        self.present = present
        self.describe = describe


def kinds() -> dict[str, Kind]:
    """Return every kind by name."""
    found = (
        Kind(FDS, lowest_free_descriptor, descriptors, _describe_descriptors),
        Kind(THREADS, _thread_links, native_threads, _describe_threads),
        Kind(TASKS, _count_tasks, _task_ids, _describe_tasks),
        Kind(CHILDREN, _last_process, children, _describe_children),
    )
    return {kind.name: kind for kind in found}


# -- descriptors ----------------------------------------------------------------------------------------------


def descriptors() -> list[int]:
    """Return the open file descriptors."""
    # Listing the folder opens one more.
    listed = _numbers("/proc/self/fd")
    return [number for number in listed if _is_open(number)]


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def lowest_free_descriptor() -> int:
    """Return the number that the next descriptor gets: whatever is opened, and stays open, raises it.

    It takes two system calls (1 µs), where listing all descriptors takes 18 µs and more with each that is open.
    """
    try:
        lowest = os.dup(2)
    except OSError:
        return -1
    os.close(lowest)
    return lowest


def _describe_descriptors(numbers: list[int]) -> tuple[list[str], list[Stack]]:
    return [_kind_of_descriptor(number) for number in numbers], []


def _kind_of_descriptor(number: int) -> str:
    try:
        mode = os.fstat(number).st_mode
        place = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        return "closed meanwhile"
    for is_kind, word in (
        (stat.S_ISREG, "regular file"), (stat.S_ISDIR, "folder"), (stat.S_ISSOCK, "socket"), (stat.S_ISFIFO, "pipe"),
        (stat.S_ISCHR, "device"), (stat.S_ISBLK, "block device"),
    ):  # fmt: skip
        if is_kind(mode):
            return word + (", deleted" if place.endswith(" (deleted)") and stat.S_ISREG(mode) else "")
    kind = place.partition("anon_inode:")[2].strip("[]")
    return _shown(kind) or "other"


# -- threads --------------------------------------------------------------------------------------------------


def _thread_links() -> int:
    """Return the links of the folder of threads, which follow their number: half the price of listing it."""
    try:
        return os.stat("/proc/self/task").st_nlink
    except OSError:
        return 0


def native_threads() -> list[int]:
    """Return the numbers of all threads of the process, those without Python too."""
    return _numbers("/proc/self/task")


def _describe_threads(numbers: list[int]) -> tuple[list[str], list[Stack]]:
    """Return names of threads, and where those that run Python are now."""
    threading = sys.modules.get("threading")
    by_number: dict[int, Any] = {}
    for thread in list(getattr(threading, "_active", {}).values()):
        state = _dict_of(thread)
        by_number[state.get("_native_id", -1)] = state
    frames = sys._current_frames()
    names, waits = [], []
    for number in numbers:
        state = by_number.get(number, {})
        name = state.get("_name")
        names.append(_shown(name) if type(name) is str else "without Python")
        frame = frames.get(state.get("_ident", -1))
        if frame is not None:
            waits.append(stack_of(frame, frame.f_lineno))
    return names, waits


def _dict_of(obj: Any) -> dict[str, Any]:
    """Return an instance's attributes, without asking any of its properties."""
    try:
        found = object.__getattribute__(obj, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


# -- asyncio tasks --------------------------------------------------------------------------------------------


def unfinished_tasks() -> list[Any] | None:
    """Return asyncio's tasks that are not done, of all loops; None where that cannot be told."""
    tasks, native = sys.modules.get("asyncio.tasks"), sys.modules.get("_asyncio")
    if tasks is None or native is None:
        return []
    # Of 3.12 on: tasks that were started at once are in a set of their own.
    references = _lazy_references(tasks)
    if references is None:
        return None
    is_done = native.Future.done
    alive = [task for task in [reference() for reference in list(references)] if task is not None]
    alive += list(getattr(tasks, "_eager_tasks", ()))
    if hasattr(native, "all_tasks"):
        # Of 3.14 on C's own are in lists of their threads, which tell only those of a given loop.
        alive += tracked_of(with_subclasses(native.Task), sys.modules.get(f"{__package__}._walker"))
    # A task that is not C's own would run the program's code.
    return [task for task in alive if not issubclass(type(task), native.Future) or not is_done(task)]


def _lazy_references(tasks: Any) -> Any:
    lazy = getattr(tasks, "_scheduled_tasks", getattr(tasks, "_all_tasks", None))
    return getattr(lazy, "data", None)


def _count_tasks() -> int:
    tasks: Any = sys.modules.get("asyncio.tasks")
    native: Any = sys.modules.get("_asyncio")
    if tasks is None:
        return 0
    references = _lazy_references(tasks)
    count = (0 if references is None else len(references)) + len(getattr(tasks, "_eager_tasks", ()))
    loop = native._get_running_loop() if hasattr(native, "all_tasks") else None
    return count if loop is None else count + len(native.all_tasks(loop))


def _task_ids() -> list[int]:
    return [id(task) for task in unfinished_tasks() or ()]


def _describe_tasks(numbers: list[int]) -> tuple[list[str], list[Stack]]:
    """Return the names of the coroutines, and the lines at which they wait."""
    native: Any = sys.modules.get("_asyncio")
    wanted = set(numbers)
    names, waits = [], []
    for task in unfinished_tasks() or ():
        if id(task) not in wanted or not issubclass(type(task), native.Task):
            continue
        coroutine = native.Task.get_coro(task)
        if type(coroutine) is not types.CoroutineType:
            names.append("other")
            continue
        names.append(_shown(_function_of(_task_code(coroutine))))
        if stack := waits_at(coroutine):
            waits.append(stack)
    return names, waits


def _task_code(coroutine: Any) -> Any:
    """Return the code that a task is called by: the program's first, which a library may have wrapped in its own."""
    codes = [frame.f_code for frame in reversed(suspended.frames(coroutine))]
    return next((code for code in codes if is_own(code.co_filename)), coroutine.cr_code)


# -- child processes ------------------------------------------------------------------------------------------


def children() -> list[int]:
    """Return the child processes, ended ones that nobody waited for too."""
    try:
        found: list[int] = []
        for thread in os.listdir("/proc/self/task"):
            with open(f"/proc/self/task/{thread}/children", "rb") as file:
                found += map(int, file.read().split())
        return found
    except OSError:
        # A kernel without that list: look at every process.
        ours = os.getpid()
        return [number for number in _numbers("/proc") if _parent(number) == ours]


def _parent(process: int) -> int:
    # After the name, which may hold blanks and brackets, come the state and the parent.
    fields = _stat_of(process).rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else -1


def _stat_of(process: int) -> bytes:
    try:
        with open(f"/proc/{process}/stat", "rb", 0) as file:
            return file.read()
    except OSError:
        return b""


def _last_process() -> bytes:
    """Return the number that the kernel gave last: it changes when any process or thread is made."""
    try:
        with open("/proc/loadavg", "rb", 0) as file:
            return file.read().rpartition(b" ")[2]
    except OSError:
        return b""


def _describe_children(numbers: list[int]) -> tuple[list[str], list[Stack]]:
    """Return the programs of child processes, and whether they have ended."""
    names = []
    for number in numbers:
        name, _, rest = _stat_of(number).partition(b"(")[2].rpartition(b")")
        ended = rest.split()[:1] == [b"Z"]
        names.append((_shown(name.decode("ascii", "replace")) or "other") + (", ended" if ended else ""))
    return names, []


# -- words ----------------------------------------------------------------------------------------------------


def of_library(file: str) -> bool:
    """Say whether a file is the standard library's or an installed package's."""
    return file.startswith(_STDLIB) or any(name in file for name in _PACKAGES)


def waits_at(waiting: Any) -> Stack:
    """Return where a suspended generator or coroutine waits, as `stack_of` returns it; empty where it has ended."""
    return _cut((frame, frame.f_lineno) for frame in suspended.frames(waiting))


def is_own(file: str) -> bool:
    """Say whether a file is one of the program's that a person can open: no library's, and no code made from a text."""
    return not file.startswith("<") and not of_library(file)


def stack_of(frame: Any, line: int) -> Stack:
    """Return (file, line, function) of a frame and its callers, but for ours, the innermost first."""
    return _cut(_upwards(frame, line))


def _upwards(frame: Any, line: int) -> Iterator[tuple[Any, int]]:
    while frame is not None:
        yield frame, line or 0
        frame = frame.f_back
        line = frame.f_lineno if frame is not None else 0


def _cut(frames: Iterable[tuple[Any, int]]) -> Stack:
    """Return (file, line, function) of frames up to the first of ours: so many, and on to the program's own."""
    stack: list[tuple[str, int, str]] = []
    libraries = True
    for frame, line in frames:
        code = frame.f_code
        if code.co_filename.startswith(FOLDER) or len(stack) >= (_FARTHEST if libraries else _MOST_FRAMES):
            break
        libraries = libraries and not is_own(code.co_filename)
        stack.append((code.co_filename, line or 0, _function_of(code)))
    return tuple(stack)


def _function_of(code: Any) -> str:
    return str(getattr(code, "co_qualname", code.co_name))


def describe(kind: Kind, numbers: Iterable[int]) -> tuple[dict[str, int], dict[Stack, int]]:
    """Return how many of some resources are of each kind, and how many wait at each place."""
    names, waits = kind.describe(sorted(numbers)[:_MOST_DESCRIBED])
    return _counted(names), _counted(waits)


def _counted(items: Iterable[Any]) -> dict[Any, int]:
    counts: dict[Any, int] = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts


def _shown(name: str) -> str:
    """Return a name that a person may see: digits masked, and nothing of one that is no plain text."""
    masked = _DIGITS.sub("#", name)[:_LONGEST_NAME]
    return masked if _PLAIN.fullmatch(masked) else "other"


def _numbers(folder: str) -> list[int]:
    try:
        return [int(name) for name in os.listdir(folder) if name.isdigit()]
    except OSError:
        return []
