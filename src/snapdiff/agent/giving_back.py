"""What memory comes back when it is asked for, after the last checkpoint: held is not the same as kept for reuse.

Before the search for causes, whose own work would be among what is given back.
"""

from __future__ import annotations

import gc
import time

from . import libraries, mappings

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable, Iterator


def give_back(allocators: Any) -> list[list[Any]]:
    """Try everything that there is; return [action, resident before, resident after, seconds] of each, in order."""
    steps: list[list[Any]] = []
    before = mappings.resident()
    if before is None:
        return steps
    for action, act in _actions(allocators):
        started = time.perf_counter()
        try:
            act()
        except Exception:
            # What could not be done gave nothing back.
            pass
        seconds = time.perf_counter() - started
        after = mappings.resident()
        if after is None:
            break
        steps.append([action, before, after, seconds])
        before = after
    return steps


def _actions(allocators: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    yield "gc.collect()", gc.collect
    for backend, pool in libraries.arrow_pools():
        if hasattr(pool, "release_unused"):
            yield f"release_unused() of Arrow's {backend} pool", pool.release_unused
    cuda = libraries.cuda()
    if cuda is not None:
        yield "torch.cuda.empty_cache()", cuda.empty_cache
    # Last, since what others have given to malloc can go back then.
    if allocators is not None:
        yield "malloc_trim(0)", allocators.trim
