"""What libraries say that they hold. Only those that are loaded are asked; nothing is imported."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Iterator


def read(allocators: Any) -> Iterator[tuple[str, int, int | None, str]]:
    """Yield (owner, bytes, most bytes ever, source) of each. What raises is left out."""
    for ask in (_arrow, _torch, _sqlite):
        try:
            yield from ask(allocators)
        except Exception:
            pass


def arrow_pools() -> Iterator[tuple[str, Any]]:
    """Yield (backend, pool) of each memory pool that pyarrow has; they share one counter a backend."""
    library = sys.modules.get("pyarrow.lib")
    if library is None:
        return
    for backend in library.supported_memory_backends():
        pool = getattr(library, f"{backend}_memory_pool", None)
        if pool is not None:
            yield backend, pool()


def cuda() -> Any:
    """Return torch's CUDA module where CUDA is in use already, else None."""
    module = sys.modules.get("torch.cuda")
    return module if module is not None and module.is_initialized() else None


def _arrow(allocators: Any) -> Iterator[tuple[str, int, int | None, str]]:
    for backend, pool in arrow_pools():
        yield f"arrow.{backend}", pool.bytes_allocated(), pool.max_memory(), "pyarrow MemoryPool.bytes_allocated"


def _torch(allocators: Any) -> Iterator[tuple[str, int, int | None, str]]:
    module = cuda()
    if module is not None:
        devices = range(module.device_count())
        used, peak = sum(map(module.memory_allocated, devices)), sum(map(module.max_memory_allocated, devices))
        yield "torch.cuda", used, peak, "torch.cuda.memory_allocated"
        yield "torch.cuda_reserved", sum(map(module.memory_reserved, devices)), None, "torch.cuda.memory_reserved"


def _sqlite(allocators: Any) -> Iterator[tuple[str, int, int | None, str]]:
    extension = getattr(sys.modules.get("_sqlite3"), "__file__", None)
    if extension is None or allocators is None:
        return
    # A look-up in the extension goes on into the library that it is linked with.
    used = allocators.ask_library(extension, "sqlite3_memory_used", 0)
    if used is not None:
        peak = allocators.ask_library(extension, "sqlite3_memory_highwater", 0)
        yield "sqlite", used, peak, "sqlite3_memory_used"
