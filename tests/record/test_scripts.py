"""A script that only defines things is told from one that does something."""

import pytest

from snapdiff.record.scripts import only_defines

DEFINES = '''"""What it is for."""
import json
from os import path

KEPT: list[str] = []
LIMIT = 128

class Store:
    """Keeps."""
    size = 3
    def put(self, value=None):
        KEPT.append(json.dumps(value))

def _helper(): KEPT.append(1)

async def search(query="", *, limit=LIMIT):
    KEPT.append(query)
'''


@pytest.fixture
def defined(tmp_path):
    def run(text):
        path = tmp_path / "script.py"
        path.write_text(text, encoding="utf-8")
        return only_defines(path)

    return run


def test_a_script_of_definitions_gives_its_functions(defined):
    assert ["_helper", "search"] == defined(DEFINES)


@pytest.mark.parametrize(
    "does",
    [
        "search()",
        "if __name__ == '__main__':\n    search()",
        "for _ in range(3): search()",
        "KEPT += [1]",
        "app = make()",
        "@register\ndef handler(): pass",
        "def handler(value=make()): pass",
        "def handler(*, value=make()): pass",
        "class Model(metaclass=Meta): pass",
        "@register\nclass Model: pass",
        "class Model:\n    field = make()",
        "KEPT[0] = 1",
        "class Plugin(Registered): pass",
        "names = [name for name in registered]",
        "name = f'{registered}'",
        "total = first + second",
        "if True: pass",
        "from os import *\nraise SystemExit",
    ],
)
def test_a_script_that_does_something_is_none_of_these(defined, does):
    assert defined(DEFINES + does + "\n") is None


@pytest.mark.parametrize(
    "text", ["", "import json\n", "def broken(:\n", "x = '\0'\n"], ids=["empty", "imports", "syntax", "nul"]
)
def test_what_defines_nothing_or_cannot_be_parsed_is_left_to_whoever_runs_it(defined, text):
    assert defined(text) is None


def test_a_file_that_is_not_there_is_left_to_whoever_runs_it(tmp_path):
    assert only_defines(tmp_path / "nowhere.py") is None
