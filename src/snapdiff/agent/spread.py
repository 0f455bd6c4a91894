"""From the objects of one path to the paths below it: which edges lead on, and what they are called.

One function a kind of object. All of them work on many objects at once and hand {edge: objects} to the walk. Names are
what a person would say, and never values of the program's data: the key of a dictionary is named only if it is a short
identifier that was there before the workload ran.
"""

from __future__ import annotations

import contextvars
import types
import weakref
from collections import deque
from itertools import chain

from .attributes import Attributes, is_namespace
from .names import LRU_CACHE, MANAGED_DICT, flags, key_of, module_dict, type_dict, type_name
from .referents import get_referents

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

    from .pathwalk import PathWalk

_MAX_NAME = 80
#: Entries of a dictionary whose keys may be named: of 40 tenants, each with a list, each was a finding of its own.
_MOST_NAMED_KEYS = 16
_LONGEST_KEY = 40
#: Texts in namespaces are counted from this length on: shorter ones are names, versions and the like.
_LONG_TEXT = 256
#: Entries of a wrapper's `__dict__` among which `__wrapped__` stands; a look-up could compare with the program's keys.
_FEW = 12
#: Of the type: a wrapper's own `cache_info` could be anybody's.
_cache_info: Any = LRU_CACHE.cache_info
_dictoffset = type.__dict__["__dictoffset__"].__get__
#: Entries of namespaces that lead nowhere. Types are told by id: `in` would ask a metaclass.
_DULL = frozenset(
    map(
        id,
        (
            types.BuiltinFunctionType,
            types.GetSetDescriptorType,
            types.MemberDescriptorType,
            types.MethodDescriptorType,
            types.WrapperDescriptorType,
            types.ClassMethodDescriptorType,
            types.CodeType,
            int,
            float,
            complex,
        ),
    )
)
_DULL_NAMES = ("__builtins__", "__loader__", "__spec__", "__doc__", "__file__", "__cached__")
_WRAPPERS = frozenset(map(id, (property, staticmethod, classmethod)))
_SUSPENDED = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)
_WEAK = (weakref.ref, weakref.ProxyType, weakref.CallableProxyType)
LOCAL, CONTEXT, UNNAMED = " → local variable of ", " → context variable ", " → "


