"""Takes longer to import than anybody waits."""

import time

time.sleep(60)


def work():
    """Never called."""
