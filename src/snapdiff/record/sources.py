"""Files of the program: which are its own, what their functions are called, and the lines around what grew."""

from __future__ import annotations

import ast
import os
import tokenize
from bisect import bisect_right
from pathlib import Path

#: Lines of source kept before and after a line that grew.
_CONTEXT = 4
#: A source line is cut here: generated code can have lines of megabytes.
_LONGEST_LINE = 300
#: Files larger than this are not read: they are data or generated.
_LARGEST_FILE = 4 * 1024 * 1024


class Sources:
    """Knows the files that frames name. Reads each at most once, and only while sealing."""

    def __init__(self, working_directory: str, libraries: dict[str, list[str]]) -> None:
        self._root = _folder(working_directory)
        self._packages = tuple(_folder(path) for path in libraries.get("packages", []))
        self._stdlib = tuple(_folder(path) for path in libraries.get("stdlib", []))
        self._functions: dict[str, tuple[list[int], list[tuple[int, str]]]] = {}
        self._lines: dict[str, list[str]] = {}

    def kind(self, path: str) -> str:
        """Return `project`, `stdlib`, `package` or `other`."""
        full = os.path.join(self._root, path)
        if full.startswith(self._packages) or f"{os.sep}site-packages{os.sep}" in full:
            return "package"
        if full.startswith(self._stdlib) or path.startswith("<frozen"):
            return "stdlib"
        if path.startswith("<"):
            return "other"
        return "project" if full.startswith(self._root) else "other"

    def shown(self, path: str) -> str:
        """Return the path as reports show it: relative to the project, the packages or the standard library.

        Where a machine keeps its interpreter helps nobody else, and differs between the runs one compares.
        """
        full = os.path.join(self._root, path)
        roots = {"project": (self._root,), "package": self._packages, "stdlib": self._stdlib}.get(self.kind(path), ())
        root = next((root for root in roots if full.startswith(root)), None)
        return path if root is None else os.path.relpath(full, root)

    def function(self, path: str, line: int) -> str | None:
        """Return the qualified name of the function around a line, `<module>` outside any, None if unknown."""
        if path not in self._functions:
            self._functions[path] = self._find_functions(path)
        starts, spans = self._functions[path]
        if not spans:
            return None
        # The innermost function is the last to start before the line among those that have not ended.
        for index in range(bisect_right(starts, line) - 1, -1, -1):
            end, name = spans[index]
            if line <= end:
                return name
        return "<module>"

    def excerpt(self, path: str, line: int) -> list[tuple[int, str]]:
        """Return (line number, text) around a line of a project file; empty if it cannot be read."""
        lines = self._read(path)
        first = max(1, line - _CONTEXT)
        return [
            (number, lines[number - 1][:_LONGEST_LINE]) for number in range(first, min(len(lines), line + _CONTEXT) + 1)
        ]

    def _read(self, path: str) -> list[str]:
        if path not in self._lines:
            self._lines[path] = []
            full = Path(self._root, path)
            try:
                if full.is_file() and full.stat().st_size <= _LARGEST_FILE:
                    with tokenize.open(full) as file:
                        self._lines[path] = file.read().splitlines()
            except (OSError, SyntaxError, UnicodeDecodeError):
                pass
        return self._lines[path]

    def _find_functions(self, path: str) -> tuple[list[int], list[tuple[int, str]]]:
        try:
            tree = ast.parse("\n".join(self._read(path)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return [], []
        found: list[tuple[int, int, str]] = []
        _collect(tree, "", found)
        found.sort()
        if not found and tree.body:
            return [1], [(10**9, "<module>")]
        return [start for start, _, _ in found], [(end, name) for _, end, name in found]


def _collect(node: ast.AST, prefix: str, found: list[tuple[int, int, str]]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            # Decorators, defaults and the `def` itself run in the function around it.
            found.append((_first_line(child.body[0]), child.end_lineno or child.lineno, prefix + child.name))
            _collect(child, f"{prefix}{child.name}.<locals>.", found)
        elif isinstance(child, ast.ClassDef):
            _collect(child, f"{prefix}{child.name}.", found)
        else:
            _collect(child, prefix, found)


def _first_line(statement: ast.stmt) -> int:
    """Return where a statement begins: the line of what is decorated is that of its `def` or `class`."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _folder(path: str) -> str:
    return os.path.join(os.path.abspath(path), "")
