"""Says which modules are loaded when the workload runs."""

import sys

told = []


def work():
    """Print the names of all modules, once."""
    if not told:
        told.append(True)
        print(*sorted(sys.modules), sep="\n", flush=True)
