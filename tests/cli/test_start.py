"""Starting is quick: heavy libraries are loaded by the commands that need them."""

import subprocess
import sys

import pytest

HEAVY = {"pandas", "pyarrow", "rich", "jinja2", "numpy", "pygments", "leather", "graphviz", "pygraphviz", "junitparser"}
SCRIPT = """
import sys
from snapdiff.cli import main
try:
    main(sys.argv[1:], prog_name="snapdiff")
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""


def run(*arguments):
    done = subprocess.run([sys.executable, "-c", SCRIPT, *arguments], capture_output=True, text=True, check=False)
    return done, set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["record", "--help"], ["report", "--help"], ["check", "--help"], ["compare", "--help"]],
)
def test_help_loads_no_heavy_library(arguments):
    done, modules = run(*arguments)
    assert 0 == done.returncode
    assert set() == modules & HEAVY


def test_help_names_every_command(snapdiff):
    done = snapdiff("--help")
    assert 0 == done.code
    for name in ("record", "report", "compare", "check", "seal"):
        assert f"\n  {name} " in done.out


def test_recording_loads_no_library_of_the_report(programs, tmp_path):
    target = str(programs / "quiet.py") + ":work"
    done, modules = run("record", target, "-o", str(tmp_path / "x.snapdiff"), "--rounds", "1,2", "--trace", "off", "-q")
    assert 0 == done.returncode
    assert set() == modules & {"jinja2", "pandas", "pygments", "leather", "graphviz", "pygraphviz", "objgraph"}


def test_an_unknown_command_is_a_usage_error(snapdiff):
    done = snapdiff("prove")
    assert (2, "") == (done.code, done.out)
    assert "No such command 'prove'" in done.err
