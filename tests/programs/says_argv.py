"""Says what it was given and what it is called."""

import sys


def work():
    """Print the arguments and the module's name."""
    print(sys.argv, __name__)
