"""Running a program as Python itself would: a script, a module or a piece of code, as `__main__` in the main thread."""

from __future__ import annotations

import os
import sys

from .own import below_ours

SCRIPT, MODULE, CODE = "script", "module", "code"


def run(kind: str, name: str, arguments: list[str]) -> None:
    """Run the program to its end. What it raises comes through, SystemExit too."""
    namespace = sys.modules["__main__"].__dict__
    namespace["__builtins__"] = sys.modules["builtins"]
    sys.argv[:] = [name if kind == SCRIPT else "-m" if kind == MODULE else "-c", *arguments]
    if kind == MODULE:
        _first_on_path(os.getcwd())
        _run_module(name, True)
    elif kind == CODE:
        _first_on_path("")
        exec(compile(name, "<string>", "exec", dont_inherit=True), namespace)  # noqa: S102  the user's own program
    elif os.path.isfile(name) and not name.endswith((".pyz", ".zip")):
        # The folder of the file itself, whatever links lead to it.
        _first_on_path(os.path.dirname(os.path.realpath(name)))
        namespace.update(__file__=os.path.abspath(name), __cached__=None)
        with open(name, "rb") as file:
            code = compile(file.read(), namespace["__file__"], "exec", dont_inherit=True)
        exec(code, namespace)  # noqa: S102
    else:
        sys.path.insert(0, name)
        _run_module("__main__", False)


def _run_module(name: str, alter_argv: bool) -> None:
    # What `python -m` itself calls, as do pdb and debuggers: the public run_module runs in another namespace than
    # the interpreter's own `__main__`.
    import runpy

    runpy._run_module_as_main(name, alter_argv)  # type: ignore[attr-defined]


def _first_on_path(folder: str) -> None:
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        sys.path.insert(0, folder)


def tell(error: BaseException) -> int:
    """Tell of an error as Python would, without our frames on top; return the exit status."""
    trace = below_ours(error.__traceback__)
    sys.excepthook(type(error), error.with_traceback(trace), trace)
    return 130 if isinstance(error, KeyboardInterrupt) else 1
