"""Attributes of instances by name, without asking anything of the program.

On 3.11 to 3.13 an ordinary instance has no dict until somebody asks, and asking makes one: 10,000 objects for 10,000
instances. So names come from slots, annotations and the names that the class's methods use, and are told from one
another by what `object.__getattribute__` finds. A name that is a descriptor anywhere in the MRO, slots apart, is never
asked for: that would call the property.
"""

from __future__ import annotations

import types

from .names import key_of, mro, type_dict, type_name

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    #: (attribute, function that reads it from an instance)
    Reader = tuple[str, Callable[[Any], Any]]

MISSING = object()
_MOST_NAMES = 300
_MAX_NAME = 80
#: Objects of one class that are asked for every name it might have; the rest only for those that were found.
_ASKED_FOR_ALL = 20
_ask = object.__getattribute__


class Attributes:
    """Reads attributes. `found` keeps the names that instances of each type (by name) were seen to have.

    Only names outlive a walk: keeping a class here would keep it alive.
    """

    def __init__(self, found: dict[str, tuple[str, ...]]) -> None:
        self._candidates: dict[Any, tuple[list[Reader], list[str]]] = {}
        self._found = found

    def of(self, cls: type, objects: list[Any]) -> dict[str, list[Any]]:
        """Return {attribute: values} over instances of one class that have no dict of their own."""
        key = key_of(cls)
        if key not in self._candidates:
            self._candidates[key] = _candidates(cls)
        slots, names = self._candidates[key]
        values: dict[str, list[Any]] = {}
        for name, read in slots:
            held = [value for value in map(read, objects) if value is not MISSING]
            if held:
                values[name] = held
        if not names:
            return values
        kind = type_name(cls)
        found = dict.fromkeys(self._found.get(kind, ()))
        known = len(found)
        for obj in objects[:_ASKED_FOR_ALL]:
            for name in names:
                if name not in found and _read(_ask, obj, name) is not MISSING:
                    found[name] = None
        if len(found) > known:
            self._found[kind] = tuple(found)
        for name in [name for name in found if name in names]:
            held = [value for value in [_read(_ask, obj, name) for obj in objects] if value is not MISSING]
            if held:
                values[name] = held
        return values


def is_namespace(owner: Any, namespace: Any) -> bool:
    """Say whether a dict that an instance refers to is its `__dict__`: its entries are the owner's attributes."""
    classes = mro(type(owner))
    checked = 0
    for name, value in list(dict.items(namespace)):
        if type(name) is not str:
            return False
        if not is_class_attribute(classes, name):
            if _read(_ask, owner, name) is not value:
                return False
            checked += 1
    return checked > 0


def is_class_attribute(classes: tuple[type, ...], name: str) -> bool:
    """Say whether asking for a name could run a descriptor. Plain class values shadowed by an instance are fine."""
    for cls in classes:
        held = type_dict(cls).get(name, MISSING)
        if held is not MISSING and any("__get__" in type_dict(base) for base in mro(type(held))):
            return True
    return False


def _candidates(cls: type) -> tuple[list[Reader], list[str]]:
    """Return (slots with their readers, other names to ask for) of a class."""
    classes = mro(cls)
    slots: dict[str, Any] = {}
    names: dict[str, None] = {}
    for base in classes:
        namespace = type_dict(base)
        for name, held in list(namespace.items()):
            if type(held) is types.MemberDescriptorType:
                if type(name) is not str or name.startswith("__"):
                    # Offsets and the like, which C types tell about themselves.
                    continue
                slots.setdefault(name[:_MAX_NAME], _slot_reader(held))
            elif type(held) is types.FunctionType:
                names.update(dict.fromkeys(held.__code__.co_names))
        annotations = namespace.get("__annotations__")
        if type(annotations) is dict:
            names.update(dict.fromkeys(name for name in annotations if type(name) is str))
    asked = [name for name in names if name not in slots and not is_class_attribute(classes, name)]
    return list(slots.items()), asked[:_MOST_NAMES]


def _slot_reader(descriptor: Any) -> Callable[[Any], Any]:
    get = descriptor.__get__

    def read(obj: Any) -> Any:
        # A slot of C that is no object (a number, a flag) is made into one for each who asks: it is not there.
        value = _read(get, obj)
        return value if value is _read(get, obj) else MISSING

    return read


def _read(function: Any, *arguments: Any) -> Any:
    try:
        return function(*arguments)
    except Exception:
        return MISSING