class Spread:
    """Expands groups of objects for a walk."""

    def __init__(self, walk: PathWalk) -> None:
        self._walk = walk
        self._plans: dict[Any, Callable[[int, type, list[Any]], None]] = {}
        self._attributes = Attributes(walk.book.attributes)

    def close(self) -> None:
        """Let go of the walk: bound methods of ours would be a cycle."""
        self._plans.clear()
        del self._walk

    def expand(self, node: int, cls: type, objects: list[Any]) -> None:
        """Hand what some objects of one type refer to to the walk."""
        key = key_of(cls)
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._plan(cls)
        plan(node, cls, objects)

    def _plan(self, cls: type) -> Callable[[int, type, list[Any]], None]:
        if cls is dict:
            return self._dicts
        if cls is list or cls is tuple or cls is deque:
            return self._sequences
        if cls is set or cls is frozenset:
            return self._sets
        if issubclass(cls, types.ModuleType):
            return self._modules
        if issubclass(cls, type):
            return self._classes
        exact: dict[Any, Callable[[int, type, list[Any]], None]] = {
            types.FunctionType: self._functions,
            types.MethodType: self._methods,
            types.CellType: self._cells,
            types.CodeType: self._nothing,
            types.TracebackType: self._labelled,
            types.FrameType: self._frames,
            LRU_CACHE: self._caches,
            contextvars.Context: self._contexts,
            **dict.fromkeys(_SUSPENDED, self._suspended),
        }
        for kind, plan in exact.items():
            if cls is kind:
                return plan
        if id(cls) in _WRAPPERS:
            return self._labelled
        if issubclass(cls, _WEAK):
            return self._weak
        if issubclass(cls, (dict, list, tuple, set, frozenset, deque)):
            return self._subclassed
        if issubclass(cls, BaseException):
            return self._exceptions
        return self._instances

    # -- namespaces ---------------------------------------------------------------------------------------

    def _modules(self, node: int, cls: type, objects: list[Any]) -> None:
        for module in objects:
            namespace = module_dict(module)
            self._walk.book.add(node, 0, 0, len(namespace))
            self._namespace(node, list(dict.items(namespace)))

    def _classes(self, node: int, cls: type, objects: list[Any]) -> None:
        walk = self._walk
        for each in objects:
            namespace = list(type_dict(each).items())
            walk.book.add(node, 0, 0, len(namespace))
            self._namespace(node, namespace)
        walk.skipped += objects

    def _namespace(self, node: int, items: list[tuple[Any, Any]]) -> None:
        """Take the values of a module or class that can hold something."""
        walk = self._walk
        for name, value in items:
            cls = type(value)
            if value is None or cls is bool or id(cls) in _DULL or (type(name) is str and name in _DULL_NAMES):
                continue
            if (cls is str or cls is bytes) and len(value) < _LONG_TEXT:
                continue
            if cls is types.FunctionType:
                self._named_function(node, _attribute(name), value)
            elif id(cls) in _WRAPPERS:
                for inner in get_referents(value):
                    if type(inner) is types.FunctionType:
                        self._named_function(node, _attribute(name), inner)
                    elif type(inner) is not str:
                        walk.take(node, _attribute(name), (inner,))
            else:
                walk.take(node, _attribute(name), (value,))

    def _named_function(self, node: int, edge: str, function: Any) -> None:
        """Take a function that has state; one without is only code."""
        walk = self._walk
        if function.__closure__ is None and not function.__defaults__ and not function.__kwdefaults__:
            dicts = [held for held in get_referents(function) if type(held) is dict]
            if all(held is function.__globals__ or held is getattr(function, "__builtins__", None) for held in dicts):
                if id(function) not in walk.seen:
                    walk.seen.add(id(function))
                    walk.skipped.append(function)
                return
        walk.take(node, edge, (function,))

    # -- code ---------------------------------------------------------------------------------------------

    def _functions(self, node: int, cls: type, objects: list[Any]) -> None:
        take, count_only, seen = self._walk.take, self._walk.count_only, self._walk.seen
        for function in objects:
            name = _text(function.__qualname__)
            closure = function.__closure__
            if closure:
                count_only(node, " → cells", list(closure))
                count_only(node, " → closure", [closure])
                for variable, cell in zip(function.__code__.co_freevars, closure):
                    take(node, " → closure variable " + _text(variable) + " of " + name, get_referents(cell))
            for variable, value in _defaults(function, seen):
                take(node, " → default " + _text(variable) + " of " + name, (value,))
            namespace = function.__globals__
            if id(namespace) not in seen:
                take(node, " → globals of " + name, (namespace,))
            for held in get_referents(function):
                if type(held) is dict and held is not namespace and id(held) not in seen:
                    self._take_namespace(node, held)
        self._walk.skipped += objects

    def _methods(self, node: int, cls: type, objects: list[Any]) -> None:
        self._walk.take(node, " → bound to", [method.__self__ for method in objects])
        self._walk.take(node, " → function", [method.__func__ for method in objects])

    def _cells(self, node: int, cls: type, objects: list[Any]) -> None:
        self._walk.take(node, " → variable", get_referents(*objects))

    def _nothing(self, node: int, cls: type, objects: list[Any]) -> None:
        """What these refer to is code, and no data."""

    def _suspended(self, node: int, cls: type, objects: list[Any]) -> None:
        for each in objects:
            self._walk.take(node, LOCAL + _text(each.__qualname__) + "()", get_referents(each))

    def _frames(self, node: int, cls: type, objects: list[Any]) -> None:
        for frame in objects:
            self._walk.take(node, LOCAL + _text(frame.f_code.co_name) + "()", get_referents(frame))

    def _contexts(self, node: int, cls: type, objects: list[Any]) -> None:
        for context in objects:
            for variable, value in list(context.items()):
                self._walk.take(node, CONTEXT + _text(variable.name), (value,))
        self._walk.take(node, UNNAMED, get_referents(*objects))

    def _labelled(self, node: int, cls: type, objects: list[Any]) -> None:
        for held in get_referents(*objects):
            self._walk.take(node, UNNAMED, (held,))

    def _exceptions(self, node: int, cls: type, objects: list[Any]) -> None:
        take = self._walk.take
        held = get_referents(*objects)
        take(node, ".__traceback__", [each for each in held if type(each) is types.TracebackType])
        take(node, ".__context__", [each for each in held if issubclass(type(each), BaseException)])
        take(node, ".args", [each for each in held if type(each) is tuple])
        self._instances(node, cls, objects)

    # -- collections --------------------------------------------------------------------------------------

    def _sequences(self, node: int, cls: type, objects: list[Any]) -> None:
        self._walk.take(node, "[*]", _others(get_referents(*objects), cls))

    def _sets(self, node: int, cls: type, objects: list[Any]) -> None:
        self._walk.take(node, "{*}", get_referents(*objects))

    def _dicts(self, node: int, cls: type, objects: list[Any]) -> None:
        take, book = self._walk.take, self._walk.book
        if len(objects) == 1:
            entries = objects[0]
            # A dict of names, such as a table of handlers: each is a place of its own.
            if 0 < dict.__len__(entries) <= _MOST_NAMED_KEYS and all(map(_is_name, dict.keys(entries))):
                plain = []
                for name, value in list(dict.items(entries)):
                    edge = '["' + name + '"]'
                    if book.opening or (node, edge) in book.named_keys:
                        book.named_keys[(node, edge)] = None
                        take(node, edge, (value,))
                    else:
                        plain.append(name)
                if not plain:
                    return
        take(node, "{key}", list(chain.from_iterable(map(dict.keys, objects))))
        take(node, "{value}", list(chain.from_iterable(map(dict.values, objects))))

    def _subclassed(self, node: int, cls: type, objects: list[Any]) -> None:
        if issubclass(cls, dict):
            self._dicts(node, cls, objects)
        else:
            base = next(base for base in (list, tuple, deque, set, frozenset) if issubclass(cls, base))
            edge = "{*}" if base is set or base is frozenset else "[*]"
            self._walk.take(node, edge, _others(list(chain.from_iterable(map(base.__iter__, objects))), cls))
        self._instances(node, cls, objects)

    def _caches(self, node: int, cls: type, objects: list[Any]) -> None:
        """Look into `functools.lru_cache`: what it holds is its own, not its inner dict's."""
        walk = self._walk
        for cache in objects:
            held = get_referents(cache)
            entries = int(_cache_info(cache).currsize)
            for each in held:
                if type(each) is dict and id(each) not in walk.seen:
                    if any(type(key) is str and key == "__wrapped__" for key in list(dict.keys(each))[:_FEW]):
                        walk.count_only(node, " → __dict__", [each])
                    elif len(each) == entries:
                        walk.count_only(node, " → cache", [each])
                        walk.take(node, "{key}", list(dict.keys(each)))
                        links = list(dict.values(each))
                        walk.take(node, " → cached", list(chain.from_iterable(map(_linked, links))))
            # What is left are results that the cache tells the collector of itself.
            walk.take(node, " → cached", [each for each in held if type(each) is not type])

    def _weak(self, node: int, cls: type, objects: list[Any]) -> None:
        self._walk.take(node, " → callback", _others(get_referents(*objects), cls))

    # -- instances ----------------------------------------------------------------------------------------

    def _instances(self, node: int, cls: type, objects: list[Any]) -> None:
        walk = self._walk
        referred: list[Any] = []
        plain = objects
        if flags(cls) & MANAGED_DICT or _dictoffset(cls):
            plain = []
            for obj in objects:
                held = get_referents(obj)
                namespace = next((each for each in held if type(each) is dict and is_namespace(obj, each)), None)
                if namespace is None:
                    plain.append(obj)
                    walk.book.add(node, 0, 0, len(_others(held, cls)))
                else:
                    self._take_namespace(node, namespace)
        if plain:
            for name, values in self._attributes.of(cls, plain).items():
                walk.take(node, "." + name, values)
        referred = _others(get_referents(*objects), cls)
        handler = walk.handler(cls)
        if handler is not None and not issubclass(cls, dict):
            referred.extend(handler(objects))
        walk.take(node, UNNAMED, referred)

    def _take_namespace(self, node: int, namespace: dict[Any, Any]) -> None:
        walk = self._walk
        walk.count_only(node, " → __dict__", [namespace])
        walk.book.add(node, 0, 0, len(namespace))
        for name, value in list(dict.items(namespace)):
            walk.take(node, _attribute(name), (value,))


