"""Names of types, read by code that cannot run the program's.

A metaclass can define `__getattribute__`, a type's `__module__` can be None, a number or a descriptor, and
`__qualname__` need not be a string (sympy, pandas and pyarrow have such types). The getters of `type` itself
read the C fields and the type's own dict, and nothing else.
"""

from __future__ import annotations

import functools
import types

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any


#: The type of `functools.lru_cache`'s caches, and what reads a module's namespace: neither has a name of its own.
LRU_CACHE = type(functools.lru_cache(None)(id))
module_dict: Any = vars(types.ModuleType)["__dict__"].__get__

_get_module = type.__dict__["__module__"].__get__
_get_qualname = type.__dict__["__qualname__"].__get__
_get_mro = type.__dict__["__mro__"].__get__
_get_dict = type.__dict__["__dict__"].__get__
_get_flags = type.__dict__["__flags__"].__get__
_get_basicsize = type.__dict__["__basicsize__"].__get__
_get_itemsize = type.__dict__["__itemsize__"].__get__

#: No program needs a longer name; a generated one could be megabytes long.
MAX_NAME = 200

HAVE_GC = 1 << 14
MANAGED_WEAKREF = 1 << 3
MANAGED_DICT = 1 << 4


def key_of(cls: type) -> Any:
    """Return what a class can be a dictionary's key by: itself, or its id where its metaclass could be asked.

    A metaclass that defines `__eq__` or `__hash__` would be called by the dictionary, or make the class unhashable.
    """
    return cls if type(cls) is type else id(cls)


def type_name(cls: type) -> str:
    """Return `module.Qualname`, or the bare name for builtins. Never raises, never runs program code."""
    try:
        qualname = _get_qualname(cls)
    except Exception:
        qualname = None
    if type(qualname) is not str:
        qualname = "(unnamed type)"
    module = type_module(cls)
    if type(module) is not str or module == "builtins":
        return qualname[:MAX_NAME]
    return (module + "." + qualname)[:MAX_NAME]


def type_module(cls: type) -> Any:
    """Return what a type has as its module, None for one that a C library made without."""
    try:
        return _get_module(cls)
    except Exception:
        return None


def short_type_name(cls: type) -> str:
    """Return the qualified name without its module."""
    name = type_name(cls)
    module = type_module(cls)
    if type(module) is str and name.startswith(module + "."):
        return name[len(module) + 1 :]
    return name


def mro(cls: type) -> tuple[type, ...]:
    """Return the method resolution order as the type has it."""
    found = _get_mro(cls)
    return found if type(found) is tuple else (cls,)


def type_dict(cls: type) -> Any:
    """Return the type's own namespace, a mapping proxy; empty for a C type that was never made ready."""
    found = _get_dict(cls)
    return {} if found is None else found


def flags(cls: type) -> int:
    """Return `tp_flags`."""
    return int(_get_flags(cls))


def fixed_size(cls: type) -> int | None:
    """Return the bytes of an instance, or None when it depends on the instance (`tp_itemsize`)."""
    return None if _get_itemsize(cls) else int(_get_basicsize(cls))
