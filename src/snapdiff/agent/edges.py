"""Names of references, as a person would say them, found without running the program's code.

Values of the program's data are never part of a name: keys of a dict are `{key}` and `{value}`, positions
are `[*]`. What is named are attributes, globals, closure variables and the like, which stand in the source.
"""

from __future__ import annotations

import functools
import sys
import types

from .attributes import is_class_attribute
from .names import LRU_CACHE, mro, short_type_name, type_dict

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any

_MAX_LABEL = 80
_SUSPENDED = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
#: Types whose dict is a namespace: the dict itself is no step of a chain, its entries are attributes.
_NAMESPACE_OWNERS = (types.ModuleType, type)
_MISSING = object()


def root_label(obj: Any) -> str:
    """Return the name of the first object of a chain."""
    cls = type(obj)
    if cls is types.FrameType:
        return "frame of " + _text(obj.f_code.co_name) + "()"
    name = _module_name(obj)
    if name is not None:
        return "module " + name
    return "the " + short_type_name(cls) + " object"


def is_namespace(owner: Any, namespace: Any) -> bool:
    """Say whether a dict is the attribute dictionary of its owner."""
    if type(namespace) is not dict or issubclass(type(owner), (dict, list, tuple, set)):
        return False
    if issubclass(type(owner), _NAMESPACE_OWNERS):
        return True
    # A managed dict that exists is a referent of its instance, like a dict it holds as an attribute or in a
    # C field. Its keys tell them apart: only attribute names are all identifiers and there is no other name
    # for it.
    return instance_attribute(owner, namespace) is None and all(
        type(key) is str and key.isidentifier() for key in dict.keys(namespace)
    )


def is_inner(owner: Any, value: Any) -> bool:
    """Say whether `value` is where `owner`, a collection in itself, keeps its entries."""
    return type(owner) is LRU_CACHE and type(value) is dict


def edge_label(owner: Any, value: Any) -> str:
    """Return how `owner` refers to `value`: `.name`, `[*]`, `{value}`, `closure variable x of f`, …"""
    # Types are compared with `is`: `==` and `in` would ask a metaclass.
    cls = type(owner)
    if issubclass(cls, dict):
        return _dict_edge(owner, value)
    if issubclass(cls, (list, tuple)) or cls.__name__ == "deque":
        return "[*]"
    if issubclass(cls, (set, frozenset)):
        return "{*}"
    if cls is types.FunctionType:
        return _function_edge(owner, value)
    if cls is types.MethodType:
        return " → bound to" if owner.__self__ is value else " → function"
    if cls is types.CellType:
        return ""
    if cls is LRU_CACHE:
        return " → cache"
    if cls is functools.partial:
        return " → argument of partial"
    if cls is types.FrameType:
        return next(("." + _text(name) for name, held in dict(owner.f_locals).items() if held is value), " → local")
    if any(cls is kind for kind in _SUSPENDED):
        return " → local in " + _text(owner.__name__) + "()"
    if issubclass(cls, type):
        return _type_edge(owner, value)
    name = instance_attribute(owner, value)
    return " → " if name is None else "." + name


def namespace_label(namespace: dict[Any, Any], value: Any) -> str:
    """Return the attribute under which a namespace holds a value."""
    for name, held in dict.items(namespace):
        if held is value and type(name) is str:
            return "." + _text(name)
    return _dict_edge(namespace, value)


def _dict_edge(owner: dict[Any, Any], value: Any) -> str:
    for key in dict.keys(owner):
        if key is value:
            return "{key}"
    return "{value}"


def _function_edge(owner: types.FunctionType, value: Any) -> str:
    name = _text(owner.__qualname__)
    if value is owner.__closure__:
        return " → closure of " + name
    if value is owner.__defaults__ or value is owner.__kwdefaults__:
        return " → default of " + name
    if value is owner.__globals__:
        return " → globals of " + name
    if value is owner.__code__:
        return " → code of " + name
    return " → attribute of " + name


