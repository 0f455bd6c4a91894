"""Sizes of objects in bytes, without running the program's code.

`sys.getsizeof` calls `__sizeof__`, which a class may define in Python (a DataFrame's runs pandas, and counts
its columns a second time). Here the nearest `__sizeof__` written in C is used, plus what the allocator puts in
front of the object. The array of attribute values that Python 3.11 and 3.12 keep apart from an ordinary
instance is not in any `__sizeof__` and so not in these sizes; tracemalloc's figures have it.
"""

from __future__ import annotations

import sys
import types

from .names import HAVE_GC, MANAGED_DICT, MANAGED_WEAKREF, fixed_size, flags, mro, type_dict, type_name

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

_GC_HEADER = 16
# From 3.11 a managed dictionary or weak-reference list is two pointers in front of the collector's header.
_PRE_HEADER = 16 if sys.version_info >= (3, 11) else 0
#: Objects of more bytes are not pymalloc's but malloc's (SMALL_REQUEST_THRESHOLD).
SMALL_REQUEST = 512
_C_METHOD = types.MethodDescriptorType
# From 3.13 attribute values lie inside the instance and object.__sizeof__ counts them, per type.
_INLINE_VALUES = 1 << 2 if sys.version_info >= (3, 13) else 0


#: Modules whose `__sizeof__` in C only adds numbers. An extension's may do anything (pyarrow's runs Python and adds up
#: buffers that others share), and must not run in a forked child. None before 3.10: there all are asked. That of
#: `struct.Struct` crashes on one that was never initialised.
_STANDARD = getattr(sys, "stdlib_module_names", None)
TRUSTED = None if _STANDARD is None else frozenset({*_STANDARD, "numpy"} - {"_struct"})


def _is_trusted(cls: type) -> bool:
    """Say whether a class comes from one of these modules. Names without a module are the builtins'."""
    module, dot, _ = type_name(cls).partition(".")
    return TRUSTED is None or not dot or module in TRUSTED


def header_size(cls: type) -> int:
    """Return the bytes that lie in front of an instance."""
    bits = flags(cls)
    size = _GC_HEADER if bits & HAVE_GC else 0
    if bits & (MANAGED_DICT | MANAGED_WEAKREF):
        size += _PRE_HEADER
    return size


def sizer(cls: type) -> tuple[int, Callable[[Any], int] | None]:
    """Return (bytes every instance has, C function for the rest or None).

    With None as the function the first number is the whole size of any instance.
    """
    header = header_size(cls)
    for base in mro(cls):
        method = type_dict(base).get("__sizeof__")
        if type(method) is not _C_METHOD or not _is_trusted(base):
            continue
        # One that was borrowed (`__sizeof__ = list.__sizeof__` in a class that is no list) cannot be called.
        if not any(each is method.__objclass__ for each in mro(cls)):
            continue
        if method is _object_sizeof_descriptor:
            size = fixed_size(cls)
            if size is not None and not flags(cls) & _INLINE_VALUES:
                return header + size, None
        return header, method
    return header + (fixed_size(cls) or 0), None


_object_sizeof_descriptor = type_dict(object).get("__sizeof__")
