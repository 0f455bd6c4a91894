"""What an object refers to: `gc.get_referents`, plus what types do not tell the collector.

A type's `tp_traverse` may leave out whatever cannot be part of a cycle. The table below has, for such types,
a function that returns the missing referents; it is the one place for them, and exactness is promised (and
tested) for what is in it.
"""

from __future__ import annotations

import gc
import sys
import types
from itertools import chain

from .names import HAVE_GC, flags, module_dict, mro, type_dict

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable

    #: Given many objects of one type (or its subclasses), return what traversal missed.
    Handler = Callable[[list[Any]], Iterable[Any]]


get_referents = gc.get_referents


def direct(cls: type, objects: list[Any]) -> list[Any]:
    """Return what objects of one type tell the collector they refer to; of a module only its namespace.

    The traversal of 3.12's `_asyncio` visits its free list, objects that are dead: touching them ends in a hang.
    """
    if issubclass(cls, types.ModuleType):
        return [module_dict(module) for module in objects]
    return get_referents(*objects) if flags(cls) & HAVE_GC else []


def _dict_keys(dicts: list[Any]) -> Iterable[Any]:
    # dict_traverse skips the keys of a dict that has only string keys. dict.keys, not the object's own
    # method: a subclass may override it.
    return chain.from_iterable(map(dict.keys, dicts))


# co_code and co_varnames are left out: reading them creates objects (and caches some) since 3.11.
_CODE_FIELDS = [
    name
    for name in (
        "co_consts",
        "co_names",
        "co_name",
        "co_qualname",
        "co_filename",
        "co_linetable",
        "co_exceptiontable",
    )
    if hasattr(_dict_keys.__code__, name)
]


def _code_constants(codes: list[Any]) -> Iterable[Any]:
    return [getattr(code, name) for code in codes for name in _CODE_FIELDS]


def _range_bounds(ranges: list[Any]) -> Iterable[Any]:
    return [bound for r in ranges for bound in (r.start, r.stop, r.step)]


def _array_contents(numpy_array: Any) -> Handler:
    get_base = numpy_array.base.__get__
    get_dtype = numpy_array.dtype.__get__
    get_flat = numpy_array.flat.__get__

    def contents(arrays: list[Any]) -> Iterable[Any]:
        found = []
        for array in arrays:
            base = get_base(array)
            if base is not None:
                found.append(base)
            if get_dtype(array).kind == "O":
                found.extend(get_flat(array))
        return found

    return contents


def _time_zones(cls: Any) -> Handler:
    get_tzinfo = cls.tzinfo.__get__

    def zones(times: list[Any]) -> Iterable[Any]:
        return [zone for zone in map(get_tzinfo, times) if zone is not None]

    return zones


#: (module, type, a member that is the C implementation's)
_LIBRARY_TYPES = (
    ("numpy", "ndarray", "flat"),
    ("datetime", "datetime", "tzinfo"),
    ("datetime", "time", "tzinfo"),
)


def library_types() -> list[Any]:
    """Return the array, datetime and time types of libraries that are loaded, None for each that is not."""
    return [_library_type(*place) for place in _LIBRARY_TYPES]


def _library_type(module_name: str, name: str, member: str) -> Any:
    """Return a type that is written in C, where the member runs no Python code. Tests put others in its place."""
    module = sys.modules.get(module_name)
    if not issubclass(type(module), types.ModuleType):
        return None
    cls = module_dict(module).get(name)
    in_c = type(cls) is type and type(type_dict(cls).get(member)) is types.GetSetDescriptorType
    return cls if in_c else None


def handlers() -> dict[type, Handler]:
    """Return the table for the libraries that are loaded now. Imports nothing."""
    table: dict[type, Handler] = {
        dict: _dict_keys,
        type(_dict_keys.__code__): _code_constants,
        range: _range_bounds,
    }
    array, *times = library_types()
    if array is not None:
        table[array] = _array_contents(array)
    for cls in times:
        if cls is not None:
            table[cls] = _time_zones(cls)
    return table


def handler_for(cls: type, table: dict[type, Handler]) -> Handler | None:
    """Return the handler of a type or of its nearest base that has one."""
    for base in mro(cls):
        if type(base) is type and base in table:
            return table[base]
    return None


def referents(obj: Any, table: dict[type, Handler]) -> list[Any]:
    """Return everything one object refers to; may repeat an object."""
    found = direct(type(obj), [obj])
    handler = handler_for(type(obj), table)
    if handler is not None:
        found.extend(handler([obj]))
    return found
