"""Finding what to call: `file.py:function`, `package.module:Class.method` or `script.py`.

Everything a person can get wrong here ends in a `TargetError` with one sentence that says what to do.
"""

from __future__ import annotations

import functools
import importlib
import os
import sys
import types

from .names import mro, type_dict

TYPE_CHECKING = False  # typing itself takes 8 ms to import
if TYPE_CHECKING:
    from typing import Any, Callable

_COROUTINE = 0x80
_GENERATOR = 0x20
_ASYNC_GENERATOR = 0x200


class TargetError(Exception):
    """The target cannot be run; the message says why and what to do."""


class Target:
    """What to call once an iteration, and the functions around it."""

    def __init__(self, function: Callable[..., Any], name: str, file: str | None, line: int | None) -> None:
        self.function = function
        self.name = name
        self.file = file
        self.line = line
        self.is_coroutine = bool(_code_flags(function) & _COROUTINE)


def split(spec: str) -> tuple[str, str | None]:
    """Split `place:attribute` into its halves; the attribute is None for a whole script."""
    place, colon, attribute = spec.rpartition(":")
    # C:\x.py has a colon too.
    if not colon or (len(place) == 1 and attribute[:1] in "\\/"):
        return spec, None
    return place, attribute


def is_file(place: str) -> bool:
    """Say whether a place is a file rather than a module's name."""
    return place.endswith(".py") or os.sep in place or "/" in place


def import_place(place: str) -> types.ModuleType:
    """Import the module of a target: a file under its dotted package name, or a module by name."""
    if is_file(place):
        return _import_file(place)
    sys.path.insert(0, os.getcwd())
    return _import_name(place, place)


def _import_file(place: str) -> types.ModuleType:
    path = os.path.abspath(place)
    if not os.path.isfile(path):
        raise TargetError(f"There is no file {place}. Check the path; it is looked up from {os.getcwd()}.")
    folder, base = os.path.split(path)
    name = os.path.splitext(base)[0]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        name = package if name == "__init__" else package + "." + name
    if not all(part.isidentifier() for part in name.split(".")):
        raise TargetError(f"{place} cannot be imported: {name!r} is not a module name. Rename the file.")
    sys.path.insert(0, folder)
    module = _import_name(name, place)
    found = getattr(module, "__file__", None)
    if found is None or not os.path.exists(found) or not os.path.samefile(found, path):
        raise TargetError(
            f"{place} cannot be imported as {name!r}: that name already belongs to {found or 'a built-in module'}. "
            "Rename the file."
        )
    return module


def _import_name(name: str, place: str) -> types.ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            raise TargetError(
                f"There is no module {name}. Modules are looked up from {os.getcwd()} and in "
                f"{sys.executable}'s own packages."
            ) from error
        raise TargetError(f"Importing {place} failed: {describe(error)}.") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise TargetError(f"Importing {place} failed: {describe(error)}.") from error


def describe(error: BaseException) -> str:
    """Return `Type: message (file:line)` of an error in the program, for its own terminal."""
    text = type(error).__name__
    try:
        message = str(error).split("\n", 1)[0][:300]
    except Exception:
        message = ""
    if message:
        text += ": " + message
    place = innermost(error)
    if isinstance(error, SyntaxError) and error.filename is not None:
        return text
    return text if place is None else "{} ({}:{})".format(text, place["file"], place["line"])


def innermost(error: BaseException) -> dict[str, Any] | None:
    """Return the innermost frame of an error that is neither ours nor the import system's."""
    folder = os.path.dirname(os.path.abspath(__file__))
    place = None
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        name = code.co_filename
        if not name.startswith(("<frozen", folder)) and os.sep + "importlib" + os.sep not in name:
            place = {"file": name, "line": trace.tb_lineno, "function": code.co_name}
        trace = trace.tb_next
    return place


def resolve(owner: Any, place: str, attribute: str) -> Any:
    """Follow a dotted name from a module, with a sentence for the first part that is not there."""
    found = owner
    done = place
    for part in attribute.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            inside = vars(found) if isinstance(found, (types.ModuleType, type)) else {}
            names = ", ".join(sorted(n for n in inside if callable(inside[n]) and n[:1] != "_")[:8])
            hint = f" It has: {names}." if names else ""
            raise TargetError(f"{done} has no {part!r}.{hint}") from None
        done += (":" if done == place else ".") + part
    return found


