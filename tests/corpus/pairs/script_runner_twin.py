"""A runner of old scripts that silences the known deprecation at a line of each script while it runs."""

import itertools
import warnings

lines = itertools.count(300)


def old_call(line):
    warnings.warn_explicit("use new_call", DeprecationWarning, "script", line, module="script", registry={})
    return line


def run(line):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning, lineno=line, append=True)
        warnings.simplefilter("ignore", DeprecationWarning)
        return old_call(line)


def setup():
    pass


def iterate():
    line = next(lines)
    assert run(line) == line
