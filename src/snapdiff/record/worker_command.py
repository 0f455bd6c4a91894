"""Which interpreter a worker's command starts, and which program in it: the agent is started in its place."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from snapdiff.record.options import OptionsError

_PYTHON = re.compile(r"(python|pypy)[\d.]*[a-z]?(\.exe)?")
#: Options of the interpreter that take a value, in the same word or in the next.
_WITH_VALUE = "WX"
#: Options that end the interpreter's own: what follows is the program.
_MODULE, _CODE = "m", "c"
#: The beginning of a console script, with the interpreter: plain, through `env`, and as installers write it when the
#: interpreter's path is too long for the kernel or has a blank.
_SHEBANGS = (
    re.compile(rb"#!\s*(?P<path>[^\s]*/(?:python|pypy)[\w.]*)\s*\n"),
    re.compile(rb"#!\s*/usr/bin/env\s+(?P<path>(?:python|pypy)[\w.]*)\s*\n"),
    re.compile(rb"#!/bin/sh\n'''exec' \"?(?P<path>[^\"\n]*?/(?:python|pypy)[\w.]*)\"? \"\$0\" \"\$@\"\n"),
)
_HEAD = 1024


@dataclass(frozen=True)
class WorkerCommand:
    """What a command starts. `kind` is script, module or code, as the agent's `program` has them."""

    python: str
    flags: tuple[str, ...]
    kind: str
    name: str
    arguments: tuple[str, ...]


def parse(command: str) -> WorkerCommand:
    """Take a worker's command apart. Raises OptionsError where no Python program can be seen in it."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise OptionsError(f"--rpc {command}: {error}. Write the command as in a shell.") from None
    if not words:
        raise OptionsError("--rpc is empty. Name the worker's command, such as --rpc 'python worker.py'.")
    first = shutil.which(words[0])
    if first is None:
        raise OptionsError(f"There is no command {words[0]} to start the worker with.")
    if _PYTHON.fullmatch(Path(words[0]).name):
        return _program(first, words[1:], command)
    python = _interpreter_of(first)
    if python is None:
        raise OptionsError(
            f"It cannot be seen which Python {words[0]} runs, so the agent cannot get inside. Write the command with "
            "its interpreter: --rpc 'PYTHON worker.py' or --rpc 'PYTHON -m package.worker'."
        )
    return WorkerCommand(python, (), "script", first, tuple(words[1:]))


def _program(python: str, words: list[str], command: str) -> WorkerCommand:
    flags: list[str] = []
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word.startswith("--"):
            flags.append(word)
            if word == "--check-hash-based-pycs" and words:
                flags.append(words.pop(0))
            continue
        for at, letter in enumerate(word[1:], start=1):
            if letter in (_MODULE, _CODE):
                flags += ["-" + word[1:at]] if at > 1 else []
                name = word[at + 1 :] or (words.pop(0) if words else "")
                if not name:
                    raise OptionsError(f"--rpc {command}: -{letter} names nothing.")
                kind = "module" if letter == _MODULE else "code"
                return WorkerCommand(python, tuple(flags), kind, name, tuple(words))
            if letter in _WITH_VALUE:
                flags.append(word)
                if at + 1 == len(word) and words:
                    flags.append(words.pop(0))
                break
        else:
            flags.append(word)
    if not words or words[0] == "-":
        raise OptionsError(f"--rpc {command}: the interpreter is given no program. Write --rpc 'python worker.py'.")
    script = words.pop(0)
    if not os.path.exists(script):
        raise OptionsError(f"There is no file {script}. Check the path; it is looked up from {os.getcwd()}.")
    return WorkerCommand(python, tuple(flags), "script", script, tuple(words))


def _interpreter_of(script: str) -> str | None:
    try:
        with open(script, "rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return None
    for shebang in _SHEBANGS:
        found = shebang.match(head)
        if found is not None:
            return shutil.which(os.fsdecode(found["path"]))
    return None
