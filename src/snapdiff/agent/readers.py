"""Functions that read how long a container is, for whoever watches it grow. None of them can raise."""

from __future__ import annotations

import types

from . import edges
from .attributes import is_class_attribute, is_namespace
from .names import mro, type_dict, type_name
from .pathwalk import length_of
from .referents import get_referents
from .sizes import sizer

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

_ask = object.__getattribute__


def value_reader(value: Any) -> Callable[[], Any]:
    return lambda: value


def attribute_reader(owner: Any, names: list[str], value: Any) -> Callable[[], Any] | None:
    """Return a function that reads an attribute of an attribute …, None where that does not lead to the value."""

    def read() -> Any:
        found = owner
        for name in names:
            found = _attribute(found, name)
        return found

    try:
        return read if read() is value else None
    except Exception:
        return None


def _attribute(owner: Any, name: str) -> Any:
    cls = type(owner)
    if issubclass(cls, types.ModuleType):
        return types.ModuleType.__getattribute__(owner, "__dict__").get(name)
    if issubclass(cls, type):
        return type_dict(owner).get(name)
    slot = any(type(type_dict(base).get(name)) is types.MemberDescriptorType for base in mro(cls))
    if not slot and is_class_attribute(mro(cls), name):
        raise AttributeError(name)
    return _ask(owner, name)


def length_reader(read: Callable[[], Any]) -> Callable[[], int]:
    def length() -> int:
        try:
            value = read()
            count = length_of(type(value))
            if count is not None:
                return int(count(value))
            present = edges.entries(value)
            return present if present is not None else attribute_count(value) + size_of(value)
        except Exception:
            return 0

    return length


def attribute_count(value: Any) -> int:
    """Return how many attributes a module, class or instance has."""
    cls = type(value)
    if issubclass(cls, types.ModuleType):
        return len(types.ModuleType.__getattribute__(value, "__dict__"))
    if issubclass(cls, type):
        return len(type_dict(value))
    held = get_referents(value)
    return next((len(each) for each in held if type(each) is dict and is_namespace(value, each)), len(held))


def total_reader(objects: list[Any]) -> Callable[[], int]:
    readers = [length_reader(value_reader(obj)) for obj in objects]
    return lambda: sum(read() for read in readers)


def identity_reader(read: Callable[[], Any], kinds: set[str]) -> Callable[[], int]:
    """Return what changes when an object, or one of the growing types that it refers to, is another than before."""

    def identity() -> int:
        try:
            value = read()
            links = [id(held) for held in get_referents(value) if type_name(type(held)) in kinds]
            return hash((id(value), *links))
        except Exception:
            return 0

    return identity


def context_reader(context: Any, name: str) -> Callable[[], Any] | None:
    variable = next((each for each in list(context) if each.name == name), None)
    return None if variable is None else lambda: context.get(variable)


def size_of(value: Any) -> int:
    base, measure = sizer(type(value))
    return int(base + (measure(value) if measure is not None else 0))
