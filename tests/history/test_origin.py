"""Commit, branch and machine: as the CI service says, else as git says, else unknown; always without a word."""

import os
import platform
import subprocess

import pytest

from snapdiff.analysis.past import Origin
from snapdiff.history import find_origin

#: Git of these tests looks at no settings of whoever runs them, and at no repository around the folder.
ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Run git in a folder that is no repository yet."""
    for name, value in ALONE.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    def run(*arguments):
        done = subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def repository(git, tmp_path):
    """A repository with one commit on the branch `leaky`."""
    git("init", "--initial-branch", "leaky")
    (tmp_path / "app.py").write_text("pass\n", encoding="utf-8")
    git("add", "app.py")
    git("commit", "--message", "first")
    return git("rev-parse", "HEAD")


def test_git_is_asked_for_commit_and_branch(repository, tmp_path):
    expected = Origin(commit=repository, branch="leaky", machine=platform.node())
    assert expected == find_origin(tmp_path, {})


def test_files_that_differ_from_the_commit_are_said_and_new_ones_are_not(repository, tmp_path):
    (tmp_path / "run.snapdiff").write_bytes(b"")
    assert not find_origin(tmp_path, {}).changed
    (tmp_path / "app.py").write_text("changed\n", encoding="utf-8")
    assert find_origin(tmp_path, {}).changed


def test_a_commit_without_a_branch_has_none(repository, git, tmp_path):
    git("checkout", "--detach")
    assert Origin(commit=repository, machine=platform.node()) == find_origin(tmp_path, {})


def test_where_there_is_no_repository_nothing_is_known_and_nothing_is_printed(git, tmp_path, capfd):
    assert Origin(machine=platform.node()) == find_origin(tmp_path, {})
    assert ("", "") == tuple(capfd.readouterr())


def test_without_git_nothing_is_known(repository, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert Origin(machine=platform.node()) == find_origin(tmp_path, {})


GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_SHA": "c0ffee", "GITHUB_REF_NAME": "main", "RUNNER_NAME": "runner 7"}
GITLAB = {
    "GITLAB_CI": "true", "CI_COMMIT_SHA": "c0ffee", "CI_COMMIT_REF_NAME": "main", "CI_RUNNER_DESCRIPTION": "runner 7",
}  # fmt: skip
JENKINS = {"JENKINS_URL": "https://j", "GIT_COMMIT": "c0ffee", "GIT_BRANCH": "origin/main", "NODE_NAME": "runner 7"}


@pytest.mark.parametrize(("service", "environment"), [("github", GITHUB), ("gitlab", GITLAB), ("jenkins", JENKINS)])
def test_a_ci_service_is_believed_before_git(repository, tmp_path, service, environment):
    expected = Origin(commit="c0ffee", branch="main", machine="runner 7", service=service)
    assert expected == find_origin(tmp_path, environment)


@pytest.mark.parametrize(
    ("environment", "more"),
    [
        (GITHUB, {"GITHUB_HEAD_REF": "fix", "GITHUB_REF_NAME": "12/merge"}),
        (GITLAB, {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "fix", "CI_COMMIT_REF_NAME": "refs/12"}),
        (JENKINS, {"CHANGE_BRANCH": "fix", "BRANCH_NAME": "PR-12"}),
    ],
)
def test_a_pull_request_is_on_the_branch_that_it_comes_from(tmp_path, git, environment, more):
    assert "fix" == find_origin(tmp_path, {**environment, **more}).branch


def test_what_a_service_does_not_say_git_does(repository, tmp_path):
    expected = Origin(commit=repository, branch="leaky", machine=platform.node(), service="github")
    assert expected == find_origin(tmp_path, {"GITHUB_ACTIONS": "true", "GITHUB_SHA": " "})
