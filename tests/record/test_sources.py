"""What functions of a file are called, by the lines of their code."""

import pytest

from snapdiff.record.sources import Sources

PROGRAM = """\
def register(name):
    @command(name)
    def run(x):
        return x

@command("top")
class Service:
    size = 3

    @command("method")
    @staticmethod
    def handle(
        given=default(),
    ):
        @dataclass
        class Row:
            a: int
        return Row(given)
"""


@pytest.fixture
def function(tmp_path):
    """Say in which function the line that holds a text is."""
    (tmp_path / "app.py").write_text(PROGRAM, encoding="utf-8")
    sources = Sources(str(tmp_path), {})
    lines = PROGRAM.splitlines()
    return lambda text: sources.function("app.py", next(at for at, line in enumerate(lines, 1) if text in line))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@command(name)", "register"),
        ("def run", "register"),
        ("return x", "register.<locals>.run"),
        ('@command("top")', "<module>"),
        ("size = 3", "<module>"),
        ('@command("method")', "<module>"),
        ("@staticmethod", "<module>"),
        ("default()", "<module>"),
        ("@dataclass", "Service.handle"),
        ("a: int", "Service.handle"),
        ("return Row", "Service.handle"),
    ],
)
def test_a_line_is_of_the_function_whose_code_has_it(function, text, expected):
    assert expected == function(text)


def test_what_cannot_be_read_has_no_functions(function, tmp_path):
    assert Sources(str(tmp_path), {}).function("gone.py", 3) is None
