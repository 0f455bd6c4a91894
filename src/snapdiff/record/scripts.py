"""A script that only defines things: as a whole it would call nothing, and a page would say that it is clean."""

from __future__ import annotations

import ast
import tokenize
from pathlib import Path

#: What runs nobody's code when it is evaluated.
_PLAIN = (
    ast.Constant, ast.Name, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Attribute, ast.expr_context, ast.Starred,
    ast.UnaryOp, ast.unaryop,
)  # fmt: skip


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
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            arguments = statement.args
            return not statement.decorator_list and _are_plain(
                [*arguments.defaults, *filter(None, arguments.kw_defaults)]
            )
        case ast.ClassDef(bases=[], keywords=[], decorator_list=[]):
            # A base may do something with each class that is made of it.
            return all(map(_does_nothing, statement.body))
        case ast.Assign():
            return _are_plain([*statement.targets, statement.value])
        case ast.AnnAssign():
            return _are_plain([statement.target, *filter(None, [statement.value])])
    return False


def _are_plain(nodes: list[ast.expr]) -> bool:
    return all(isinstance(inner, _PLAIN) for node in nodes for inner in ast.walk(node))
