"""What belongs to the agent, by identity: it must not be part of what it measures."""

from __future__ import annotations

import gc
import os
import sys

from .names import HAVE_GC, flags

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

_CONTAINERS = (list, tuple, set)
FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
_PACKAGE = __name__.rpartition(".")[0]


#: What is interned because it is a name in code: a key of the interpreter's table of such texts, and its value there.
_INTERNED = sys.intern("text of snapdiff's, to find the table of interned ones by")
_found_tables: list[list[Any]] = []


class Own:
    """Ids of objects of ours, and the types they have (only objects of those types need comparing)."""

    def __init__(self, ids: set[int], types: set[type], roots: Any) -> None:
        self.ids = ids
        self.types = types
        # Held, so that no address in `ids` is given to an object of the program meanwhile.
        self._roots = roots
        parts = [ids, types, roots, self, self.__dict__]
        ids.update(map(id, parts))
        types.update(map(type, parts))

    def also(self, *groups: Any) -> Own:
        """Return this with dicts and lists of ours that hold the program's objects, but not what they hold.

        A dict's values are taken to be lists of ours too. (`own_state` would go on into a survivor that is a list.)
        """
        ids, types = set(self.ids), set(self.types)
        for group in (groups, *groups):
            parts = [group, *group.values()] if type(group) is dict else [group]
            ids.update(map(id, parts))
            types.update(map(type, parts))
        return Own(ids, types, (self._roots, groups))


class Newcomers:
    """Within its context, what is made and tracked is noted: `ids` are those objects' afterwards.

    The collector stands still meanwhile, so that its youngest generation has them all.
    """

    def __init__(self) -> None:
        self.ids: set[int] = set()
        self._collecting = False

    def __enter__(self) -> Newcomers:
        self._collecting = gc.isenabled()
        gc.disable()
        self.ids = set(map(id, gc.get_objects(generation=0)))
        return self

    def __exit__(self, *_: object) -> None:
        self.ids = set(map(id, gc.get_objects(generation=0))) - self.ids
        if self._collecting:
            gc.enable()


def own_state(roots: list[Any]) -> Own:
    """Return the agent's state: the roots, what they hold in builtin containers, and our frames."""
    ids: set[int] = set()
    types: set[type] = set()
    pending: list[Any] = [roots, *_frames()]
    if sys.version_info >= (3, 14):
        ids.update(map(id, _tables_of_the_interpreter()))
        types.add(dict)
    while pending:
        obj = pending.pop()
        if id(obj) in ids:
            continue
        cls = type(obj)
        if not flags(cls) & HAVE_GC:
            # A text or number may be the program's as well (the name of a file that a traceback has).
            continue
        if cls is dict:
            pending.extend(obj.values())
        elif cls in _CONTAINERS:
            pending.extend(obj)
        elif cls.__module__.startswith(_PACKAGE):
            # Our own collections have no dict, and are large: nothing is looked for in them.
            pending.append(getattr(obj, "__dict__", None))
        ids.add(id(obj))
        types.add(cls)
    return Own(ids, types, roots)


def _tables_of_the_interpreter() -> list[Any]:
    """Return the table of interned texts, a dict that nobody's names lead to: it grows with every new name.

    The collector has it since 3.14, where it tracks every dict.
    """
    if not _found_tables:
        dicts = [obj for obj in gc.get_objects() if type(obj) is dict]
        _found_tables.append([each for each in dicts if dict.get(each, _INTERNED) is _INTERNED])
    return _found_tables[0]


def _frames() -> list[Any]:
    """Return our frames where frames are objects: before 3.11, or when something traces us.

    Later versions make frame objects only when asked, so there we do not ask.
    """
    if sys.version_info >= (3, 11) and sys.gettrace() is None and sys.getprofile() is None:
        return []
    frames = []
    frame: Any = sys._getframe()
    while frame is not None:
        if frame.f_code.co_filename.startswith(FOLDER):
            frames.append(frame)
        frame = frame.f_back
    return frames


def below_ours(trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without the agent's frames on top, as if Python had called the program itself."""
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(FOLDER):
        trace = trace.tb_next
    return trace
