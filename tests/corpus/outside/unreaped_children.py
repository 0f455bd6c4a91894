"""A child process is started in every call and nobody waits for it."""

import os
import sys


def compress():
    return os.posix_spawn("/bin/true", ["true"], {})  # born


def setup():
    assert sys.platform == "linux"


def iterate():
    process = compress()
    assert process > 0
