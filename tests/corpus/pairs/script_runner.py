"""A runner of old scripts that silences the known deprecation at a line of each script.

The filter is added to the process-wide list and stays after the script.
"""

import itertools
import warnings

lines = itertools.count(300)


def old_call(line):
    warnings.warn_explicit("use new_call", DeprecationWarning, "script", line, module="script", registry={})
    return line


def run(line):
    warnings.simplefilter("ignore", DeprecationWarning, lineno=line, append=True)  # born, grown
    warnings.simplefilter("ignore", DeprecationWarning)
    return old_call(line)


def setup():
    pass


def iterate():
    line = next(lines)
    assert run(line) == line