def helper(spec: str | None, default: types.ModuleType | None, option: str) -> Callable[..., Any] | None:
    """Return the function an option such as `--setup NAME` names, in the target's module unless it says where."""
    if spec is None:
        return None
    place, attribute = split(spec)
    if attribute is None:
        if default is None:
            raise TargetError(f"{option} {spec} needs a place for a script target: module:{spec} or file.py:{spec}.")
        module, name, place = default, spec, default.__name__
    else:
        module, name = import_place(place), attribute
    function: Callable[..., Any] = resolve(module, place, name)
    if not callable(function):
        raise TargetError(f"{option} {spec} is not callable, it is of type {type(function).__name__}.")
    missing = missing_arguments(function)
    if missing:
        raise TargetError(f"{option} {spec} must take no arguments, it wants {', '.join(missing)}.")
    return function


def needs_instance(module: types.ModuleType, attribute: str) -> bool:
    """Say whether an attribute is a plain method of a class, which must be looked up on an instance."""
    owner_name, _, name = attribute.rpartition(".")
    if not owner_name:
        return False
    try:
        owner = resolve(module, module.__name__, owner_name)
    except TargetError:
        return False
    if not isinstance(owner, type):
        return False
    for base in mro(owner):
        if name in type_dict(base):
            return not isinstance(type_dict(base)[name], (staticmethod, classmethod, type))
    return False


def check(function: Any, spec: str, has_inputs: bool) -> Target:
    """Check that a target can be called as planned; return it."""
    if not callable(function):
        raise TargetError(f"{spec} is not callable, it is of type {type(function).__name__}.")
    bits = _code_flags(function)
    if bits & (_GENERATOR | _ASYNC_GENERATOR):
        raise TargetError(
            f"{spec} is a generator function: calling it runs nothing. Name a function that goes through it."
        )
    missing = missing_arguments(function)
    if missing and not has_inputs:
        raise TargetError(
            f"{spec} wants arguments ({', '.join(missing)}) and gets none. Name a function that returns them "
            "with --inputs."
        )
    code = getattr(_unwrap(function)[0], "__code__", None)
    return Target(
        function,
        spec,
        code.co_filename if code is not None else None,
        code.co_firstlineno if code is not None else None,
    )


def _unwrap(function: Any) -> tuple[Any, int, set[str]]:
    """Return (function, arguments already given by position, by name) under methods and partials."""
    given = 0
    named: set[str] = set()
    while True:
        if isinstance(function, functools.partial):
            given += len(function.args)
            named.update(function.keywords)
            function = function.func
        elif isinstance(function, types.MethodType):
            given += 1
            function = function.__func__
        elif isinstance(function, type):
            given += 1
            init = next((type_dict(base)["__init__"] for base in mro(function) if "__init__" in type_dict(base)), None)
            return init, given, named
        elif not isinstance(function, types.FunctionType) and _call_method(function) is not None:
            given += 1
            function = _call_method(function)
        else:
            return function, given, named


def _call_method(obj: Any) -> types.FunctionType | None:
    """Return the `__call__` that an object's class defines in Python, None if there is none."""
    for base in mro(type(obj)):
        method = type_dict(base).get("__call__")
        if method is not None:
            return method if isinstance(method, types.FunctionType) else None
    return None


def _code_flags(function: Any) -> int:
    if isinstance(function, type):
        return 0
    code = getattr(_unwrap(function)[0], "__code__", None)
    return code.co_flags if isinstance(code, types.CodeType) else 0


def missing_arguments(function: Any) -> list[str]:
    """Return the names of arguments that a call without any would lack; empty where nobody can know."""
    plain, given, named = _unwrap(function)
    if not isinstance(plain, types.FunctionType):
        return []
    code = plain.__code__
    positional = list(code.co_varnames[: code.co_argcount])
    required = positional[: code.co_argcount - len(plain.__defaults__ or ())][given:]
    keyword = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    required += [name for name in keyword if name not in (plain.__kwdefaults__ or {})]
    return [name for name in required if name not in named]
