"""Tracebacks of a recording as frames, and the frame a person would blame."""

from __future__ import annotations

import sys

from snapdiff.analysis.matrices import Matrices, records
from snapdiff.analysis.model import Excerpt, Frame


class Frames:
    """Looks up stacks, files and source lines."""

    def __init__(self, matrices: Matrices) -> None:
        files = matrices.table("files")
        self._paths = dict(zip(files["file"], files["path"], strict=True))
        self._kinds = dict(zip(files["file"], files["kind"], strict=True))
        self._stacks: dict[int, list[tuple[int, int, str | None]]] = {}
        for row in records(matrices.table("stacks").sort_values(["stack", "depth"])):
            function = row.function if isinstance(row.function, str) else None
            self._stacks.setdefault(int(row.stack), []).append((int(row.file), int(row.line), function))
        self._functions = {(file, line): name for stack in self._stacks.values() for file, line, name in stack}
        self._source: dict[int, dict[int, str]] = {}
        for row in records(matrices.table("source")):
            self._source.setdefault(int(row.file), {})[int(row.line)] = str(row.text)

    def stack(self, number: int) -> tuple[Frame, ...]:
        """Return a traceback, the most recent call first."""
        return tuple(self._frame(file, line) for file, line, _ in self._stacks.get(number, []))

    def blamed(self, number: int, home: str | None = None) -> tuple[Frame | None, tuple[Frame, ...]]:
        """Return the frame to blame, and its callers.

        What grows inside an installed package (`home`) is that package's doing: its innermost frame. Else it is the
        first frame of the program itself, or the first of all.
        """
        stack = self._stacks.get(number, [])
        if not stack:
            return None, ()
        at = next((i for i, (file, _, _) in enumerate(stack) if self._is_of(file, home)), None)
        if at is None:
            at = next((i for i, (file, _, _) in enumerate(stack) if self._kinds.get(file) == "project"), None)
        if at is None:
            # Code that was made from a text has no lines that anybody could read.
            at = next((i for i, (file, _, _) in enumerate(stack) if not self._paths.get(file, "").startswith("<")), 0)
        frames = self.stack(number)
        return frames[at], frames[at + 1 :]

    def _is_of(self, file: int, package: str | None) -> bool:
        if package is None or self._kinds.get(file) != "package":
            return False
        path = self._paths.get(file, "").replace("\\", "/")
        return bool(path.startswith(package + "/") or path == package + ".py")

    def places(self, number: int) -> set[tuple[str, str | None]]:
        """Return (file, function) of a traceback's frames, from the allocation up to the one that is blamed.

        Not beyond: the function that is recorded stands at the end of every traceback.
        """
        _, callers = self.blamed(number)
        stack = self.stack(number)
        return {(frame.file, frame.function) for frame in stack[: len(stack) - len(callers)]}

    def of_library(self, number: int) -> tuple[Frame, ...]:
        """Return a traceback's frames in the standard library."""
        stack = self._stacks.get(number, [])
        return tuple(self._frame(file, line) for file, line, _ in stack if self._kinds.get(file) == "stdlib")

    def line(self, file: int, line: int) -> Frame:
        """Return the frame of an allocation line."""
        return self._frame(file, line)

    def excerpt(self, frame: Frame) -> Excerpt | None:
        """Return the recorded source around a frame, None if there is none."""
        file = next((number for number, path in self._paths.items() if path == frame.file), None)
        lines = self._source.get(file, {}) if file is not None else {}
        if frame.line not in lines:
            return None
        first = last = frame.line
        while first - 1 in lines and frame.line - first < _CONTEXT:
            first -= 1
        while last + 1 in lines and last - frame.line < _CONTEXT:
            last += 1
        return Excerpt(frame.file, first, tuple(lines[number] for number in range(first, last + 1)), frame.line)

    def is_extension(self, kind: str) -> bool:
        """Say whether a type is of an installed package: not builtin, the standard library's or the program's own."""
        top = kind.partition(".")[0]
        if top == kind or top in sys.stdlib_module_names:
            return False
        own = {self._paths[file] for file, each in self._kinds.items() if each == "project"}
        return not any(top in path.removesuffix(".py").replace("\\", "/").split("/") for path in own)

    def _frame(self, file: int, line: int) -> Frame:
        return Frame(self._paths.get(file, "?"), line, self._functions.get((file, line)))


#: Lines shown before and after the one that matters.
_CONTEXT = 3
