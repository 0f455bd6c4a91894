"""Where a suspended coroutine or generator waits: through what it awaits to the innermost frame.

Nobody calls a suspended frame, so its callers are no help: the coroutine of an asyncio task stands in the function that
was handed to `create_task`, and waits in one that this awaits. Only Python's own types are read, whose members run no
code of the program's.
"""

from __future__ import annotations

import types
from gc import get_referents

from .names import flags, type_name

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

#: How each calls its frame, and what it waits for.
_SUSPENDED = (
    (types.CoroutineType, ("cr_frame", "cr_await")),
    (types.GeneratorType, ("gi_frame", "gi_yieldfrom")),
    (types.AsyncGeneratorType, ("ag_frame", "ag_await")),
)
#: Their names, as paths have them.
SUSPENDED = tuple(type_name(kind) for kind, _ in _SUSPENDED)
#: What Python puts between two of them. No member says for whom it stands, but the collector is told.
_BETWEEN = frozenset({"coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable"})
#: Types that a class statement or a library made: one of these may have any name.
_HEAP_TYPE = 1 << 9
#: Awaits that are followed. A recursion that waits is as deep as the interpreter's limit; its end tells no more.
_DEEPEST = 200


def frames(waiting: Any) -> list[Any]:
    """Return the frames of a suspended coroutine or generator and of what it waits for, the innermost first.

    Empty for anything else, and for what has ended.
    """
    found: list[Any] = []
    current = waiting
    for _ in range(_DEEPEST):
        names = _members(type(current))
        if names is not None:
            found.append(getattr(current, names[0]))
            current = getattr(current, names[1])
        elif _is_between(type(current)):
            # For whom it stands comes first, what is sent or thrown in after it.
            current = next(iter(get_referents(current)), None)
        else:
            break
    return [frame for frame in reversed(found) if frame is not None]


def _members(kind: Any) -> tuple[str, str] | None:
    # By identity: a look-up in a dictionary would ask a metaclass.
    return next((names for each, names in _SUSPENDED if kind is each), None)


def _is_between(kind: Any) -> bool:
    return not flags(kind) & _HEAP_TYPE and type_name(kind) in _BETWEEN
