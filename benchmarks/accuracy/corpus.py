"""Programs with known truth: folders of `NAME.py` beside a `truth.json`.

Lines are marked `# born` and `# grown` in the program. Where they lie in a package that it requires, or in the older
form of a truth, `born_any` (or `alloc_any`) and `grown_any` name parts of `file:line function` instead.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

LEAKS = ("leak", "slow-leak")
"""Verdicts that accuse; every other expected verdict is that of a program which must not be accused."""

GC_LEAKS = "python-gc leaks"
UNTRACKED_LEAKS = "untracked leaks"
NATIVE_LEAKS = "native or lost leaks"
OUTSIDE_LEAKS = "no objects"
SEVERAL_CAUSES = "several causes"
OTHER_LEAKS = "other leaks"
CYCLES = "cycles"
CLEAN_TWINS = "clean twins"
NASTY_CLEAN = "nasty clean"
KINDS = (
    GC_LEAKS, UNTRACKED_LEAKS, NATIVE_LEAKS, OUTSIDE_LEAKS, SEVERAL_CAUSES, OTHER_LEAKS, CYCLES, CLEAN_TWINS,
    NASTY_CLEAN,
)  # fmt: skip
"""The kinds of programs, in the order of the columns."""

_KIND_OF_DOMAIN = {"python-gc": GC_LEAKS, "python-untracked": UNTRACKED_LEAKS, "native": NATIVE_LEAKS}
#: Domains, in snapdiff's words, of what a program keeps and is no object.
_NO_OBJECTS = ("native", "arrow", "fd", "thread", "task", "process")
_MARKER = re.compile(r"#\s*((?:born|grown)\b(?:\s*,\s*(?:born|grown)\b)*)")


class CorpusError(Exception):
    """A folder is no corpus, or its truth does not fit its programs."""


@dataclass(frozen=True)
class Cause:
    """One of the things that grow in a program: who holds it, and what it is."""

    holder_any: tuple[str, ...]
    types_any: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """One program and what is known about it."""

    name: str
    file: Path
    verdict: str
    kind: str
    cause: Cause
    causes: tuple[Cause, ...]
    """More than one thing grows, in the order in which they must be reported; empty for most programs."""
    verdict_any: frozenset[str]
    """Verdicts in snapdiff's words that are as right as the one expected."""
    born_any: tuple[str, ...]
    """Beside the marked lines: parts of a reported `file:line function` that are right."""
    grown_any: tuple[str, ...]
    requires: tuple[str, ...]
    """What pip must install for it; empty for the standard library alone."""

    @property
    def leaks(self) -> bool:
        """Whether a tool must accuse it."""
        return self.verdict in LEAKS

    @property
    def functions(self) -> frozenset[str]:
        """The names of the functions at the top of the program."""
        tree = ast.parse(self.file.read_text(encoding="utf-8"))
        return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def load(folder: Path, pattern: str = "*", version: str = "") -> list[Program]:
    """Read the programs of a folder whose names match the pattern, with their truth on a Python such as `3.12`.

    Raises CorpusError when there is no `truth.json` or a program of the truth has no file.
    """
    try:
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{folder}: no truth.json that can be read: {error}") from error
    programs = [
        _program(folder, name, entry | {"verdict": entry.get("verdict_by_python", {}).get(version, entry["verdict"])})
        for name, entry in truth.items()
        if fnmatch(name, pattern)
    ]
    missing = [program.name for program in programs if not program.file.is_file()]
    if missing:
        raise CorpusError(f"{folder}: in truth.json, but not in the folder: {', '.join(missing)}")
    return programs


@cache
def marked_lines(file: Path, word: str) -> frozenset[int]:
    """Return the lines of a file that carry the comment `# born` or `# grown`."""
    source = file.read_text(encoding="utf-8")
    lines = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and any(
            word in re.split(r"\s*,\s*", found) for found in _MARKER.findall(token.string)
        ):
            lines.add(token.start[0])
    return frozenset(lines)


def _program(folder: Path, name: str, entry: dict[str, Any]) -> Program:
    causes = tuple(_cause(each) for each in entry.get("causes", ()))
    cause = _cause(entry)
    if causes:
        # What grows most is named by the list; the entry's own names may stand for any of the causes.
        cause = Cause(cause.holder_any or causes[0].holder_any, cause.types_any or causes[0].types_any)
    return Program(
        name=name,
        file=folder / f"{name}.py",
        verdict=entry["verdict"],
        kind=_kind(name, entry, several=len(causes) > 1),
        cause=cause,
        causes=causes,
        verdict_any=frozenset(entry.get("verdict_any", ())),
        born_any=(*entry.get("alloc_any", ()), *entry.get("born_any", ())),
        grown_any=tuple(entry.get("grown_any", ())),
        requires=tuple(entry.get("requires", ())),
    )


def _cause(entry: dict[str, Any]) -> Cause:
    return Cause(tuple(entry.get("holder_any", ())), tuple(entry.get("types_any", ())))


def _kind(name: str, entry: dict[str, Any], *, several: bool) -> str:
    if entry["verdict"] == "cycle":
        return CYCLES
    if entry["verdict"] not in LEAKS:
        # The clean ones of the PyPI pairs are the releases that mended a leak, named by their version.
        return CLEAN_TWINS if name.endswith("_twin") or entry.get("requires") else NASTY_CLEAN
    if several:
        return SEVERAL_CAUSES
    if "unit" in entry and entry.get("domain") in _NO_OBJECTS:
        return OUTSIDE_LEAKS
    if not entry.get("holder_any"):
        return NATIVE_LEAKS  # nothing in Python holds what is lost
    return _KIND_OF_DOMAIN.get(entry.get("domain", ""), OTHER_LEAKS)
