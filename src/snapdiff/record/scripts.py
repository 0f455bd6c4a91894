"""A script that only defines things: as a whole it would call nothing, and a page would say that it is clean."""

from __future__ import annotations

import ast
import tokenize
from pathlib import Path

#: Statements at a script's top level that by themselves do nothing which a later run could add to.
_DEFINING = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign,
    ast.Pass,
)  # fmt: skip
#: Expressions that run somebody's code.
_RUNNING = (ast.Call, ast.Await, ast.Subscript, ast.BinOp)


def only_defines(path: Path) -> list[str] | None:
    """Return the functions that a script defines and does nothing else, in their order.

    None when it does something, when it defines nothing, and when it cannot be read or parsed by the Python that runs
    this: whoever runs it says so better.
    """
    try:
        with tokenize.open(path) as file:
            statements = ast.parse(file.read()).body
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    defined = [made.name for made in statements if isinstance(made, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return defined if defined and all(map(_does_nothing, statements)) else None


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if not isinstance(statement, _DEFINING):
        return False
    if isinstance(statement, ast.ClassDef):
        return not (statement.decorator_list or statement.keywords) and all(map(_does_nothing, statement.body))
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        evaluated = [*statement.decorator_list, *statement.args.defaults, *filter(None, statement.args.kw_defaults)]
        return not statement.decorator_list and not any(map(_runs, evaluated))
    if isinstance(statement, ast.AnnAssign):
        return not (_runs(statement.target) or (statement.value is not None and _runs(statement.value)))
    return not _runs(statement)


def _runs(node: ast.AST) -> bool:
    return any(isinstance(inner, _RUNNING) for inner in ast.walk(node))
