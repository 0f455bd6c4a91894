"""How much memory torch's tensors on the CPU keep: torch itself keeps no count of it.

Each tensor that the collector knows of is asked for where its storage is, and the storage's size is read there. Asking
torch for the storage as an object would make one for each tensor, which stays as long as the tensor does: the program
would have objects that nobody made. How a storage lies in memory is in no public header, so it is looked up in
storages of our own first, and what does not fit is no number.

Nothing of the program's runs: only methods of torch's C base class are called, with `__torch_function__` switched off,
and classes with a `__torch_dispatch__` (fake, functional, distributed and other wrapped tensors, whose memory is that
of the plain ones within) are left out.
"""

from __future__ import annotations

import sys

from .names import mro, type_dict
from .tracked import tracked_of, with_subclasses

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .untraced import Untraced

#: More tensors are not asked: 20,000 take 20 ms.
_MOST_TENSORS = 20_000
#: Sizes of our own storages; no pointer and no counter has such a value.
_TRIED = (4_099, 8_209)
#: Words of a storage that are looked at, and words from where its data are to their device and to their size: behind
#: the pointer follow what frees it and for what, the device and the number of bytes (c10::DataPtr and StorageImpl).
_WORDS, _DEVICE, _SIZE = 8, 3, 4
#: c10::DeviceType::CPU, the first byte of the device.
_CPU = 0
_WORD = 8


def read(untraced: Untraced, native: Any = None) -> int | None:
    """Return the bytes of the storages of all live tensors on the CPU, each once; None where that cannot be known.

    `native` is the native walker's module, if there is one.
    """
    # torch loads ctypes. What a test has put in the place of a module is not asked: it may remember that it was.
    torch, core, ctypes = (sys.modules.get(name) for name in ("torch", "torch._C", "ctypes"))
    if not type(torch) is type(core) is type(ctypes) is type(sys):
        return None
    try:
        word_at = ctypes.c_uint64.from_address
        place = _place(torch.UntypedStorage, core.StorageBase, word_at)
        if place is None:
            return None
        with untraced:
            tensors = _tensors(core, native)
        return None if len(tensors) > _MOST_TENSORS else _sum(tensors, core, place, word_at)
    except Exception:
        # Another torch than those that this was written for.
        return None


def _place(made: Callable[[int], Any], base: type, word_at: Callable[[int], Any]) -> int | None:
    """Return how many bytes behind a storage's beginning it has the address of its data; None if it lies otherwise."""
    address, data = type_dict(base)["_cdata"].__get__, type_dict(base)["data_ptr"]
    found = set()
    for size in _TRIED:
        storage = made(size)
        begin = address(storage)
        words = [word_at(begin + _WORD * at).value for at in range(_WORDS)]
        at = words.index(data(storage))
        found.add(at)
        if words[at + _SIZE] != size or words[at + _DEVICE] & 0xFF != _CPU:
            return None
    return _WORD * found.pop() if len(found) == 1 else None


def _tensors(core: Any, native: Any) -> list[Any]:
    """Return the tensors that the collector tracks, of classes that only torch's C code answers for."""
    plain = core._disabled_torch_dispatch_impl
    classes = with_subclasses(core.TensorBase)
    return tracked_of([cls for cls in classes if _inherited(cls, "__torch_dispatch__") in (None, plain)], native)


def _inherited(cls: type, name: str) -> Any:
    """Return what a class has under a name, without asking its metaclass."""
    return next((type_dict(each)[name] for each in mro(cls) if name in type_dict(each)), None)


def _sum(tensors: list[Any], core: Any, place: int, word_at: Callable[[int], Any]) -> int | None:
    """Return the bytes of the tensors' storages; None if one is not where it should be."""
    methods = type_dict(core.TensorBase)
    on_cpu, data_of = methods["is_cpu"].__get__, methods["const_data_ptr"]
    offset_of, width_of = methods["storage_offset"], methods["element_size"]
    has_storage, storage_of = core._has_storage, core._storage_address
    seen = set()
    sizes: dict[int, int] = {}
    with core.DisableTorchFunction():
        for tensor in tensors:
            # A sparse tensor is made of others, and of one without elements nobody can say where its data would be.
            if not on_cpu(tensor) or not has_storage(tensor):
                continue
            storage = storage_of(tensor)
            data = 0 if storage in seen else data_of(tensor)
            if not data:
                continue
            seen.add(storage)
            begin = storage + place
            first = data - offset_of(tensor) * width_of(tensor)
            if word_at(begin).value != first or word_at(begin + _WORD * _DEVICE).value & 0xFF != _CPU:
                return None
            # Two storages may be of the same memory: that of a NumPy array, or of a copy that is not made yet.
            sizes[first] = max(sizes.get(first, 0), word_at(begin + _WORD * _SIZE).value)
    total = sum(sizes.values())
    # A size that is a symbol has its highest bit set.
    return total if total < 1 << 62 else None