def closure_label(function: types.FunctionType, cell: Any) -> str:
    """Return which closure variable a cell is."""
    for name, held in zip(function.__code__.co_freevars, function.__closure__ or ()):
        if held is cell:
            return " → closure variable " + _text(name) + " of " + _text(function.__qualname__)
    return " → closure of " + _text(function.__qualname__)


def _type_edge(owner: type, value: Any) -> str:
    for name, held in type_dict(owner).items():
        if held is value and type(name) is str:
            return "." + _text(name)
    return " → "


def instance_attribute(owner: Any, value: Any) -> str | None:
    """Return the attribute of an instance that holds a value, by identity, or None.

    Reads `__dict__`, which would create it, only when no name in the class's code is the one.
    A name that is a descriptor anywhere in the MRO, slots
    apart, is never asked for: `object.__getattribute__` would call the property.
    """
    classes = mro(type(owner))
    asked = set()
    for cls in classes:
        namespace = type_dict(cls)
        for name, held in list(namespace.items()):
            if type(held) is types.MemberDescriptorType:
                # A slot, of a Python or a C class.
                if _read(held.__get__, owner) is value:
                    return _text(name)
            elif type(held) is types.FunctionType:
                for used in held.__code__.co_names:
                    if used not in asked:
                        asked.add(used)
                        if not is_class_attribute(classes, used) and _ask(owner, used) is value:
                            return _text(used)
        annotations = namespace.get("__annotations__")
        for used in dict.keys(annotations) if type(annotations) is dict else ():
            if type(used) is str and used not in asked:
                asked.add(used)
                if not is_class_attribute(classes, used) and _ask(owner, used) is value:
                    return _text(used)
    return _in_dict(owner, classes, value)


def _in_dict(owner: Any, classes: tuple[type, ...], value: Any) -> str | None:
    """Look in the instance's dict, which this may create: only for steps of chains, after the last checkpoint."""
    for cls in classes:
        held = type_dict(cls).get("__dict__")
        if type(held) is types.GetSetDescriptorType:
            namespace = _read(held.__get__, owner)
            if type(namespace) is dict and namespace is not value:
                for name, attribute in list(dict.items(namespace)):
                    if attribute is value and type(name) is str:
                        return _text(name)
    return None


def _ask(owner: Any, name: str) -> Any:
    return _read(object.__getattribute__, owner, name)


def _read(function: Any, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception:
        return _MISSING


def _module_name(obj: Any) -> str | None:
    if not issubclass(type(obj), types.ModuleType):
        return None
    for name, module in list(sys.modules.items()):
        if module is obj and type(name) is str:
            return _text(name)
    return "(unnamed)"


def _text(name: Any) -> str:
    return name[:_MAX_LABEL] if type(name) is str else "(unnamed)"


def entries(obj: Any) -> int | None:
    """Return how many entries a builtin collection has, None for anything else."""
    for cls in (list, dict, set, frozenset, tuple, bytearray, bytes, str, *_arrays()):
        if issubclass(type(obj), cls):
            return int(cls.__len__(obj))
    if type(obj) is LRU_CACHE:
        return int(LRU_CACHE.cache_info(obj).currsize)
    deque = _deque()
    return deque.__len__(obj) if deque is not None and issubclass(type(obj), deque) else None


def _arrays() -> list[Any]:
    array = getattr(sys.modules.get("array"), "array", None)
    return [] if array is None else [array]


def _deque() -> Any:
    return getattr(sys.modules.get("collections"), "deque", None)


def is_collection(obj: Any) -> bool:
    """Say whether an object holds many things of one kind, rather than named ones."""
    cls = type(obj)
    return issubclass(cls, (dict, list, tuple, set, frozenset)) or cls is LRU_CACHE or (
        _deque() is not None and issubclass(cls, _deque())
    )  # fmt: skip


def node_name(obj: Any) -> str:
    """Return what to write on a node of a graph: its type, and the name of what has one in the source."""
    cls = type(obj)
    name = _module_name(obj)
    if name is not None:
        return "module " + name
    if issubclass(cls, type):
        return "class " + short_type_name(obj)
    if cls is types.FunctionType:
        return "function " + _text(obj.__qualname__)
    if cls is types.FrameType:
        return root_label(obj)
    return short_type_name(cls)
