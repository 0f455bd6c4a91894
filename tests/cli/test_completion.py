"""Completion: the scripts that shells load, and what they are answered."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --")])
def test_the_script_of_a_shell_asks_snapdiff(invoke, shell, mark):
    done = invoke("completion", shell)
    assert (0, "") == (done.code, done.err)
    assert mark in done.out
    assert "_SNAPDIFF_COMPLETE" in done.out


def test_another_shell_is_a_usage_error(invoke):
    assert 2 == invoke("completion", "csh").code


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["hist"], {"history"}),
        (["history", ""], {"add", "show", "similar", "note"}),
        (["record", "--tra"], {"--trace", "--trace-depth"}),
        (["record", "--trace", "a"], {"auto"}),
        (["completion", ""], {"bash", "zsh", "fish"}),
    ],
)
def test_bash_gets_commands_options_and_choices(command, tmp_path, words, expected):
    script = tmp_path / "completion"
    path = os.pathsep.join([os.path.dirname(command[0]), os.environ["PATH"]])
    program = (
        f'snapdiff completion bash > "{script}" || exit; source "{script}"; '
        f"COMP_WORDS=(snapdiff {' '.join(repr(word) for word in words)}); COMP_CWORD={len(words)}; "
        "_snapdiff_completion snapdiff; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", program], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    assert expected == set(done.stdout.split())


def test_completing_loads_no_heavy_library():
    script = (
        "import sys, os\n"
        "os.environ.update(_SNAPDIFF_COMPLETE='bash_complete', COMP_WORDS='snapdiff history ', COMP_CWORD='2')\n"
        "from snapdiff.cli import main\n"
        "try:\n    main(prog_name='snapdiff')\n"
        "finally:\n    print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "plain,similar" in done.stdout
    assert set() == set(done.stderr.split()) & {"pandas", "pyarrow", "lancedb", "rich", "jinja2", "numpy"}