def _defaults(function: Any, seen: set[int]) -> list[tuple[Any, Any]]:
    """Return (parameter, default) of a function; what keeps the defaults is marked as seen."""
    found: list[tuple[Any, Any]] = []
    code, defaults, keyword = function.__code__, function.__defaults__, function.__kwdefaults__
    if defaults:
        seen.add(id(defaults))
        # A function can be given more defaults than it has parameters: the first ones are for none.
        first = code.co_argcount - len(defaults)
        found += zip(code.co_varnames[max(first, 0) : code.co_argcount], defaults[max(-first, 0) :])
    if keyword:
        seen.add(id(keyword))
        found += dict.items(keyword)
    return found


def _linked(link: Any) -> list[Any]:
    """Return (key and) result of a cache's entry: bounded caches keep them in links, others bare."""
    return get_referents(link) if type_name(type(link)) == "functools._lru_list_elem" else [link]


def _others(objects: list[Any], cls: type) -> list[Any]:
    return [obj for obj in objects if obj is not cls]


def _is_name(key: Any) -> bool:
    return type(key) is str and len(key) <= _LONGEST_KEY and key.isidentifier()


def _attribute(name: Any) -> str:
    return "." + name[:_MAX_NAME] if type(name) is str else "{value}"


def _text(name: Any) -> str:
    return name[:_MAX_NAME] if type(name) is str else "(unnamed)"
