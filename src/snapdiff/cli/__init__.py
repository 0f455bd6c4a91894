"""The command line: parse, call, exit code. One file a command, loaded when it is used."""

from snapdiff.cli.main import main

__all__ = ["main"]
