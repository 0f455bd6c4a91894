"""The CI recipes: their commands are run as the services run them, on a workload that leaks and one that does not."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = [pytest.mark.lancedb, pytest.mark.corpus]

RECIPES = Path(__file__).parents[2] / "examples" / "ci"
WORKLOADS = {
    "leaks": "seen = []\n\n\ndef search():\n    seen.append(object())\n",
    "is_clean": "def search():\n    object()\n",
}


@pytest.fixture
def project(tmp_path):
    """A project with a workload, by its kind."""

    def make(kind):
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests" / "workloads.py").write_text(WORKLOADS[kind], encoding="utf-8")
        (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture
def shell(command):
    """Run lines as a CI service does: stop at the first that fails. Installing is not tried here."""

    def run(lines, folder, **environment):
        path = os.pathsep.join([os.path.dirname(command[0]), os.environ["PATH"]])
        return subprocess.run(
            ["bash", "-e", "-c", "\n".join(lines)],
            cwd=folder,
            env={**os.environ, "PATH": path, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_job_of_github_annotates_a_leak_when_everything_is_kept(project, shell):
    folder = project("leaks")
    steps = yaml.safe_load((RECIPES / "github.yml").read_text(encoding="utf-8"))["jobs"]["memory"]["steps"]
    summary = folder / "summary.md"
    job = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_SHA": "c0ffee",
        "GITHUB_REF_NAME": "main",
    }
    done = {
        step["name"]: shell([step["run"]], folder, **job)
        for step in steps
        if "run" in step and not step["run"].startswith("pip ")
    }
    assert {"Record": 0, "Report": 0, "Check": 1} == {name: each.returncode for name, each in done.items()}, done
    assert "\n::error file=tests/workloads.py,line=5,title=Leak" in done["Check"].stdout
    assert "Leak" in summary.read_text(encoding="utf-8")
    (upload,) = (step["with"]["path"] for step in steps if "upload-artifact" in step.get("uses", ""))
    assert [] == [name for name in upload.split() if not (folder / name).is_file()]
    assert "commit <code>c0ffee</code>" in (folder / "trend.html").read_text(encoding="utf-8")
    (cached,) = (step["with"]["path"] for step in steps if "cache@" in step.get("uses", ""))
    assert (folder / cached).is_dir()


def test_the_job_of_gitlab_keeps_page_trend_and_junit(project, shell):
    folder = project("is_clean")
    job = yaml.safe_load((RECIPES / "gitlab.yml").read_text(encoding="utf-8"))["memory"]
    told = {"GITLAB_CI": "true", "CI_COMMIT_SHA": "c0ffee", "CI_COMMIT_REF_NAME": "main"}
    script, after = (shell(job[name], folder, **told) for name in ("script", "after_script"))
    assert (0, 0) == (script.returncode, after.returncode), (script, after)
    kept = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"], job["cache"][1]["paths"][0]]
    assert [] == [name for name in kept if not (folder / name).exists()]
    assert "commit <code>c0ffee</code>" in (folder / "trend.html").read_text(encoding="utf-8")
